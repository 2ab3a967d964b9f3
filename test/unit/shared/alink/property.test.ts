import type { JsonObject } from '../../../../src/shared/json.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRequest } from '../../../../src/shared/alink/envelope.ts'
import { buildPropertyPost, isTimedValue, isUsableTime, parsePropertyPost, timedValue } from '../../../../src/shared/alink/property.ts'

const now = 1_735_689_600_000

describe('buildPropertyPost', () => {
  it('writes what a device publishes', () => {
    const { topic, payload } = buildPropertyPost({ productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', id: '101', properties: { Brightness: timedValue(42, now), Switch: 1 } })
    expect(topic).toBe('/sys/a1Xk29TzQ7b/lamp-0007/thing/event/property/post')
    expect(payload).toBe('{"id":"101","version":"1.0","sys":{"ack":1},"params":{"Brightness":{"value":42,"time":1735689600000},"Switch":1},"method":"thing.event.property.post"}')
  })

  it('asks for no reply when told so', () => {
    expect(buildPropertyPost({ productKey: 'p', deviceName: 'd', id: '1', properties: {}, withoutReply: true }).payload).toContain('"sys":{"ack":0}')
  })

  it('is undone by parsing', () => {
    const values = fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.record({ x: fc.integer() })), { minKeys: 1 })
    fc.assert(fc.property(fc.stringMatching(/^\d{1,20}$/), values, fc.boolean(), (id, properties, withoutReply) => {
      const { payload } = buildPropertyPost({ productKey: 'p', deviceName: 'd', id, properties: properties as JsonObject, withoutReply })
      const { request } = parseRequest(payload)
      expect(request).toMatchObject({ id, wantsReply: !withoutReply, mended: false })
      expect(parsePropertyPost(request?.params)?.map(({ identifier, value, time }) => [identifier, value, time]))
        .toEqual(Object.entries(JSON.parse(JSON.stringify(properties)) as object).map(([identifier, value]) => [identifier, value, undefined]))
    }))
  })
})

describe('parsePropertyPost', () => {
  it('tells wrapped values from structs and bare values', () => {
    expect(parsePropertyPost({ 'a': { value: 1, time: now }, 'b': { value: null }, 'c': { x: 1 }, 'd': [1], 'pump:e': 'x' })).toEqual([
      { identifier: 'a', value: 1, time: now },
      { identifier: 'b', value: null, time: undefined },
      { identifier: 'c', value: { x: 1 }, time: undefined },
      { identifier: 'd', value: [1], time: undefined },
      { identifier: 'pump:e', value: 'x', time: undefined },
    ])
  })

  it.each([undefined, null, 5, 'x', [], [1], {}])('refuses the params %j', (params) => {
    expect(parsePropertyPost(params)).toBeUndefined()
  })
})

describe('isTimedValue', () => {
  it('needs an object with a member "value"', () => {
    expect([{ value: 1 }, { value: null, time: 1 }].map(isTimedValue)).toEqual([true, true])
    expect([{ time: 1 }, {}, [1], 1, 'x', null, undefined].map(isTimedValue)).toEqual([false, false, false, false, false, false, false])
  })
})

describe('isUsableTime', () => {
  it.each([
    [now, true],
    [now + 24 * 3600_000, true],
    [now + 24 * 3600_000 + 1, false],
    [1_000_000_000_000, true],
    [999_999_999_999, false],
    [now + 0.5, false],
    [`${now}`, false],
    [null, false],
    [undefined, false],
  ])('judges %j', (time, isUsable) => {
    expect(isUsableTime(time, now)).toBe(isUsable)
  })
})
