import { describe, expect, it } from 'vitest'
import { createTick } from '../../../../src/engine/fleet/tick.ts'
import { VirtualClock } from '../../../../src/shared/clock.ts'

interface Run { at: number, index: number }

/** A tick whose devices report every `intervalMs` and take `costMs` of real time each. */
function start({ count, intervalMs, costMs = 0 }: { count: number, intervalMs: number, costMs?: number }) {
  const clock = new VirtualClock(1_000_000)
  const runs: Run[] = []
  const ticks: number[] = []
  let spentMs = 0
  const tick = createTick({
    clock,
    stopwatch: () => spentMs,
    onTick: now => ticks.push(now - 1_000_000),
    runDevice(index, dueAt, now) {
      spentMs += costMs
      runs.push({ at: now - 1_000_000, index })
      return dueAt + intervalMs
    },
  })
  for (let index = 0; index < count; index++)
    tick.due.set(index, 1_000_000 + (index + 1) * intervalMs / count)
  return { clock, tick, runs, ticks }
}

describe('tick', () => {
  it('looks every 50 ms and runs what is due, each device at its own beat', () => {
    const { clock, runs, ticks, tick } = start({ count: 4, intervalMs: 200 })
    clock.advance(400)
    tick.close()
    expect(ticks).toEqual([50, 100, 150, 200, 250, 300, 350, 400])
    expect(runs.map(run => `${run.index}@${run.at}`)).toEqual(['0@50', '1@100', '2@150', '3@200', '0@250', '1@300', '2@350', '3@400'])
  })

  it('runs devices that are due several times in one tick so many times', () => {
    const { clock, runs, tick } = start({ count: 1, intervalMs: 10 })
    clock.advance(100)
    tick.close()
    expect(runs).toHaveLength(10)
  })

  it('lets the sockets have their turn after 500 devices, and runs the rest before the next tick', () => {
    const { clock, runs, tick } = start({ count: 1200, intervalMs: 50 })
    let waiting = -1
    clock.setAlarm(50, () => {
      waiting = 1200 - runs.length
    })
    clock.advance(50)
    tick.close()
    expect(waiting).toBe(700)
    expect(runs).toHaveLength(1200)
  })

  it('lets the sockets have their turn when 5 ms are spent', () => {
    const { clock, runs, tick } = start({ count: 100, intervalMs: 50, costMs: 0.5 })
    let ran = -1
    clock.setAlarm(50, () => {
      ran = runs.length
    })
    clock.advance(50)
    tick.close()
    expect(ran).toBe(16)
    expect(runs).toHaveLength(100)
  })

  it('records lateness against the tick that should have run a device', () => {
    const { clock, tick } = start({ count: 3, intervalMs: 60 })
    clock.advance(200)
    expect(tick.lateness.percentiles()).toEqual({ p50: 0, p95: 0, p99: 0 })
    tick.due.set(9, 1_000_000)
    clock.advance(50)
    tick.close()
    expect(tick.lateness.percentiles().p99).toBeCloseTo(250, -1)
  })

  it('keeps to its grid after the machine stood still', () => {
    const { clock, ticks, tick } = start({ count: 0, intervalMs: 50 })
    clock.advance(120)
    tick.close()
    expect(ticks).toEqual([50, 100])
  })

  it('forgets devices that have nothing more to do, and stops when it is closed', () => {
    const clock = new VirtualClock(0)
    const ran: number[] = []
    const tick = createTick({
      clock,
      stopwatch: () => 0,
      onTick: () => {},
      runDevice(index) {
        ran.push(index)
        if (index === 1)
          tick.close()
        return undefined
      },
    })
    for (let index = 0; index < 3; index++)
      tick.due.set(index, 10 + index)
    clock.advance(1000)
    expect(ran).toEqual([0, 1])
  })
})
