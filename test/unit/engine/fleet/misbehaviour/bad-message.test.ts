import type { BadMessageParts } from '../../../../../src/engine/fleet/misbehaviour/bad-message.ts'
import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { createRandom } from '../../../../../src/engine/fleet/behaviour/random-streams.ts'
import { buildBadMessage, withShiftedTimes, wrongValuesOf } from '../../../../../src/engine/fleet/misbehaviour/bad-message.ts'
import { Deeds } from '../../../../../src/engine/fleet/misbehaviour/deeds.ts'
import { defaultMisbehaviour } from '../../../../../src/shared/contract/fleet-misbehaviour.ts'
import { limits } from '../../../../../src/shared/limits.ts'
import { smallModel } from '../../../../support/simulated-fleet.ts'

const parts = (seed = 1): BadMessageParts => ({ device: { productKey: 'pk', deviceName: 'sim-1', deviceSecret: '' }, otherName: 'sim-2', id: '7', values: { Temperature: 20, Switch: 1 }, now: 1_735_689_600_000, seconds: 60, random: createRandom(seed, 'x') })
const wrong = wrongValuesOf(smallModel)

it('is wrong in just the way that its kind says', () => {
  const { payload: cutOff } = buildBadMessage('malformedJson', wrong, parts())!
  expect(() => JSON.parse(cutOff) as unknown).toThrow()
  const paramsOf = (kind: Parameters<typeof buildBadMessage>[0], seed = 1): unknown => (JSON.parse(buildBadMessage(kind, wrong, parts(seed))!.payload) as { params: unknown }).params
  expect([1, 2, 3, 4, 5, 6].map(seed => paramsOf('outOfRange', seed))).toEqual(expect.arrayContaining([{ Temperature: 1_085, Switch: 1 }, { Temperature: 20, Switch: 7 }]))
  expect(paramsOf('wrongType')).toMatchObject({ Temperature: expect.anything() })
  expect(paramsOf('staleTimestamp')).toEqual({ Temperature: { value: 20, time: 1_735_689_540_000 }, Switch: { value: 1, time: 1_735_689_540_000 } })
  expect(Buffer.byteLength(buildBadMessage('oversized', wrong, parts())!.payload)).toBe(limits.payloadBytesMax + 1)
  expect(buildBadMessage('wrongTopic', wrong, parts())).toMatchObject({ topic: '/sys/pk/sim-2/thing/event/property/post', isAnswered: false })
})

it('finds a wrong value for each type of property that has one, and none where the model allows all', () => {
  const of = (dataType: object): unknown => wrongValuesOf({ ...smallModel, properties: [{ ...smallModel.properties[0]!, identifier: 'x', dataType: dataType as never }] }).outOfRange
  expect(of({ type: 'int', min: 5 })).toEqual([['x', -995]])
  expect(of({ type: 'long', max: '10' })).toEqual([['x', 1_010]])
  expect(of({ type: 'enum', items: [{ value: 1, name: 'a' }, { value: 3, name: 'b' }] })).toEqual([['x', 1_003]])
  expect(of({ type: 'text', length: 3 })).toEqual([['x', 'xxxx']])
  for (const free of [{ type: 'double' }, { type: 'enum', items: [] }, { type: 'text' }, { type: 'date' }, { type: 'struct', members: [] }])
    expect(of(free)).toEqual([])
  expect(buildBadMessage('outOfRange', { outOfRange: [], wrongType: [] }, parts())).toBeUndefined()
})

it('comes at the same moments from the same devices with the same seed', () => {
  const run = (seed: number): string[] => {
    const deeds = new Deeds({ ...defaultMisbehaviour('oversized'), devicesPercent: 50, perHour: 600 }, seed)
    deeds.add(40, index => `sim-${index}`, 0)
    const done: string[] = []
    for (let now = 0; now < 600_000; now += 50)
      deeds.run(now, 100, index => done.push(`${now} ${index}`))
    return done
  }
  expect(run(1)).toEqual(run(1))
  expect(run(1)).not.toEqual(run(2))
  // 20 devices or so, 100 times each.
  expect(run(1).length).toBeGreaterThan(1_000)
  expect(run(1).length).toBeLessThan(3_000)
  const deeds = new Deeds({ ...defaultMisbehaviour('oversized'), devicesPercent: 100 }, 1)
  deeds.add(10, index => `sim-${index}`, 0)
  deeds.truncate(5)
  expect([4, 5].map(index => deeds.has(index))).toEqual([true, false])
})

it('shifts the times of all samples of a message, and nothing else', () => {
  const params = [{ identity: { productKey: 'pk', deviceName: 'dn' }, properties: [{ A: { value: 1, time: 1_000 }, B: { value: { time: 5 }, time: 2_000 } }], events: [] }]
  expect(withShiftedTimes(params, -500)).toEqual([{ ...params[0], properties: [{ A: { value: 1, time: 500 }, B: { value: { time: 5 }, time: 1_500 } }] }])
})
