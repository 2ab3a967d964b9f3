import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { locateJsonError } from '../../../../src/shared/thing-model/json-error.ts'

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  }
  catch {
    return false
  }
}

describe('locateJsonError', () => {
  it.each([
    ['{"a":1,}', 1, 8, 'a key in double quotes (no comma after the last member)', '"}"'],
    ['[1,\n 2,\n]', 3, 1, 'a value', '"]"'],
    ['{"a" 1}', 1, 6, '":" after the key', '"1"'],
    ['{"a":1\n "b":2}', 2, 2, '"," or "}"', '"\\""'],
    ['{\'a\':1}', 1, 2, 'a key in double quotes or "}"', '"\'"'],
    ['{"a":tru}', 1, 6, 'a value', '"tru"'],
    ['{"a":1} x', 1, 9, 'nothing more after the end of the document', '"x"'],
    ['{"a":"b', 1, 8, 'the closing double quote of a text that began before', 'the end of the file'],
    ['{"a":"b\nc"}', 1, 8, 'the closing double quote of a text that began before', 'the end of the line'],
    ['{"a":"\\x"}', 1, 7, 'a valid escape such as \\n, \\" or \\u00e9', '"\\\\"'],
    ['{ // note\n}', 1, 3, 'a key in double quotes or "}"', 'a comment, which JSON does not have'],
    ['[1 2]', 1, 4, '"," or "]"', '"2"'],
    ['', 1, 1, 'a value', 'the end of the file'],
    ['{"a":\u0001}', 1, 6, 'a value', 'the control character U+0001'],
    ['{"温度":1,,}', 1, 9, 'a key in double quotes (no comma after the last member)', '","'],
  ])('finds where %j stops being JSON', (text, line, column, expected, got) => {
    expect(locateJsonError(text)).toEqual({ line, column, expected, got })
  })

  it('finds an error exactly in the texts that JSON.parse refuses', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', '.5', 'e3', 'null', 'true', ' ', '\n', '\\', '\\u00e9', '\t', '\u0000'), { maxLength: 12 })
    const texts = fc.oneof(fc.json(), fc.string(), pieces.map(list => list.join('')))
    fc.assert(fc.property(texts, text => (locateJsonError(text) === null) === isJson(text)), { numRuns: 3000 })
  })

  it('finds the error in a large text that is broken at its end', () => {
    const text = `{"a":"${'\\"x'.repeat(100_000)}","b":${'['.repeat(50_000)}`
    expect(locateJsonError(text)).toMatchObject({ line: 1, got: 'the end of the file' })
  })
})
