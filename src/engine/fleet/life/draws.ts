import type { BehaviourParameter } from '../../../shared/contract/behaviour.ts'
import type { Life } from '../../../shared/contract/fleet-life.ts'
import type { How } from './entry.ts'
import type { Power } from './schedule.ts'
import { drawParameter } from '../behaviour/parameter.ts'
import { createRandom } from '../behaviour/random-streams.ts'
import { never } from './entry.ts'
import { powerAt } from './schedule.ts'

interface DrawsContext {
  /** Of the run. */
  seed: number
  /** When the fleet was started, epoch milliseconds. */
  startedAt: number
  nameOf: (index: number) => string
}

/** What each device makes of the life of its fleet: drawn from the seed and its name, the same whenever it is asked for. */
export class LifeDraws {
  settings: Life
  readonly #context: DrawsContext

  constructor(settings: Life, context: DrawsContext) {
    this.settings = settings
    this.#context = context
  }

  /** Nothing happens to devices but what they are told. */
  get isPlain(): boolean {
    const { bootSec, uptime, schedule, battery } = this.settings
    return bootSec === 0 && uptime === null && schedule === null && battery === null
  }

  powerOf(index: number, now: number): Power {
    const { seed, startedAt, nameOf } = this.#context
    return powerAt(this.settings.schedule, { seed, deviceName: nameOf(index), startedAt }, now)
  }

  /** After how many milliseconds a device starts again by itself, and how, once it has booted so many times. */
  rebootOf(index: number, boots: number): { afterMs: number, how: How } {
    const { uptime } = this.settings
    if (uptime === null)
      return { afterMs: never, how: 'inGoodOrder' }
    const { seed, nameOf } = this.#context
    const random = createRandom(seed, `${nameOf(index)} life ${boots}`)
    const afterMs = -Math.log(1 - random.next()) * 3_600_000 * this.#draw(index, uptime.meanHours, 'uptime')
    return { afterMs, how: 100 * random.next() < uptime.crashPercent ? 'cut' : 'inGoodOrder' }
  }

  bootMsOf(index: number): number {
    return 1000 * this.#draw(index, this.settings.bootSec, 'boot')
  }

  rechargeMsOf(index: number): number {
    const recharge = this.settings.battery?.recharge ?? 'never'
    return recharge === 'never' ? never : 1000 * this.#draw(index, recharge.afterSec, 'recharge')
  }

  #draw(index: number, parameter: BehaviourParameter, name: string): number {
    return drawParameter(parameter, this.#context.seed, `${this.#context.nameOf(index)} life ${name}`)
  }
}
