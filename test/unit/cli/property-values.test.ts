import { expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/command.ts'
import { readObject, readValues } from '../../../src/cli/property-values.ts'

const typeOf = (name: string) => ({ Label: 'text', Due: 'date', Serial: 'long', Level: 'float' } as const)[name]

it('reads values by the types of the thing model, and others as JSON if they are', () => {
  expect(readValues(['Label=42', 'Due=1735689600000', 'Serial=9007199254740993', 'Level=3.5', 'Other={"x":1}', 'Word=high', 'Equal=a=b'], typeOf))
    .toEqual({ Label: '42', Due: '1735689600000', Serial: '9007199254740993', Level: 3.5, Other: { x: 1 }, Word: 'high', Equal: 'a=b' })
})

it('takes an empty value and null for nothing', () => {
  expect(readValues(['Label=', 'Level=null', 'Due=null'], typeOf)).toEqual({ Label: null, Level: null, Due: null })
})

it('takes one JSON object as it is', () => {
  expect(readValues([' {"Label":"42"}'], typeOf)).toEqual({ Label: '42' })
  expect(readObject('{}')).toEqual({})
})

it.each([[['Label']], [['=3']], [['{"Label":']], [['Label=1', '{"Level":1}x']]])('refuses %j', (words) => {
  expect(() => readValues(words, typeOf)).toThrow(UsageError)
})

it.each([['[]'], ['3'], ['{']])('refuses %s for an object', (text) => {
  expect(() => readObject(text)).toThrow(UsageError)
})
