import type { ShadowOutcome } from '../../../../../src/engine/platform/shadow/handle.ts'
import type { Shadow } from '../../../../../src/shared/alink/shadow.ts'
import type { JsonValue } from '../../../../../src/shared/json.ts'
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handleShadowMessage, shadowControl } from '../../../../../src/engine/platform/shadow/handle.ts'
import { emptyShadow, stepDelete, stepDesired } from '../../../../../src/engine/platform/shadow/rules.ts'
import { parseTopic } from '../../../../../src/shared/alink/topic.ts'
import { explainDetail } from '../../../../../src/shared/contract/trace-detail.ts'

const device = { deviceId: 1, productKey: 'a1', deviceName: 'd1' }
const topicText = '/shadow/update/a1/d1'
const receivedAt = 1_735_689_600_999

function send(message: unknown, shadow: Shadow = emptyShadow, applyLimits = false): ShadowOutcome {
  const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))
  return handleShadowMessage({ device, topic: parseTopic(topicText), topicText, payload, receivedAt }, shadow, applyLimits)
}

function report(reported: JsonValue, version: number, shadow?: Shadow, applyLimits?: boolean): ShadowOutcome {
  return send({ method: 'update', state: { reported }, version }, shadow, applyLimits)
}

function replyOf({ outcome }: ShadowOutcome): string {
  return Buffer.from(outcome.replies![0]!.payload).toString()
}

function after(...messages: object[]): Shadow {
  return messages.reduce((shadow: Shadow, message) => send(message, shadow).changed ?? shadow, emptyShadow)
}

describe('a shadow', () => {
  it('keeps what is reported with its time in seconds and takes the version over', () => {
    const result = report({ color: 'red' }, 7)
    expect(result.changed).toEqual({
      state: { reported: { color: 'red' }, desired: {} },
      metadata: { reported: { color: { timestamp: 1_735_689_600 } }, desired: {} },
      timestamp: 1_735_689_600,
      version: 7,
    })
    expect(result.outcome.replies).toMatchObject([{ topic: '/shadow/get/a1/d1', qos: 1 }])
    expect(replyOf(result)).toBe('{"method":"reply","payload":{"status":"success","version":7},"timestamp":1735689600}')
  })

  it('merges objects member by member and replaces arrays as a whole', () => {
    const shadow = after(
      { method: 'update', state: { reported: { light: { on: 1, hue: 3 }, list: [1, 2], gone: 1 } }, version: 1 },
      { method: 'update', state: { reported: { light: { hue: 4 }, list: [9], gone: 'null' } }, version: 2 },
    )
    expect(shadow.state.reported).toEqual({ light: { on: 1, hue: 4 }, list: [9] })
    expect(Object.keys(shadow.metadata.reported)).toEqual(['light', 'list'])
  })

  it('refuses a version that is not greater and says both', () => {
    const shadow = after({ method: 'update', state: { reported: { a: 1 } }, version: 5 })
    const refused = report({ a: 2 }, 5, shadow)
    expect(refused).toMatchObject({ changed: null, outcome: { code: 409 } })
    expect(replyOf(refused)).toBe('{"method":"reply","payload":{"status":"error","content":{"errorcode":"409","errormessage":"the version sent should be larger than the current version"}},"timestamp":1735689600}')
    expect(explainDetail(409, refused.outcome.detail)).toBe('version: expected a number greater than the present version 5, got 5 (409).')
    expect(report({ a: 2 }, 6, shadow).changed?.version).toBe(6)
  })

  it('takes 0 as a first version and -1 as a start over', () => {
    const shadow = report({ a: 1 }, 0).changed!
    expect(shadow.version).toBe(0)
    expect(report({ a: 2 }, 0, shadow).changed?.state.reported).toEqual({ a: 2 })
    const later = report({ a: 3 }, Date.UTC(2026, 10, 21), shadow).changed!
    expect(report({ a: 4 }, 0, later).outcome.code).toBe(409)
    expect(report({ a: 4 }, -1, later).changed).toMatchObject({ version: 0, state: { reported: { a: 4 } } })
  })

  it('has its desired side cleared by the text "null" and by JSON\'s null', () => {
    const wanted = stepDesired(emptyShadow, { desired: { color: 'green' }, version: 0, delta: false }, 1) as Shadow
    for (const desired of ['null', null]) {
      const cleared = send({ method: 'update', state: { reported: { color: 'green' }, desired }, version: 2 }, wanted).changed
      expect(cleared).toMatchObject({ version: 2, state: { reported: { color: 'green' }, desired: {} }, metadata: { desired: {} } })
    }
  })

  it('loses some attributes or all by delete', () => {
    const full = after({ method: 'update', state: { reported: { a: 1, b: 2 } }, version: 1 })
    expect(send({ method: 'delete', state: { reported: { a: 'null', z: 'null' } }, version: 2 }, full).changed).toMatchObject({ state: { reported: { b: 2 } }, version: 2 })
    expect(send({ method: 'delete', state: { reported: 'null' }, version: 2 }, full).changed?.state.reported).toEqual({})
  })

  it('is given to a device that asks, without changing', () => {
    const shadow = after({ method: 'update', state: { reported: { a: 1 } }, version: 4 })
    const got = send({ method: 'get' }, shadow)
    expect(got.changed).toBeNull()
    expect(replyOf(got)).toBe('{"method":"reply","payload":{"status":"success","state":{"reported":{"a":1}},"metadata":{"reported":{"a":{"timestamp":1735689600}}}},"version":4,"timestamp":1735689600}')
  })

  it.each([
    [Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`a${index}`, 1])), 408, '128 attributes'],
    [{ a: { b: { c: { d: { e: { f: 1 } } } } } }, 400, '5 levels'],
    [{ a: 'x'.repeat(17_000) }, 400, '16384 bytes'],
  ])('beyond a limit of the cloud is taken with a note, and refused while the limits are applied', (reported, code, words) => {
    const taken = report(reported, 1)
    expect(taken.outcome.code).toBe(200)
    expect(explainDetail(200, taken.outcome.detail)).toContain(words)
    const refused = report(reported, 1, emptyShadow, true)
    expect(refused).toMatchObject({ changed: null, outcome: { code } })
    expect(explainDetail(code, refused.outcome.detail)).toContain(words)
  })

  it('does not grow without end whatever the setting', () => {
    const big = report({ a: 'x'.repeat(200_000) }, 1).changed!
    expect(report({ b: 'x'.repeat(100_000) }, 2, big)).toMatchObject({ changed: null, outcome: { code: 400 } })
  })

  it('keeps attributes whose names JavaScript knows as attributes', () => {
    const { changed } = send('{"method":"update","state":{"reported":{"__proto__":{"a":1},"constructor":2}},"version":1}')
    expect(JSON.stringify(changed!.state.reported)).toBe('{"__proto__":{"a":1},"constructor":2}')
  })

  it('answers whatever comes with one message and never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.record({ method: fc.constantFrom('update', 'delete', 'get'), state: fc.dictionary(fc.constantFrom('reported', 'desired'), fc.jsonValue()), version: fc.oneof(fc.integer(), fc.string()) })), (message) => {
      const result = send(message)
      expect(result.outcome.replies).toHaveLength(1)
      expect(JSON.parse(replyOf(result))).toMatchObject({ method: 'reply' })
    }), { numRuns: 300 })
  })
})

describe('an application', () => {
  it('replaces the desired side, or merges into it', () => {
    const first = stepDesired(emptyShadow, { desired: { a: 1, b: 2 }, version: 0, delta: false }, 10) as Shadow
    expect(first).toMatchObject({ version: 1, state: { desired: { a: 1, b: 2 } } })
    expect(stepDesired(first, { desired: { a: 3 }, version: 0, delta: false }, 20)).toMatchObject({ version: 2, state: { desired: { a: 3 } }, metadata: { desired: { a: { timestamp: 20 } } } })
    expect(stepDesired(first, { desired: { a: 3, b: null }, version: 9, delta: true }, 20)).toMatchObject({ version: 9, state: { desired: { a: 3 } } })
    expect(stepDesired(first, { desired: { a: 3 }, version: 1, delta: true }, 20)).toMatchObject({ code: 409 })
  })

  it('deletes a side or attributes of both', () => {
    const shadow = stepDesired(after({ method: 'update', state: { reported: { a: 1, b: 1 } }, version: 1 }), { desired: { a: 2 }, version: 0, delta: false }, 10) as Shadow
    expect(stepDelete(shadow, ['desired'], undefined, 20)).toMatchObject({ version: 3, state: { reported: { a: 1, b: 1 }, desired: {} } })
    expect(stepDelete(shadow, ['reported', 'desired'], ['a'], 20).state).toEqual({ reported: { b: 1 }, desired: {} })
  })

  it('has the device told only when something is desired', () => {
    expect(shadowControl(device, emptyShadow, receivedAt)).toBeNull()
    const shadow = stepDesired(emptyShadow, { desired: { a: 1 }, version: 0, delta: false }, 10) as Shadow
    expect(shadowControl(device, shadow, receivedAt)).toMatchObject({ topic: '/shadow/get/a1/d1', qos: 1 })
  })
})
