import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changedLeaves, childrenOf, decodeText, ExactNumber, leafText, parseExactJson } from '../../../../../src/ui/kit/json/exact-json.ts'

function parse(text: string) {
  const parsed = parseExactJson(text)
  if (!parsed.ok)
    throw new Error(parsed.problem)
  return parsed.value
}

describe('reading JSON', () => {
  it('keeps every digit of 64-bit integers and of written decimals', () => {
    const children = Object.fromEntries(childrenOf(parse('{"id":9223372036854775807,"t":21.40,"n":7}')).map(([key, value]) => [key, leafText(value)]))
    expect(children).toEqual({ id: '9223372036854775807', t: '21.40', n: '7' })
  })

  it('tells what is wrong instead of throwing', () => {
    expect(parseExactJson('{"a":')).toMatchObject({ ok: false, problem: expect.stringMatching(/JSON/) })
  })

  it('shows every value as it was written', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), value => leafText(parse(JSON.stringify(value))) === JSON.stringify(value)))
  })

  it('takes bytes for text only when they are UTF-8', () => {
    expect(decodeText(new TextEncoder().encode('温度'))).toBe('温度')
    expect(decodeText(Uint8Array.of(0xFF, 0xFE))).toBeNull()
  })
})

describe('comparing two messages', () => {
  it('names changed and new leaves with what they were', () => {
    const changed = changedLeaves(parse('{"id":"2","params":{"t":21.5,"m":1,"new":true,"list":[1,2]}}'), parse('{"id":"1","params":{"t":21.4,"m":1,"list":[1]}}'))
    expect([...changed]).toEqual([['/id', '"1"'], ['/params/t', '21.4'], ['/params/new', null], ['/params/list/1', null]])
  })

  it('finds nothing between equal messages, however large their numbers', () => {
    expect(changedLeaves(parse('[9223372036854775807]'), parse('[9223372036854775807]'))).toHaveProperty('size', 0)
    expect(changedLeaves(parse('[9223372036854775807]'), parse('[9223372036854775806]'))).toHaveProperty('size', 1)
    expect(childrenOf(new ExactNumber('1.0'))).toEqual([])
  })
})
