import type { Life } from '../../../../../src/shared/contract/fleet-life.ts'
import { describe, expect, it } from 'vitest'
import { LifeDraws } from '../../../../../src/engine/fleet/life/draws.ts'
import { powerAt } from '../../../../../src/engine/fleet/life/schedule.ts'
import { defaultLife, lifeSchema } from '../../../../../src/shared/contract/fleet-life.ts'

const startedAt = Date.UTC(2026, 0, 1)
const hour = 3_600_000
const keeper = (deviceName: string, seed = 1) => ({ seed, deviceName, startedAt })
const life = (change: object): Life => lifeSchema.parse({ ...defaultLife, ...change })

describe('the schedule of a device', () => {
  it('is on for its hours of the day, in the time zone that is given, and knows when that ends', () => {
    const { schedule } = life({ schedule: { kind: 'daily', from: '07:30', to: '19:00', utcOffsetMin: 60 } })
    const at = (ms: number) => powerAt(schedule, keeper('d'), startedAt + ms)
    expect(at(6 * hour)).toEqual({ isOn: false, until: startedAt + 6.5 * hour })
    expect(at(6.5 * hour)).toEqual({ isOn: true, until: startedAt + 18 * hour })
    expect(at(18 * hour - 1).isOn).toBe(true)
    expect(at(18 * hour)).toEqual({ isOn: false, until: startedAt + 30.5 * hour })
  })

  it('goes over midnight', () => {
    const { schedule } = life({ schedule: { kind: 'daily', from: '22:00', to: '06:00', utcOffsetMin: 0 } })
    expect([5.99, 6, 21.99, 22, 23.99].map(hours => powerAt(schedule, keeper('d'), startedAt + hours * hour).isOn)).toEqual([true, false, false, true, true])
  })

  it('is later by what each device draws, the same for the same seed', () => {
    const { schedule } = life({ schedule: { kind: 'daily', from: '07:00', to: '19:00', utcOffsetMin: 0, jitterSec: 600 } })
    const lateOf = (name: string, seed?: number): number => powerAt(schedule, keeper(name, seed), startedAt).until - startedAt - 7 * hour
    const all = Array.from({ length: 50 }, (_, index) => lateOf(`d-${index}`))
    expect(new Set(all).size).toBeGreaterThan(40)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...all)).toBeLessThanOrEqual(600_000)
    expect(lateOf('d-1')).toBe(all[1])
    expect(lateOf('d-1', 2)).not.toBe(all[1])
  })

  it('of a sleepy device turns about, each at its own point', () => {
    const { schedule } = life({ schedule: { kind: 'duty', onSec: 10, offSec: 50 } })
    let now = startedAt
    const spans: number[] = []
    for (let count = 0; count < 6; count++) {
      const { until } = powerAt(schedule, keeper('d'), now)
      spans.push(Math.round((until - now) / 1000))
      now = until
    }
    expect(spans.slice(1)).toEqual(powerAt(schedule, keeper('d'), startedAt).isOn ? [50, 10, 50, 10, 50] : [10, 50, 10, 50, 10])
    const on = Array.from({ length: 600 }, (_, index) => powerAt(schedule, keeper(`d-${index}`), startedAt).isOn).filter(Boolean)
    expect(on.length).toBeGreaterThan(60)
    expect(on.length).toBeLessThan(140)
  })

  it('is always on without one, and refuses hours that are none', () => {
    expect(powerAt(null, keeper('d'), startedAt)).toEqual({ isOn: true, until: Number.POSITIVE_INFINITY })
    const daily = (from: string, to: string) => lifeSchema.safeParse({ ...defaultLife, schedule: { kind: 'daily', from, to } }).success
    expect([daily('07:00', '19:00'), daily('07:00', '07:00'), daily('25:00', '07:00')]).toEqual([true, false, false])
    const battery = (recharge: unknown) => lifeSchema.safeParse({ ...defaultLife, battery: { property: 'Battery', deadAt: 5, recharge } }).success
    expect([battery('never'), battery({ afterSec: 0, to: 6 }), battery({ afterSec: 0, to: 5 }), battery('sometimes')]).toEqual([true, true, false, false])
  })
})

describe('the draws of a life', () => {
  const context = { seed: 1, startedAt, nameOf: (index: number) => `d-${index}` }

  it('let devices start again after the mean time on average, a share of them without a word', () => {
    const draws = new LifeDraws(life({ uptime: { meanHours: 2, crashPercent: 25 } }), context)
    const drawn = Array.from({ length: 2_000 }, (_, index) => draws.rebootOf(index, 1))
    const mean = drawn.reduce((sum, { afterMs }) => sum + afterMs, 0) / drawn.length
    expect(mean / hour).toBeGreaterThan(1.85)
    expect(mean / hour).toBeLessThan(2.15)
    const crashes = drawn.filter(({ how }) => how === 'cut').length
    expect(crashes).toBeGreaterThan(420)
    expect(crashes).toBeLessThan(580)
    expect(draws.rebootOf(7, 1)).toEqual(drawn[7])
    expect(draws.rebootOf(7, 2)).not.toEqual(drawn[7])
  })

  it('give each device a boot of its own, and know a life in which nothing happens', () => {
    const draws = new LifeDraws(life({ bootSec: { draw: 'uniform', min: 2, max: 4 } }), context)
    const all = Array.from({ length: 100 }, (_, index) => draws.bootMsOf(index))
    expect(new Set(all).size).toBe(100)
    expect(all.every(ms => ms >= 2_000 && ms < 4_000)).toBe(true)
    expect(draws.isPlain).toBe(false)
    expect(draws.rechargeMsOf(0)).toBe(Number.POSITIVE_INFINITY)
    expect(new LifeDraws(life({ services: { reboot: ['Reboot'] } }), context).isPlain).toBe(true)
  })
})
