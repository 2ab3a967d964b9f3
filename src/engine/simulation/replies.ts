import type { ParsedReply } from '../../shared/alink/envelope.ts'
import type { Alarm, Clock } from '../../shared/clock.ts'
import type { SeatReport } from '../../shared/contract/device-simulation.ts'
import { limits } from '../../shared/limits.ts'

type Reply = SeatReport['reply']

interface Waiting { sentAt: number, alarm: Alarm, done: (reply: Reply) => void }

/** The platform's answers to what a simulated device has sent, found by topic and id. */
export class Replies {
  readonly #clock: Clock
  readonly #waiting = new Map<string, Waiting>()
  readonly #others = new Set<() => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves with the answer, or with null when none has come in time or too many are waited for. */
  wait(topic: string, id: string): Promise<Reply> {
    if (this.#waiting.size >= limits.seatRepliesOpenMax)
      return Promise.resolve(null)
    return new Promise((resolve) => {
      const key = `${topic}\n${id}`
      const done = (reply: Reply): void => {
        this.#waiting.get(key)?.alarm.cancel()
        this.#waiting.delete(key)
        resolve(reply)
      }
      this.#waiting.set(key, { sentAt: this.#clock.now(), done, alarm: this.#clock.setAlarm(limits.seatReplyMs, () => done(null)) })
    })
  }

  /** Waits for something else no longer than for an answer. */
  within(what: Promise<void>): Promise<null> {
    return new Promise((resolve) => {
      let alarm: Alarm | undefined
      const done = (): void => {
        alarm?.cancel()
        this.#others.delete(done)
        resolve(null)
      }
      alarm = this.#clock.setAlarm(limits.seatReplyMs, done)
      this.#others.add(done)
      void what.then(done)
    })
  }

  take(topic: string, { id, code, message }: ParsedReply): void {
    const waiting = this.#waiting.get(`${topic}\n${id}`)
    waiting?.done({ code, message: message ?? '', elapsedMs: this.#clock.now() - waiting.sentAt })
  }

  /** Nothing comes any more. */
  close(): void {
    for (const { done } of [...this.#waiting.values()])
      done(null)
    for (const done of [...this.#others])
      done()
  }
}
