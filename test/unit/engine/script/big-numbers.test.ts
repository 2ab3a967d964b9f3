import fc from 'fast-check'
import { expect, it } from 'vitest'
import { markBigNumbers, unmarkBigNumbers } from '../../../../src/engine/script/big-numbers.ts'

it.each([
  ['{"a":9007199254740993}', '{"a":"\\u00009007199254740993"}'],
  ['[-9223372036854775808,18446744073709551615]', '["\\u0000-9223372036854775808","\\u000018446744073709551615"]'],
])('marks the integers of %s that a number would round', (json, marked) => {
  expect(markBigNumbers(json)).toBe(marked)
})

it.each(['{"a":9007199254740991}', '[18446744073709551616]', '[1234567890123456789.5]', '[1e300,12345678901234567e2]', '{"9007199254740993":"say \\"9007199254740993\\""}'])('leaves %s as it is', (json) => {
  expect(markBigNumbers(json)).toBe(json)
})

it('gives every JSON text back', () => {
  fc.assert(fc.property(fc.json(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (json, big) => {
    const text = `[${json},${big}]`
    expect(unmarkBigNumbers(markBigNumbers(text))).toBe(text)
  }))
})
