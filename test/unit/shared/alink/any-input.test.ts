import type { JsonValue } from '../../../../src/shared/json.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBatchPost, parseHistoryPost, parsePackPost } from '../../../../src/shared/alink/batch.ts'
import { parseDesiredDelete, parseDesiredGet } from '../../../../src/shared/alink/desired.ts'
import { parseLogPost, parseLogTime } from '../../../../src/shared/alink/device-log.ts'
import { parseReply, parseRequest } from '../../../../src/shared/alink/envelope.ts'
import { parseEventParams } from '../../../../src/shared/alink/event.ts'
import { parseErrorStats, parseNetworkPost } from '../../../../src/shared/alink/network-status.ts'
import { parseNtpRequest, timeFromNtp } from '../../../../src/shared/alink/ntp.ts'
import { isTimedValue, isUsableTime, parsePropertyPost } from '../../../../src/shared/alink/property.ts'
import { formValues, parseRegistrationForm } from '../../../../src/shared/alink/register.ts'
import { parseExt } from '../../../../src/shared/alink/rrpc.ts'
import { isShadowNull, levelsOf, parseShadowMessage } from '../../../../src/shared/alink/shadow.ts'
import { parseClientId, parseUsername, signMethodOf } from '../../../../src/shared/alink/sign.ts'
import { parseTagDelete, parseTagGet, parseTagUpdate } from '../../../../src/shared/alink/tag.ts'
import { directionOf, methodOfTopic, parseTopic } from '../../../../src/shared/alink/topic.ts'

/** Members that Alink knows, and those that every object seems to have. */
const key = fc.constantFrom('id', 'code', 'data', 'params', 'sys', 'ack', 'method', 'state', 'reported', 'desired', 'version', 'value', 'time', 'properties', 'events', 'subDevices', 'identity', 'attrKey', 'attrValue', 'domain', 'p', 'wifi', 'rssi', '_time', 'utcTime', 'contents', 'template', 'deviceSendTime', '__proto__', 'toString', 'valueOf', 'toJSON', 'constructor', 'a:b', '')

/** JSON as text, so that members such as `__proto__` are real members and numbers keep whatever digits they have. */
const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>(tie => ({
  value: fc.oneof(
    { depthSize: 'medium', maxDepth: 6 },
    fc.constantFrom('null', 'true', '0', '-1', '1.5', '1e999', '9007199254740993', '200', '"200"', '""', '"null"', '"x"', '"\\ud800"'),
    fc.string().map(text => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 4 }).map(items => `[${items.join(',')}]`),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map(entries => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
})).value

const deep = ['[', '{"value":', '{"state":'].flatMap(open => [10, 5_000].map((depth) => {
  const close = open === '[' ? ']' : '}'
  return `${open.repeat(depth)}1${close.repeat(depth)}`
}))
const anyText = fc.oneof(jsonText, fc.string(), fc.constantFrom(...deep), fc.tuple(jsonText, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))))

const ofText: Record<string, (text: string) => unknown> = {
  parseRequest,
  parseReply,
  parseTopic: text => directionOf(parseTopic(text)),
  methodOfTopic,
  parseClientId: text => signMethodOf(parseClientId(text).parameters),
  parseUsername,
  parseRegistrationForm,
  formValues,
  parseNtpRequest,
  timeFromNtp: text => timeFromNtp(text, 1),
  parseShadowMessage,
  parseErrorStats,
  parseExt,
}

const ofValue: Record<string, (value: JsonValue | undefined) => unknown> = {
  parsePropertyPost,
  parseEventParams,
  parseBatchPost,
  parsePackPost,
  parseHistoryPost,
  parseDesiredGet,
  parseDesiredDelete,
  parseLogPost,
  parseLogTime,
  parseNetworkPost,
  parseTagUpdate,
  parseTagDelete,
  parseTagGet,
  isTimedValue,
  isUsableTime: value => isUsableTime(value, 1),
  isShadowNull,
  levelsOf: value => levelsOf(value ?? null),
}

describe('whatever text a device sends', () => {
  it.each(Object.entries(ofText))('%s gives a value and throws nothing', (_name, parse) => {
    fc.assert(fc.property(anyText, (text) => { parse(text) }), { numRuns: 200, examples: deep.map(text => [text] as [string]) })
  })

  it.each(Object.entries(ofValue))('%s gives a value and throws nothing, whatever the type', (_name, parse) => {
    const values = fc.oneof(jsonText, fc.constantFrom(...deep)).map(text => JSON.parse(text) as JsonValue)
    fc.assert(fc.property(values, (value) => { parse(value) }), { numRuns: 200, examples: deep.map(text => [JSON.parse(text)] as [JsonValue]) })
    expect(() => parse(undefined)).not.toThrow()
  })

  it('an answer about the time that is made of lists and objects tells no time', () => {
    expect(timeFromNtp('{"deviceSendTime":[{"toString":null}],"serverRecvTime":"2","serverSendTime":"2"}', 3)).toBeNull()
    expect(timeFromNtp('{"deviceSendTime":"1","serverRecvTime":["2"],"serverSendTime":{"valueOf":1}}', 3)).toBeNull()
    expect(timeFromNtp('{"deviceSendTime":1,"serverRecvTime":"4","serverSendTime":"4"}', 3)).toBe(5)
  })

  it('an answer whose code is an object is no answer', () => {
    expect(parseReply('{"id":"1","code":{"toString":null},"data":{}}')).toBeUndefined()
    expect(parseReply('{"id":"1","code":[200],"data":{}}')).toBeUndefined()
    expect(parseReply('{"id":"1","code":"200","data":{}}')).toMatchObject({ code: 200 })
  })
})
