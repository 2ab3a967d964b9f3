import { describe, expect, it } from 'vitest'
import { describeDropped, judgeReport, noteCloudLimit, refuseReport, stepsOfReport } from '../../../../../src/engine/platform/thing/rules.ts'
import { parseRequest } from '../../../../../src/shared/alink/envelope.ts'

const bad = { code: 6306, path: 'Level', rule: 'maximum', expected: '10', got: '11' } as const
const unknown = { code: 6320, path: 'Foo', rule: 'unknown-property', expected: '', got: '1' } as const

describe('judgeReport', () => {
  it.each([
    ['weak', [], { code: 200, replyCode: 200, keepsGood: true }],
    ['weak', [bad, unknown], { code: 6306, replyCode: 200, keepsGood: true }],
    ['strict', [], { code: 200, replyCode: 200, keepsGood: true }],
    ['strict', [unknown, bad], { code: 6320, replyCode: 6320, keepsGood: false }],
  ] as const)('decides by the level %s about %j', (level, issues, judgement) => {
    expect(judgeReport(level, issues)).toEqual(judgement)
  })
})

describe('refuseReport', () => {
  const refusal = (text: string, applyLimits = false): number | undefined => refuseReport(parseRequest(text).request!, applyLimits)?.code
  const many = `{"id":"1","params":{${Array.from({ length: 201 }, (_, index) => `"p${index}":1`).join()}}}`

  it('finds missing params before a missing id', () => {
    expect(refuseReport(parseRequest('{}').request!, false)).toMatchObject({ code: 460, rule: 'no-params' })
    expect(refuseReport(parseRequest('{"params":{"a":1}}').request!, false)).toMatchObject({ code: 460, rule: 'no-id' })
  })

  it('counts properties only while the cloud\'s limits are applied', () => {
    expect([refusal(many), refusal(many, true), refusal('{"id":"1","params":{"a":1}}', true)]).toEqual([undefined, 6106, undefined])
  })
})

describe('noteCloudLimit', () => {
  it('notes more than 200 properties', () => {
    const params = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p${index}`, 1]))
    expect(noteCloudLimit(params)).toMatchObject({ rule: 'cloud-limit', expected: '200', got: '201' })
    delete params.p0
    expect(noteCloudLimit(params)).toBeNull()
  })
})

describe('describeDropped', () => {
  it('names each property once, in the order of the message', () => {
    expect(describeDropped([unknown, bad, { ...bad, path: 'Level' }])).toEqual({
      Foo: 'tsl parse: params not exist -> Foo',
      Level: 'tsl parse: int value has the wrong type or is out of range -> Level',
    })
  })

  it('has nothing to say about a good report', () => {
    expect(describeDropped([])).toBeUndefined()
  })
})

describe('stepsOfReport', () => {
  const topic = '/sys/p/d/thing/event/property/post'

  it('lists the steps of a report in the platform\'s order', () => {
    expect(stepsOfReport(topic, { check: 6306, message: 200, isStored: true, isReplied: true })).toEqual([
      { bizCode: 'uplink', operation: topic, code: 200 },
      { bizCode: 'ThingModel', operation: 'check', code: 6306 },
      { bizCode: 'ThingModelMessage', operation: 'thing.event.property.post', code: 200 },
      { bizCode: 'DataStorage', operation: 'thing.event.property.post', code: 200 },
      { bizCode: 'downlink', operation: `${topic}_reply`, code: 200 },
    ])
  })

  it('leaves out what did not happen', () => {
    expect(stepsOfReport(topic, { message: 6207, isStored: false, isReplied: false }).map(step => step.bizCode)).toEqual(['uplink', 'ThingModelMessage'])
  })
})
