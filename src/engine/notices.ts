import type { Clock } from '../shared/clock.ts'
import type { AppNotice } from '../shared/contract/app.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import { Announcer, pump } from '../shared/feed.ts'

/** Kept for pages that open later; the log has them all. */
const noticesMax = 100

/** What the user should know about the engine itself: kept for pages that open later, and written to the log. */
export class Notices {
  readonly #clock: Clock
  readonly #log: Log
  readonly #kept: AppNotice[] = []
  readonly #announcer = new Announcer<AppNotice>()
  #nextId = 1

  constructor(clock: Clock, log: Log) {
    this.#clock = clock
    this.#log = log
  }

  add(level: AppNotice['level'], code: string, message: string): void {
    const notice: AppNotice = {
      id: this.#nextId++,
      at: this.#clock.now(),
      level,
      code,
      message,
    }
    this.#kept.push(notice)
    if (this.#kept.length > noticesMax)
      this.#kept.shift()
    this.#log[level === 'warning'
      ? 'warn'
      : level](message, { code })
    this.#announcer.announce(notice)
  }

  all(): AppNotice[] {
    return [...this.#kept]
  }

  stream: EngineApi['streams']['app.notices'] = async (_, subscriber) => {
    const waiting = this.all()
    this.#announcer.listen(subscriber.signal, notice => waiting.push(notice))
    await pump(this.#clock, subscriber, {
      take: () => waiting.shift(),
    }, 50)
  }
}
