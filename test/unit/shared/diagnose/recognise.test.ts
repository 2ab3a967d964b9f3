import type { RecognisedRow } from '../../../../src/shared/diagnose/recognise.ts'
import type { ValidationIssue } from '../../../../src/shared/thing-model/issue.ts'
import { describe, expect, it } from 'vitest'
import { packDetail, unpackFacts } from '../../../../src/shared/contract/trace-detail.ts'
import { packMistakes } from '../../../../src/shared/diagnose/mistake.ts'
import { recogniseMistakes } from '../../../../src/shared/diagnose/recognise.ts'

const at = Date.UTC(2026, 10, 28, 11, 0, 0)
const root = '/sys/a1Thermostat/kitchen/thing'

interface Told extends Partial<Omit<RecognisedRow, 'payload'>> { payload?: string | Uint8Array, issues?: ValidationIssue[], notices?: ValidationIssue[] }

function recognise({ payload = '{}', issues = [], notices = [], ...row }: Told) {
  const detail = row.detail ?? (issues.length + notices.length > 0 ? packDetail({ issues, notices, steps: [] }) : null)
  return recogniseMistakes({
    at,
    direction: 'up',
    productKey: 'a1Thermostat',
    deviceName: 'kitchen',
    topic: `${root}/event/property/post`,
    code: issues[0]?.code ?? 200,
    ...row,
    detail,
    payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
  }, bytes => new TextDecoder().decode(bytes))
}

function issue(rule: ValidationIssue['rule'], path: string, expected: string, got: string, code = 6306): ValidationIssue {
  return { code, path, rule, expected, got }
}

describe('recogniseMistakes', () => {
  it.each([
    // Node SDK 1.2.8
    ['Node', `${root}/event/property/post`, `{"id":"3|exp-topic|${root}/event/property/post_reply","version":"1.0","params":{"temperature":21.5},"method":"thing.event.property.post"}`],
    // Link SDK for C 4
    ['C 4', `${root}/event/property/post`, '{"id":"1","version":"1.0","params":{"LightSwitch":0},"sys":{"ack":1}}'],
    ['C 4.1 topo', `${root}/topo/get`, '{"id":"1","params":"{}"}'],
    ['C OTA', '/ota/device/inform/a1Thermostat/kitchen', '{"id":2, "params":{"version":"1.0"}}'],
    ['network status', '/sys/a1Thermostat/kitchen/_thing/diag/post', '{"id":"1","method":"thing.diag.post","params":{}}'],
    ['answer', `${root}/service/property/set_reply`, '{"id":"1","code":200,"data":{},"method":"thing.service.property.set"}'],
    ['no JSON', '/a1Thermostat/kitchen/user/bytes', 'hello'],
    ['nothing', '/a1Thermostat/kitchen/user/bytes', ''],
  ])('finds nothing in what %s sends', (_who, topic, payload) => {
    expect(recognise({ topic, payload })).toEqual([])
  })

  it.each([
    ['1732791600', 'time-seconds', '1732791600000'],
    ['"1732791600000"', 'number-text', '1732791600000'],
    ['1732791600000000', 'time-micros', '1732791600000'],
    ['4500', 'time-unset', String(at)],
  ])('names the unit of a time %s', (got, kind, expected) => {
    expect(recognise({ notices: [issue('time-ignored', 'temperature.time', '', got, 200)], code: 200 })).toEqual([
      expect.objectContaining({ kind, path: 'temperature.time', expected }),
    ])
    expect(recognise({ issues: [issue('no-time', 'temperature', '', got, 6326)] })[0]).toMatchObject({ kind })
  })

  it('says that a number came in quotes, and true where 1 is meant', () => {
    expect(recognise({ issues: [issue('type', 'temperature', 'double', '"21.5"'), issue('type', 'power', 'bool', 'true'), issue('type', 'count', 'int', '{}')] })).toEqual([
      { kind: 'number-text', path: 'temperature', expected: '21.5', got: '"21.5"' },
      { kind: 'bool-literal', path: 'power', expected: '1', got: 'true' },
    ])
  })

  it('names the property that is written in other letters', () => {
    expect(recognise({ issues: [issue('unknown-property', 'Temperature', 'temperature', '21')] })).toEqual([{ kind: 'name-case', path: 'Temperature', expected: 'temperature', got: 'Temperature' }])
    expect(recognise({ issues: [issue('unknown-property', 'temprature', 'temperature', '21')] })).toEqual([])
  })

  it('sees params that were made into text twice', () => {
    expect(recognise({ payload: JSON.stringify({ id: '1', params: JSON.stringify({ temperature: 21.5 }) }) })).toEqual([
      { kind: 'params-text', path: 'params', expected: '{"temperature":21.5}', got: '"{\\"temperature\\":21.5}"' },
    ])
  })

  it('sees values beside params', () => {
    const [found] = recognise({ payload: '{"id":"1","temperature":21.5}', issues: [issue('no-params', '', '', '', 460)] })
    expect(found).toMatchObject({ kind: 'params-outside', expected: '{"id":"1","version":"1.0","params":{"temperature":21.5}}' })
  })

  it('compares the method with the topic', () => {
    expect(recognise({ payload: '{"id":"1","method":"thing.event.property.pack.post","params":{"temperature":1}}' })).toEqual([
      { kind: 'method-differs', path: 'method', expected: 'thing.event.property.post', got: 'thing.event.property.pack.post' },
    ])
  })

  it('sees the end of a C string and a byte order mark', () => {
    expect(recognise({ payload: '{"id":"1"}\0\0' })).toEqual([{ kind: 'trailing-nul', path: '', expected: '10', got: '2' }])
    expect(recognise({ payload: new Uint8Array([0xEF, 0xBB, 0xBF, 0x7B, 0x7D]) })).toMatchObject([{ kind: 'byte-order-mark' }])
  })

  it('sees an answer without a code', () => {
    expect(recognise({ topic: `${root}/service/property/set_reply`, payload: '{"id":"1","params":{}}', code: 6207, detail: '{}' })).toMatchObject([{ kind: 'answer-no-code' }])
  })

  it('repairs a topic only where it was refused', () => {
    const topic = '/sys/kitchen/a1Thermostat/thing/event/property/post'
    expect(recognise({ topic, code: 9236, detail: '{}' })).toMatchObject([{ kind: 'topic-swapped' }])
    expect(recognise({ topic, code: 9324, detail: '{}' })).toEqual([])
  })

  it('reads what was noted when the message came, and nothing that another version has noted', () => {
    const noted = { kind: 'not-subscribed', path: `${root}/event/property/post_reply`, expected: `${root}/event/property/post_reply`, got: '' } as const
    const detail = packMistakes(packDetail({ issues: [], steps: [] }), [noted])
    expect(recognise({ direction: 'down', topic: noted.path, detail })).toEqual([noted])
    expect(recognise({ direction: 'down', topic: '/sys/a1Thermostat/kitchen/rrpc/request/1234', detail })[0]!.expected).toBe('/sys/a1Thermostat/kitchen/rrpc/request/+')
    expect(unpackFacts(packMistakes(null, [noted])).mistakes).toEqual([noted])
    expect(unpackFacts('{"mistakes":[["from-the-future","","",""]]}').mistakes).toEqual([])
    expect(packMistakes(null, [])).toBeNull()
  })

  it('sees QoS 2, a retained message and a wrong filter in the records of a connection', () => {
    const record = (topic: string, content: object) => recognise({ direction: 'record', topic, payload: JSON.stringify(content), code: 1950, detail: '{}' })
    expect(record('offline', { reason: 'The device published with QoS 2; the platform knows 0 and 1.' })).toMatchObject([{ kind: 'qos-2' }])
    expect(record('offline', { reason: 'The device published a retained message; the platform keeps none.' })).toMatchObject([{ kind: 'retained' }])
    expect(record('offline', { reason: 'The device disconnected.' })).toEqual([])
    expect(record('subscribe', { filter: '/sys/kitchen/a1Thermostat/thing/service/#' })).toMatchObject([{ kind: 'topic-swapped' }])
    expect(record('connect', {})).toEqual([])
  })
})
