import type { BlockOutcome, GroupPost } from '../../../../../src/engine/platform/thing/types.ts'
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { handleBatchPost, handleHistoryPost, handlePackPost } from '../../../../../src/engine/platform/thing/batch-handle.ts'
import { handleEventPost } from '../../../../../src/engine/platform/thing/event-handle.ts'
import { unpackDetail } from '../../../../../src/shared/contract/trace-detail.ts'
import { compileThingModel } from '../../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { talkingModel } from '../../../../support/talking-product.ts'

const model = compileThingModel(parseThingModel(JSON.stringify(talkingModel)).model!)
const meterModel = compileThingModel(parseThingModel(JSON.stringify({ properties: [{ identifier: 'kWh', name: 'kWh', accessMode: 'r', dataType: { type: 'double', specs: {} } }], events: talkingModel.events, services: [] })).model!)
const gateway = { deviceId: 1, productKey: 'a1Talk', deviceName: 'gateway' }
const meter = { deviceId: 2, productKey: 's1Meter', deviceName: 'meter-03' }
const past = 1_735_689_600_000

function post(kind: 'batch' | 'pack' | 'history', payload: string, wish: Partial<GroupPost> = {}): BlockOutcome {
  const message: GroupPost = {
    model,
    level: 'weak',
    applyLimits: false,
    topic: `/sys/a1Talk/gateway/thing/event/property/${kind}/post`,
    payload: Buffer.from(payload),
    receivedAt: past + 5_000,
    device: gateway,
    modelOf: productKey => ({ model: productKey === 's1Meter' ? meterModel : null, level: 'weak' }),
    findSubDevice: (_gateway, productKey, deviceName) => productKey !== 's1Meter' ? 6100 : deviceName === 'meter-03' ? meter : 6401,
    ...wish,
  }
  return { batch: handleBatchPost, pack: handlePackPost, history: handleHistoryPost }[kind](message)
}

const identity = { productKey: 's1Meter', deviceName: 'meter-03' }
const pack = { properties: { Brightness: { value: 3, time: past } }, subDevices: [{ identity, properties: { kWh: { value: 12.5, time: past } }, events: { Overheat: { value: { Temp: 80 }, time: past } } }] }

it('gives a sub-device its part of a pack, checked by its own model, on a topic of its own', () => {
  const outcome = post('pack', JSON.stringify({ id: '1', params: pack }))
  expect(outcome).toMatchObject({ code: 200, accepted: [{ identifier: 'Brightness', value: 3, at: past }], events: [] })
  expect(outcome.others).toMatchObject([{
    device: meter,
    topic: '/sys/s1Meter/meter-03/thing/event/property/pack/post',
    code: 200,
    accepted: [{ identifier: 'kWh', value: 12.5, at: past }],
    samples: [{ property: 'kWh', value: 12.5, at: past }],
    events: [{ key: 'Overheat', type: 'alert', output: { Temp: 80 }, at: past }],
  }])
  const [part] = outcome.others!
  expect(JSON.parse(Buffer.from(part!.payload).toString())).toEqual(pack.subDevices[0])
  expect(unpackDetail({ ...part!, direction: 'up' }).steps.map(step => step.bizCode)).toEqual(['ThingModel', 'ThingModelMessage', 'DataStorage'])
})

it.each([
  [6401, { ...identity, deviceName: 'meter-04' }],
  [6100, { productKey: 'other', deviceName: 'meter-03' }],
])('refuses a whole pack with %i for a sub-device that is not the gateway\'s', (code, stranger) => {
  const outcome = post('pack', JSON.stringify({ id: '1', params: { ...pack, subDevices: [...pack.subDevices, { identity: stranger, properties: {} }] } }))
  expect(outcome).toMatchObject({ code, accepted: [], events: [] })
  expect(outcome.others ?? []).toEqual([])
  expect(JSON.parse(Buffer.from(outcome.reply!.payload).toString())).toMatchObject({ code, id: '1' })
})

it('lets the strict checking of one device refuse the whole', () => {
  const outcome = post('pack', JSON.stringify({ id: '1', params: { ...pack, subDevices: [{ identity, properties: { kWh: 'much' } }] } }), { modelOf: () => ({ model: meterModel, level: 'strict' }) })
  expect(outcome).toMatchObject({ code: 6322, accepted: [] })
})

it('keeps nothing of a device whose product does no checking, and says so', () => {
  const outcome = post('batch', JSON.stringify({ id: '1', params: { properties: { Brightness: [{ value: 'x' }] } } }), { level: 'none' })
  expect(outcome).toMatchObject({ code: 200, accepted: [], samples: null })
  expect(outcome.detail).toContain('unchecked')
})

it('ignores the time of a sample that cannot be, but not of one of the past', () => {
  const outcome = post('batch', JSON.stringify({ id: '1', params: { properties: { Brightness: [{ value: 3, time: 5 }] } } }))
  expect(outcome).toMatchObject({ code: 200, accepted: [{ at: past + 5_000 }] })
  expect(outcome.detail).toContain('time-ignored')
  expect(post('history', JSON.stringify({ id: '1', params: [{ identity, properties: [{ kWh: { value: 3, time: 5 } }] }] }))).toMatchObject({ code: 6326 })
})

it('takes a message with more values than a call takes arguments', () => {
  const samples = Array.from({ length: 150_000 }, () => ({ value: 1, time: past }))
  expect(post('history', JSON.stringify({ id: '1', params: [{ identity: gateway, properties: samples.map(Brightness => ({ Brightness })) }] })).samples).toHaveLength(150_000)
  expect(post('batch', JSON.stringify({ id: '1', params: { properties: { Brightness: samples } } })).samples).toHaveLength(150_000)
})

it('answers any bytes with an outcome that can be read', () => {
  const frames = fc.record({ id: fc.constantFrom('1', 1, null), params: fc.oneof(fc.jsonValue(), fc.constant(pack), fc.record({ properties: fc.jsonValue(), events: fc.jsonValue(), subDevices: fc.jsonValue() }), fc.array(fc.record({ identity: fc.constantFrom(identity, gateway, null), properties: fc.jsonValue(), events: fc.jsonValue() }))) })
  const payloads = fc.oneof(fc.string(), frames.map(frame => JSON.stringify(frame)))
  fc.assert(fc.property(payloads, fc.constantFrom('weak', 'strict', 'none'), (payload, level) => {
    const base = { model, level, applyLimits: true, topic: '/sys/a1Talk/gateway/thing/event/Overheat/post', payload: Buffer.from(payload), receivedAt: past } as const
    const outcomes = [post('batch', payload, { level }), post('pack', payload, { level }), post('history', payload, { level }), handleEventPost(base, 'Overheat')]
    for (const outcome of outcomes) {
      expect(outcome.code).toBeTypeOf('number')
      expect(() => unpackDetail({ topic: base.topic, direction: 'up', code: outcome.code, detail: outcome.detail })).not.toThrow()
    }
  }))
})
