import type { Behaviour } from '../../../../../src/shared/contract/behaviour.ts'
import type { EventCondition } from '../../../../../src/shared/contract/fleet-conversation.ts'
import type { ReportPolicy } from '../../../../../src/shared/contract/fleet-report.ts'
import type { JsonObject } from '../../../../../src/shared/json.ts'
import type { ThingModel } from '../../../../../src/shared/thing-model/types.ts'
import { describe, expect, it } from 'vitest'
import { compileBehaviours } from '../../../../../src/engine/fleet/behaviour/behaviour-plan.ts'
import { Devices } from '../../../../../src/engine/fleet/device.ts'
import { reportLimits } from '../../../../../src/engine/fleet/report/report-limits.ts'
import { Reports } from '../../../../../src/engine/fleet/report/reports.ts'
import { eventConditionSchema } from '../../../../../src/shared/contract/fleet-conversation.ts'
import { noReports, plainReport } from '../../../../../src/shared/contract/fleet-report.ts'

const startedAt = 1_700_000_000_000
const stepMs = 10_000
const root = '/sys/pk/lamp-1/thing/event'
const model: ThingModel = {
  profile: {},
  properties: ['T', 'Label'].map(identifier => ({ identifier, name: identifier, accessMode: 'rw', required: false, dataType: identifier === 'T' ? { type: 'double', min: 0, max: 1_000_000 } : { type: 'text', length: 10_240 } })),
  events: [{ identifier: 'Hot', name: 'Hot', type: 'alert', required: false, outputData: [{ identifier: 'T', name: 'T', dataType: { type: 'double', min: 0, max: 1_000_000 } }] }],
  services: [],
}

interface Said { topic: string, params: unknown }

/** Devices that report by a policy; `T` follows the seconds of a device unless told otherwise. */
function bench(policy: Partial<ReportPolicy> = {}, { behaviours = {}, conditions = {}, names = ['lamp-1'] }: { behaviours?: Record<string, Behaviour>, conditions?: Record<string, EventCondition>, names?: string[] } = {}) {
  const seed = 5
  const devices = new Devices(seed, compileBehaviours(model, { T: { kind: 'expression', expression: 't' }, Label: { kind: 'constant', value: 'a' }, ...behaviours }))
  devices.add(names.map(deviceName => ({ productKey: 'pk', deviceName, deviceSecret: '' })))
  const said: Said[] = []
  const counts = { ...noReports(), skipped: 0, events: 0 }
  const link = { isUp: true, hasRoom: true, isWaiting: false }
  let at = 0
  const reports = new Reports({ report: { ...plainReport, ...policy }, conditions, model }, {
    seed,
    devices,
    clock: { now: () => startedAt + at * stepMs },
    isOnline: () => link.isUp,
    isDown: () => false,
    links: { hasRoom: () => link.hasRoom, isWaiting: () => link.isWaiting },
    startedAt: () => startedAt,
    publish: (_index, { topic, payload }) => said.push({ topic, params: (JSON.parse(String(payload)) as { params: unknown }).params }),
    trouble: { dated: (_index, message) => message },
    tally: (name, by) => { counts[name] += by },
  })
  return {
    devices,
    reports,
    said,
    counts,
    link,
    /** So many steps of the first device. */
    pass(steps: number): void {
      for (let step = 0; step < steps; step++, at++)
        reports.step(0, at * stepMs, startedAt + at * stepMs)
    },
    now: () => startedAt + at * stepMs,
    back(): void {
      link.isUp = true
      reports.online(0)
      reports.tick(startedAt + at * stepMs)
    },
  }
}

interface History { identity: JsonObject, properties: Record<string, { value: number, time: number }>[], events: Record<string, { value: JsonObject, time: number }>[] }
const historyIn = ({ params }: Said): History => (params as [History])[0]
const timesIn = (said: Said): number[] => historyIn(said).properties.map(({ T }) => (T!.time - startedAt) / 1000)

describe('a device that reports without a policy', () => {
  it('posts all its values at each step, and nothing while it is away or its link is full', () => {
    const one = bench()
    one.pass(2)
    one.link.hasRoom = false
    one.pass(1)
    one.link.isUp = false
    one.pass(1)
    expect(one.said).toEqual([0, 10].map(T => ({ topic: `${root}/property/post`, params: { T, Label: 'a' } })))
    expect(one.counts).toEqual({ ...noReports(), skipped: 1, events: 0 })
    expect(one.reports.distanceOf(0, 1_234.5)).toBe(1_234.5)
  })
})

describe('distances between reports with jitter', () => {
  const distances = (percent: number, count = 200, names = ['lamp-1']): number[] => {
    const { reports } = bench({ jitterPercent: percent }, { names })
    return Array.from({ length: count }, () => reports.distanceOf(names.length - 1, 1_000))
  }

  it('lie around the interval, as far as was said, and are the same for the same device in every run', () => {
    const drawn = distances(20)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(800)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1_200)
    expect(drawn.reduce((sum, one) => sum + one, 0) / drawn.length).toBeCloseTo(1_000, -2)
    expect(distances(20)).toEqual(drawn)
    expect(distances(20, 200, ['lamp-0', 'lamp-1'])).toEqual(drawn)
    expect(distances(20, 200, ['lamp-2'])).not.toEqual(drawn)
  })

  it('are never nothing', () => {
    expect(Math.min(...distances(100, 5_000))).toBeGreaterThanOrEqual(1)
  })
})

describe('a device that reports one at a time', () => {
  it('holds a report back while one is not acknowledged, and goes on with it once that is', () => {
    const one = bench({ oneAtATime: true })
    expect(one.reports.holdsBack(0)).toBe(false)
    one.link.isWaiting = true
    expect(one.reports.holdsBack(0)).toBe(true)
    expect(one.reports.goesOn(0, undefined)).toBe(true)
    expect(one.reports.goesOn(0, undefined)).toBe(false)
    expect([one.reports.goesOn(0, one.now()), one.reports.goesOn(0, one.now() + 1)]).toEqual([true, false])
  })

  it('has nothing to wait for once its link is gone, nor without that policy', () => {
    const one = bench({ oneAtATime: true })
    one.link.isWaiting = true
    one.reports.holdsBack(0)
    expect([one.reports.offline(0), one.reports.offline(0)]).toEqual([true, false])
    one.reports.update({ report: plainReport })
    expect([one.reports.holdsBack(0), one.reports.goesOn(0, one.now())]).toEqual([false, false])
  })
})

describe('a device that reports on change', () => {
  it('posts only what has changed by more than its dead band, and counts the looks that changed nothing', () => {
    const one = bench({ when: 'change', deadBands: { T: 25 } })
    one.pass(7)
    expect(one.said.map(({ params }) => params)).toEqual([{ T: 0, Label: 'a' }, { T: 30 }, { T: 60 }])
    expect(one.counts.unchanged).toBe(4)
  })

  it('posts everything again after the longest time, and whatever has changed while it was away once it is back', () => {
    const one = bench({ when: 'change', silentSecMax: 30 }, { behaviours: { T: { kind: 'constant', value: 1 } } })
    one.pass(4)
    expect(one.said).toHaveLength(2)
    one.link.isUp = false
    one.devices.hold(0, { T: 2 })
    one.pass(1)
    one.link.isUp = true
    one.pass(1)
    expect(one.said.slice(2).map(({ params }) => params)).toEqual([{ T: 2 }])
  })

  it('does not say again what it has said beside its reports', () => {
    const one = bench({ when: 'change' }, { behaviours: { T: { kind: 'constant', value: 1 } } })
    one.pass(1)
    one.devices.hold(0, { T: 7 })
    one.reports.spoke(0, one.devices.postOf(0, { T: 7 }))
    one.pass(1)
    expect([one.said.length, one.counts.unchanged]).toEqual([1, 1])
  })

  it('begins anew with another policy, and not when the same is set again', () => {
    const one = bench({ when: 'change' }, { behaviours: { T: { kind: 'constant', value: 1 } } })
    one.pass(1)
    one.reports.update({ report: { ...plainReport, when: 'change' } })
    one.pass(1)
    expect(one.said).toHaveLength(1)
    one.reports.update({ report: { ...plainReport, when: 'change', deadBands: { T: 1 } } })
    one.pass(1)
    expect(one.said).toHaveLength(2)
  })
})

describe('a device that posts samples together', () => {
  it('waits for so many, and sends each with the time at which it was taken', () => {
    const one = bench({ batch: 3 })
    one.pass(7)
    expect(one.said.map(({ topic }) => topic)).toEqual(Array.from({ length: 2 }).fill(`${root}/property/batch/post`))
    expect(one.said[0]!.params).toEqual({ properties: {
      T: [0, 10, 20].map(value => ({ value, time: startedAt + value * 1000 })),
      Label: [0, 10, 20].map(second => ({ value: 'a', time: startedAt + second * 1000 })),
    } })
    expect(one.counts.batches).toBe(2)
  })

  it('sends them as history where that is wished, and what is left before it says nothing more', () => {
    const one = bench({ batch: 3, batchAs: 'history' })
    one.pass(4)
    one.reports.finish(one.now())
    expect(one.said.map(({ topic }) => topic)).toEqual(Array.from({ length: 2 }).fill(`${root}/property/history/post`))
    expect(one.said.map(timesIn)).toEqual([[0, 10, 20], [30]])
    expect(historyIn(one.said[0]!).identity).toEqual({ productKey: 'pk', deviceName: 'lamp-1' })
  })

  it('sends them sooner when the message grows large', () => {
    const one = bench({ batch: 100 }, { behaviours: { Label: { kind: 'constant', value: 'x'.repeat(10_000) } } })
    one.pass(20)
    expect(one.said.length).toBeGreaterThan(1)
    expect(Math.max(...one.said.map(({ params }) => JSON.stringify(params).length))).toBeLessThan(reportLimits.messageBytes + 20_000)
  })

  it('sends what has come together when samples go by themselves again', () => {
    const one = bench({ batch: 5 })
    one.pass(2)
    one.reports.update({ report: plainReport })
    one.pass(2)
    expect(one.said.map(({ topic }) => topic)).toEqual([`${root}/property/batch/post`, `${root}/property/post`])
  })
})

describe('a device that keeps samples while it is away', () => {
  it('posts them as history once it is back, and goes on as before', () => {
    const one = bench({ offline: 'keep' })
    one.pass(1)
    one.link.isUp = false
    one.pass(3)
    expect(one.said).toHaveLength(1)
    one.back()
    one.pass(1)
    expect(one.said.map(({ topic }) => topic)).toEqual(['post', 'history/post', 'post'].map(end => `${root}/property/${end}`))
    expect(timesIn(one.said[1]!)).toEqual([10, 20, 30])
    expect(one.counts).toMatchObject({ samplesKept: 3, samplesPosted: 3, samplesDropped: 0 })
  })

  it('drops the oldest beyond what it can keep, and says how many', () => {
    const one = bench({ offline: 'keep', keepMax: 2 })
    one.link.isUp = false
    one.pass(5)
    one.back()
    expect(one.said.map(timesIn)).toEqual([[30, 40]])
    expect(one.counts).toMatchObject({ samplesKept: 5, samplesPosted: 2, samplesDropped: 3 })
  })

  it('posts many in parts that a message can hold, each when the link has room for it', () => {
    const one = bench({ offline: 'keep', keepMax: 1_000 })
    one.link.isUp = false
    one.pass(450)
    one.back()
    one.link.hasRoom = false
    one.reports.tick(one.now())
    expect(one.said).toHaveLength(1)
    one.link.hasRoom = true
    for (let tick = 0; tick < 5; tick++)
      one.reports.tick(one.now())
    expect(one.said.map(said => timesIn(said).length)).toEqual([200, 200, 50])
    expect(one.said.flatMap(timesIn)).toEqual(Array.from({ length: 450 }, (_, at) => at * 10))
  })

  it('goes on with the rest when it was away again meanwhile', () => {
    const one = bench({ offline: 'keep', keepMax: 1_000 })
    one.link.isUp = false
    one.pass(250)
    one.back()
    one.link.isUp = false
    one.pass(1)
    one.reports.tick(one.now())
    one.back()
    expect(one.said.map(said => timesIn(said).length)).toEqual([200, 51])
  })

  it('keeps only what has changed where it reports on change', () => {
    const one = bench({ offline: 'keep', when: 'change', deadBands: { T: 15 } })
    one.pass(1)
    one.link.isUp = false
    one.pass(5)
    one.back()
    expect(historyIn(one.said[1]!).properties).toEqual([20, 40].map(value => ({ T: { value, time: startedAt + value * 1000 } })))
  })

  it('is forgotten with what it has kept when it is taken away', () => {
    const one = bench({ offline: 'keep' })
    one.link.isUp = false
    one.pass(4)
    one.reports.truncate(0)
    expect(one.counts).toMatchObject({ samplesKept: 4, samplesDropped: 4 })
    one.back()
    expect(one.said).toEqual([])
  })
})

describe('events with conditions', () => {
  const conditions = { Hot: eventConditionSchema.parse({ when: 'T >= 20 && T < 40' }) }

  it('are reported at the step at which they come true, whether values are or not', () => {
    const one = bench({ when: 'change', deadBands: { T: 1_000 } }, { conditions })
    one.pass(6)
    expect(one.said).toEqual([
      { topic: `${root}/property/post`, params: { T: 0, Label: 'a' } },
      { topic: `${root}/Hot/post`, params: { value: { T: 20 }, time: startedAt + 20_000 } },
    ])
    expect(one.counts).toMatchObject({ unchanged: 5, events: 1 })
  })

  it('are kept while the device is away, and posted with its samples', () => {
    const one = bench({ offline: 'keep' }, { conditions })
    one.link.isUp = false
    one.pass(4)
    one.back()
    expect(historyIn(one.said[0]!)).toMatchObject({ properties: [{}, {}, {}, {}], events: [{ Hot: { value: { T: 20 }, time: startedAt + 20_000 } }] })
    expect(one.counts).toMatchObject({ samplesKept: 5, samplesPosted: 5, events: 1 })
  })

  it('stay what they are when something else about the fleet changes', () => {
    const one = bench({}, { conditions })
    one.pass(3)
    one.reports.update({ conditions: structuredClone(conditions), model })
    one.pass(1)
    expect(one.counts.events).toBe(1)
  })
})
