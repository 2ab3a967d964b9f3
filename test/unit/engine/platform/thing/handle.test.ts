import type { PostOutcome, PropertyPost } from '../../../../../src/engine/platform/thing/types.ts'
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handlePropertyPost } from '../../../../../src/engine/platform/thing/handle.ts'
import { explainDetail, unpackDetail } from '../../../../../src/shared/contract/trace-detail.ts'
import { compileThingModel } from '../../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'

const fixture = new URL('../../../../fixtures/thing-models/pump-station.tsl.json', import.meta.url)
const model = compileThingModel(parseThingModel(readFileSync(fixture, 'utf8')).model!)
const topic = '/sys/a1PumpFix01/pump-0001/thing/event/property/post'
const receivedAt = 1_735_689_600_000

function handle(payload: string | Uint8Array, options: Partial<PropertyPost> = {}): PostOutcome {
  return handlePropertyPost({ model, level: 'weak', applyLimits: false, topic, payload: Buffer.from(payload), receivedAt, ...options })
}

function post(params: unknown, options?: Partial<PropertyPost>): PostOutcome {
  return handle(JSON.stringify({ id: '101', version: '1.0', sys: { ack: 1 }, params, method: 'thing.event.property.post' }), options)
}

function replyText({ reply }: PostOutcome): string | undefined {
  return reply === null ? undefined : Buffer.from(reply.payload).toString()
}

function stepsOf({ code, detail }: PostOutcome): [string, number][] {
  return unpackDetail({ topic, direction: 'up', code, detail }).steps.map(step => [step.bizCode, step.code])
}

function explained({ code, detail }: PostOutcome): string | null {
  return explainDetail(code, detail)
}

describe('handlePropertyPost', () => {
  it('accepts a good report with the cloud\'s reply to the byte and no detail', () => {
    const outcome = post({ PumpSwitch: 1, Pressure: { value: 1.5, time: 1_735_689_500_000 }, Label: 'north' })
    expect(outcome).toEqual({
      code: 200,
      detail: null,
      reply: { topic: `${topic}_reply`, payload: Buffer.from('{"code":200,"data":{},"id":"101","message":"success","method":"thing.event.property.post","version":"1.0"}') },
      accepted: [
        { identifier: 'PumpSwitch', value: 1, at: receivedAt },
        { identifier: 'Pressure', value: 1.5, at: 1_735_689_500_000 },
        { identifier: 'Label', value: 'north', at: receivedAt },
      ],
      samples: [
        { property: 'PumpSwitch', at: receivedAt, value: 1 },
        { property: 'Pressure', at: 1_735_689_500_000, value: 1.5 },
      ],
    })
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModel', 200], ['ThingModelMessage', 200], ['DataStorage', 200], ['downlink', 200]])
  })

  it('gives no samples for a report without numbers', () => {
    expect(post({ Label: 'x' }).samples).toBeNull()
  })

  it('echoes a numeric id with its digits and an odd id as it is', () => {
    expect(replyText(handle('{"id":12345678901234567890,"params":{"PumpSwitch":1}}'))).toContain('"id":12345678901234567890,')
    expect(replyText(handle('{"id":"1|exp-topic|/sys/x","params":{"PumpSwitch":1}}'))).toContain('"id":"1|exp-topic|/sys/x",')
  })

  it('drops bad properties under weak checking, keeps the good ones and answers 200 with a text for each', () => {
    const outcome = post({ PumpSwitch: 1, Pressure: 9, Foo: 1 })
    expect(outcome.code).toBe(6307)
    expect(outcome.accepted).toEqual([{ identifier: 'PumpSwitch', value: 1, at: receivedAt }])
    expect(replyText(outcome)).toBe('{"code":200,"data":{"Pressure":"tsl parse: float value has the wrong type or is out of range -> Pressure","Foo":"tsl parse: params not exist -> Foo"},"id":"101","message":"success","method":"thing.event.property.post","version":"1.0"}')
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModel', 6307], ['ThingModelMessage', 200], ['DataStorage', 200], ['downlink', 200]])
    expect(explained(outcome)).toBe('Pressure: 9 is above the maximum 2.5 MPa that the thing model allows (6307). Foo: the thing model has no property of this name (6320).')
  })

  it('still answers 200 when nothing is left, and stores nothing', () => {
    const outcome = post({ Foo: 1 })
    expect(outcome).toMatchObject({ code: 6320, accepted: [], samples: null })
    expect(replyText(outcome)).toBe('{"code":200,"data":{"Foo":"tsl parse: params not exist -> Foo"},"id":"101","message":"success","method":"thing.event.property.post","version":"1.0"}')
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModel', 6320], ['ThingModelMessage', 200], ['downlink', 200]])
  })

  it('keeps names that SDKs search a reply for out of its data', () => {
    const outcome = post({ id: 1, message: 2, method: 3, code: 4, data: 5, version: 6 })
    expect(replyText(outcome)).toBe('{"code":200,"data":{},"id":"101","message":"success","method":"thing.event.property.post","version":"1.0"}')
    expect(unpackDetail({ topic, direction: 'up', code: outcome.code, detail: outcome.detail }).issues).toHaveLength(6)
  })

  it('names at most a hundred dropped properties in the reply', () => {
    const outcome = post(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, 1])))
    expect(Object.keys(JSON.parse(replyText(outcome)!).data)).toHaveLength(100)
    expect(outcome.detail!.length).toBeLessThan(2000)
    expect(explained(outcome)).toMatch(/And 4997 more\.$/)
  })

  it('names a dropped property by its key, whatever dots the name holds, and a part of one by its path', () => {
    expect(JSON.parse(replyText(post({ 'a.b[0]': 1, 'Position': { Height: 1 }, 'Vibration': ['x'] }))!).data).toEqual({
      'a.b[0]': 'tsl parse: params not exist -> a.b[0]',
      'Position': 'tsl parse: params not exist -> Position.Height',
      'Vibration': 'tsl parse: array has a wrong element or too many -> Vibration[0]',
    })
  })

  it('refuses the whole report with the first code under strict checking', () => {
    const outcome = post({ PumpSwitch: 1, Pressure: 9, Foo: 1 }, { level: 'strict' })
    expect(outcome).toMatchObject({ code: 6307, accepted: [], samples: null })
    expect(replyText(outcome)).toBe('{"code":6307,"data":{},"id":"101","message":"float value has the wrong type or is out of range","method":"thing.event.property.post","version":"1.0"}')
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModel', 6307], ['ThingModelMessage', 6307], ['downlink', 200]])
  })

  it('accepts a good report under strict checking like any other', () => {
    expect(post({ PumpSwitch: 1 }, { level: 'strict' })).toMatchObject({ code: 200, detail: null, accepted: [{ identifier: 'PumpSwitch' }] })
  })

  it('checks nothing and keeps no values at the level none', () => {
    const outcome = post({ Pressure: 'whatever', Foo: 1 }, { level: 'none' })
    expect(outcome).toMatchObject({ code: 200, accepted: [], samples: null })
    expect(replyText(outcome)).toContain('"code":200,"data":{},')
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModelMessage', 200], ['DataStorage', 200], ['downlink', 200]])
    expect(explained(outcome)).toBe('The product does no checking, so the message was kept as original data only.')
  })

  it('knows no property of a product without a thing model', () => {
    expect(post({ PumpSwitch: 1 }, { model: null })).toMatchObject({ code: 6320, accepted: [] })
  })

  it.each<[string, string]>([
    ['{"id":"7","params":{}}', 'The report has no properties: expected "params" to be an object with at least one member, got {} (460).'],
    ['{"id":"7"}', 'The report has no properties: expected "params" to be an object with at least one member, got nothing (460).'],
    ['{"id":"7","params":null}', 'The report has no properties: expected "params" to be an object with at least one member, got null (460).'],
    ['{"id":"7","params":[1]}', 'The report has no properties: expected "params" to be an object with at least one member, got [1] (460).'],
    ['{"id":"7","params":"text"}', 'The report has no properties: expected "params" to be an object with at least one member, got "text" (460).'],
  ])('answers 460 to %s', (payload, sentence) => {
    for (const level of ['weak', 'strict', 'none'] as const) {
      const outcome = handle(payload, { level })
      expect(outcome).toMatchObject({ code: 460, accepted: [], samples: null })
      expect(replyText(outcome)).toBe('{"code":460,"data":{},"id":"7","message":"request parameter error","method":"thing.event.property.post","version":"1.0"}')
      expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModelMessage', 460], ['downlink', 200]])
      expect(explained(outcome)).toBe(sentence)
    }
  })

  it('answers 460 with an empty id to a report that has none', () => {
    const outcome = handle('{"params":{"PumpSwitch":1}}')
    expect(outcome.code).toBe(460)
    expect(replyText(outcome)).toContain('"id":"",')
    expect(explained(outcome)).toBe('The message has no id that a reply could carry: expected "id" as text or number, got nothing (460).')
  })

  it.each<[string | Uint8Array, string]>([
    ['{"id":"1","params":{"a":1}', 'The payload is not JSON: line 1, column 27: expected "," or "}", got the end of the file (6207).'],
    ['hello', 'The payload is not JSON: line 1, column 1: expected a value, got "hello" (6207).'],
    ['', 'The payload is not JSON: line 1, column 1: expected a value, got the end of the file (6207).'],
    ['[1]', 'The payload is JSON but not an object: "[1]" (6207).'],
    [Uint8Array.of(0xFF, 0x00), 'The payload is not JSON: line 1, column 1: expected a value, got "\uFFFD" (6207).'],
  ])('sends no reply to %j, which is code 6207', (payload, sentence) => {
    const outcome = handle(payload)
    expect(outcome).toMatchObject({ code: 6207, reply: null, accepted: [], samples: null })
    expect(stepsOf(outcome)).toEqual([['uplink', 200], ['ThingModelMessage', 6207]])
    expect(explained(outcome)).toBe(sentence)
  })

  it('sends no reply when none is wanted, and says so in the steps', () => {
    const good = handle('{"id":"1","sys":{"ack":0},"params":{"PumpSwitch":1}}')
    expect(good).toMatchObject({ code: 200, reply: null, accepted: [{ identifier: 'PumpSwitch' }] })
    expect(stepsOf(good)).toEqual([['uplink', 200], ['ThingModel', 200], ['ThingModelMessage', 200], ['DataStorage', 200]])
    expect(explained(good)).toBeNull()
    expect(handle('{"id":"1","sys":{"ack":0},"params":{}}')).toMatchObject({ code: 460, reply: null })
  })

  describe('with 201 properties', () => {
    const params = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p${index}`, { value: index }]))
    const many = compileThingModel(parseThingModel({ properties: Object.keys(params).map(identifier => ({ identifier, dataType: { type: 'int' } })) }).model!)

    it('accepts them with a note while the cloud\'s limits are off', () => {
      const outcome = post(params, { model: many })
      expect(outcome.code).toBe(200)
      expect(outcome.accepted).toHaveLength(201)
      expect(explained(outcome)).toBe('The report has 201 properties; the cloud would refuse more than 200 with 6106.')
    })

    it('refuses them with 6106 while the cloud\'s limits are applied', () => {
      const outcome = post(params, { model: many, applyLimits: true })
      expect(outcome).toMatchObject({ code: 6106, accepted: [], samples: null })
      expect(replyText(outcome)).toContain('"code":6106,')
      expect(explained(outcome)).toBe('The report has 201 properties, and one report may carry at most 200 (6106).')
    })

    it('accepts 200 without a note either way', () => {
      const { p200: _, ...fewer } = params
      for (const applyLimits of [true, false])
        expect(post(fewer, { model: many, applyLimits })).toMatchObject({ code: 200, detail: null })
    })
  })

  it('keeps the digits of 64-bit integers, bare, wrapped and in structs', () => {
    const wide = compileThingModel(parseThingModel({
      properties: [
        { identifier: 'Total', dataType: { type: 'long' } },
        { identifier: 'Wrapped', dataType: { type: 'long' } },
        { identifier: 'Small', dataType: { type: 'long' } },
        { identifier: 'Pair', dataType: { type: 'struct', specs: [{ identifier: 'far', dataType: { type: 'long' } }] } },
        { identifier: 'TimedPair', dataType: { type: 'struct', specs: [{ identifier: 'far', dataType: { type: 'long' } }] } },
        { identifier: 'Beyond', dataType: { type: 'long' } },
      ],
    }).model!)
    const outcome = handle('{"id":"1","params":{"Total":9223372036854775807,"Wrapped":{"value":-9007199254740993,"time":1735689500000},"Small":7,"Pair":{"far":9007199254740993},"TimedPair":{"value":{"far":9007199254740995}},"Beyond":9223372036854775808}}', { model: wide })
    expect(outcome.accepted.map(({ identifier, value }) => [identifier, value])).toEqual([
      ['Total', '9223372036854775807'],
      ['Wrapped', '-9007199254740993'],
      ['Small', 7],
      ['Pair', { far: '9007199254740993' }],
      ['TimedPair', { far: '9007199254740995' }],
    ])
    expect(outcome.code).toBe(6330)
    expect(explained(outcome)).toBe('Beyond: "9223372036854775808" is above the maximum 9223372036854775807 that the thing model allows (6330).')
  })

  it('says when it mended the JSON and when the bytes were not UTF-8', () => {
    const mended = handle('{"id":"1","params":{"PumpSwitch":1,}}')
    expect(mended.code).toBe(200)
    expect(explained(mended)).toBe('The payload was not quite JSON and was mended as the cloud does for its own SDKs: line 1, column 36: expected a key in double quotes (no comma after the last member), got "}".')
    const latin = handle(Buffer.from('{"id":"1","params":{"Label":"\xE9t\xE9"}}', 'latin1'))
    expect(latin).toMatchObject({ code: 200, accepted: [{ value: '\uFFFDt\uFFFD' }] })
    expect(explained(latin)).toBe('The payload is not valid UTF-8 (byte 30), so some characters are lost; devices have to send UTF-8, not GBK or Latin-1.')
    expect(handle('{"id":"1","params":{"Label":"\uFFFD"}}').detail).toBeNull()
  })

  it('says when a reported time was not used', () => {
    const outcome = post({ PumpSwitch: { value: 1, time: '1735689500000' } })
    expect(outcome).toMatchObject({ code: 200, accepted: [{ at: receivedAt }] })
    expect(explained(outcome)).toBe('PumpSwitch.time: "1735689500000" is not a time of 13 digits up to a day ahead, so the time of arrival was used.')
  })

  it('answers any bytes with an outcome that can be read', () => {
    const envelope = fc.record({ id: fc.jsonValue(), sys: fc.jsonValue(), params: fc.jsonValue(), method: fc.jsonValue() }, { requiredKeys: [] })
    const params = fc.dictionary(fc.constantFrom('PumpSwitch', 'Pressure', 'Position', 'Alarms', 'Volume', 'Label', 'Foo', '__proto__', 'motor:Speed'), fc.oneof(fc.jsonValue(), fc.record({ value: fc.jsonValue(), time: fc.oneof(fc.integer(), fc.jsonValue()) })))
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      envelope.map(value => Buffer.from(JSON.stringify(value))),
      params.map(value => Buffer.from(JSON.stringify({ id: '1', params: value }))),
      params.map(value => Buffer.from(JSON.stringify({ id: '1', params: value }).slice(0, -3))),
    )
    fc.assert(fc.property(payloads, fc.constantFrom('weak' as const, 'strict' as const, 'none' as const), fc.boolean(), (payload, level, applyLimits) => {
      const outcome = handle(payload, { level, applyLimits })
      const { issues } = unpackDetail({ topic, direction: 'up', code: outcome.code, detail: outcome.detail })
      expect(outcome.code).toBe(issues[0]?.code ?? 200)
      if (outcome.reply !== null)
        expect(Object.keys(JSON.parse(replyText(outcome)!))).toEqual(['code', 'data', 'id', 'message', 'method', 'version'])
    }), { numRuns: 1500 })
  })

  it('survives nesting that would exhaust a recursive reader', () => {
    const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`
    expect(handle(`{"id":"1","params":{"Pressure":${deep}}}`).code).toBe(6307)
    expect(handle(deep).code).toBe(6207)
    expect(handle(`{"id":"1","params":{"Foo":${deep}`).code).toBe(6207)
  })
})
