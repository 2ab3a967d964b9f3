import type { Renewal } from '../../../../src/engine/replay/renew-payload.ts'
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { readJsonSpans } from '../../../../src/engine/replay/json-spans.ts'
import { renewPayload } from '../../../../src/engine/replay/renew-payload.ts'

const from = { productKey: 'a1Test', deviceName: 'old-01' }
const to = { productKey: 'a1Test', deviceName: 'new-01' }
const day = 86_400_000
const at = 1_700_000_000_000

function renew(kind: Parameters<typeof renewPayload>[0], text: string, renewal: Partial<Renewal> = {}): string {
  return Buffer.from(renewPayload(kind, Buffer.from(text), { id: '7', shiftMs: day, from, to, ...renewal })).toString()
}

describe('the payload of a message that is sent again', () => {
  it('has an id of its own, of the same type, and is the same to the letter otherwise', () => {
    expect(renew('property.post', '{ "id":"123", "version" : "1.0","params":{"T":1.0,"Big":9007199254740993123,"S":"a\\"b\\u00e9"},"method":"m"}'))
      .toBe('{ "id":"7", "version" : "1.0","params":{"T":1.0,"Big":9007199254740993123,"S":"a\\"b\\u00e9"},"method":"m"}')
    expect(renew('property.post', '{"id":123,"params":{}}')).toBe('{"id":7,"params":{}}')
    expect(renew('property.post', '{"params":{"T":{"id":"3"}}}')).toBe('{"params":{"T":{"id":"3"}}}')
    expect(renew('tag.update', '{"id":"1","id":"2","params":[{"attrKey":"id"}]}')).toBe('{"id":"1","id":"7","params":[{"attrKey":"id"}]}')
  })

  it('moves the instants of values and of events, and none that stands inside a value', () => {
    expect(renew('property.post', `{"id":"1","params":{"T":{"value":1,"time":${at}},"U":{"time":${at}},"V":{"value":{"value":1,"time":${at}},"time":"x"},"time":${at}}}`))
      .toBe(`{"id":"7","params":{"T":{"value":1,"time":${at + day}},"U":{"time":${at}},"V":{"value":{"value":1,"time":${at}},"time":"x"},"time":${at}}}`)
    expect(renew('event.post', `{"id":"1","params":{"value":{"time":${at}},"time":${at}}}`)).toBe(`{"id":"7","params":{"value":{"time":${at}},"time":${at + day}}}`)
    expect(renew('property.batchPost', `{"id":"1","params":{"properties":{"T":[{"value":1,"time":${at}},{"value":{"time":${at},"value":2},"time":${at + 5}}]}}}`))
      .toBe(`{"id":"7","params":{"properties":{"T":[{"value":1,"time":${at + day}},{"value":{"time":${at},"value":2},"time":${at + 5 + day}}]}}}`)
  })

  it('leaves instants as they were when they are not to be moved, and those that are none', () => {
    const text = `{"id":"1","params":{"T":{"value":1,"time":${at}}}}`
    expect(renew('property.post', text, { shiftMs: 0 })).toBe(text.replace('"1"', '"7"'))
    expect(renew('property.post', '{"id":"1","params":{"T":{"value":1,"time":12}}}')).toBe('{"id":"7","params":{"T":{"value":1,"time":12}}}')
  })

  it('moves the written times of log lines in their own way of writing, and those of network reports', () => {
    expect(renew('log.post', '{"id":"1","params":[{"utcTime":"2025-01-31T10:00:00.123+0800","logContent":"a"},{"utcTime":"2025-01-31 10:00:00"},{"utcTime":"noon"}]}'))
      .toBe('{"id":"7","params":[{"utcTime":"2025-02-01T10:00:00.123+0800","logContent":"a"},{"utcTime":"2025-02-01 10:00:00"},{"utcTime":"noon"}]}')
    expect(renew('network.post', `{"id":"1","params":{"p":{"wifi":{},"_time":${at}}}}`)).toBe(`{"id":"7","params":{"p":{"wifi":{},"_time":${at + day}}}}`)
  })

  it('names the new device in a history, where the recorded one named itself', () => {
    const history = (name: string, time: number): string => `{"id":"7","params":[{"identity":{"productKey":"a1Test","deviceName":"${name}"},"properties":[{"T":{"value":1,"time":${time}}}]}]}`
    expect(renew('property.historyPost', history('old-01', at))).toBe(history('new-01', at + day))
    expect(renew('property.historyPost', history('other', at))).toBe(history('other', at + day))
  })

  it('is not touched on custom topics, for raw bytes, and where it is no JSON', () => {
    const custom = '{"id":"1"}'
    expect(renew('custom', custom)).toBe(custom)
    expect(renew('raw.up', custom)).toBe(custom)
    expect(renew('property.post', '{"id":"1"')).toBe('{"id":"1"')
    expect(renew('property.post', '[{"id":"1"}]')).toBe('[{"id":"1"}]')
    const bytes = Uint8Array.of(0xFF, 0x00)
    expect(renewPayload('property.post', bytes, { id: '7', shiftMs: 0, from, to })).toEqual(bytes)
  })
})

describe('the places of values in a JSON text', () => {
  it('are found in every kind of value', () => {
    const text = ' {"a":[1,-2.5e3,true,null,"x,]"],"b":{},"c":[]} '
    const root = readJsonSpans(text)!
    expect(text.slice(root.from, root.to)).toBe(text.trim())
    const [list] = root.members
    expect(list!.value.items.map(({ kind, from: start, to: end }) => [kind, text.slice(start, end)])).toEqual([['number', '1'], ['number', '-2.5e3'], ['word', 'true'], ['word', 'null'], ['string', '"x,]"']])
  })

  it('are not looked for in what is no JSON, or is nested as no message is', () => {
    expect(readJsonSpans('{"a":}')).toBeNull()
    expect(readJsonSpans('['.repeat(100_000) + ']'.repeat(100_000))).toBeNull()
  })
})
