import type { ScriptRun } from '../../../../../src/engine/script/types.ts'
import type { ProductScript } from '../../../../../src/shared/contract/script.ts'
import { describe, expect, it } from 'vitest'
import { kindOfMessage, readBytes, readMessage, submittedText } from '../../../../../src/engine/platform/script/rules.ts'
import { limits } from '../../../../../src/shared/limits.ts'

const run = (value: string | null, problem: ScriptRun['problem'] = null): ScriptRun => ({ value, problem, logs: [], elapsedMs: 1 })
const submitted = (text: string): ProductScript => ({ draft: null, submitted: { text, at: 0, version: 1 } })

describe('the text that runs', () => {
  it.each([
    ['nothing at all', { draft: null, submitted: null }, 6200],
    ['only a draft', { draft: { text: 'x', at: 0 }, submitted: null }, 26001],
    ['an empty one', submitted(' \n'), 26001],
  ])('is missing where there is %s', (_what, script, code) => {
    expect(submittedText('a1', script)).toMatchObject({ value: null, problem: { code, message: expect.stringContaining(`(${code})`) } })
  })

  it('is what was submitted, whatever the draft', () => {
    expect(submittedText('a1', { ...submitted('one'), draft: { text: 'two', at: 0 } })).toEqual({ value: 'one', problem: null })
  })
})

describe('what rawDataToProtocol returns', () => {
  it('is an object, kept with all its digits', () => {
    expect(readMessage(run('{"a":9007199254740993}')).value?.text).toBe('{"a":9007199254740993}')
  })

  it.each([['null', null, 6201], ['a list', '[]', 26007], ['a number', '1', 26007], ['too much', JSON.stringify({ a: 'x'.repeat(limits.payloadBytesMax) }), 26007]])('is not %s', (_what, value, code) => {
    expect(readMessage(run(value))).toMatchObject({ value: null, problem: { code } })
  })

  it('is replaced by the problem of the run, with its place', () => {
    expect(readMessage(run(null, { code: 26002, message: 'The script failed.', line: 3 })).problem).toEqual({ code: 26002, message: 'The script failed (26002).', line: 3 })
  })
})

describe('what protocolToRawData returns', () => {
  it('is a list of bytes, signed or not', () => {
    expect(readBytes(run('[0,255,-1,-128]')).value).toEqual(Uint8Array.of(0, 255, 255, 128))
  })

  it.each([['null', null, 6201], ['nothing', '[]', 6201], ['an object', '{}', 26007], ['a text', '"abc"', 26007], ['256', '[256]', 26007], ['a fraction', '[0.5]', 26007], ['text in it', '["1"]', 26007], ['a gap', '[null]', 26007]])('is not %s', (_what, value, code) => {
    expect(readBytes(run(value))).toMatchObject({ value: null, problem: { code } })
  })
})

it('tells requests from answers, and what is neither', () => {
  expect(kindOfMessage({ method: 'm', params: {} })).toEqual({ kind: 'request', method: 'm' })
  expect(kindOfMessage({ id: '1', code: '200', data: {} })).toEqual({ kind: 'answer' })
  expect(kindOfMessage({ params: {} })).toMatchObject({ kind: 'bad', problem: { code: 6450 } })
  expect(kindOfMessage({ method: 5, params: {} })).toMatchObject({ kind: 'bad', problem: { code: 6300 } })
  // A property named "code" does not make an answer of a report.
  expect(kindOfMessage({ code: 1, method: 'm', params: {} })).toEqual({ kind: 'request', method: 'm' })
})
