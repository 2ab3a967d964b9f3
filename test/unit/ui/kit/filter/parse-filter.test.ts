import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../../../../src/ui/kit/filter/parse-filter.ts'

const fields = [
  { key: 'device', label: 'Device' },
  { key: 'dir', label: 'Direction', options: [{ value: 'up', label: 'up' }, { value: 'down', label: 'down' }] },
  { key: 'code', label: 'Code', check: (text: string) => /^\d+$/.test(text) ? null : 'a number' },
  { key: 'text', label: 'Text' },
]

describe('what is typed into a filter', () => {
  it.each([
    ['device:sim-0001 dir:UP', { device: 'sim-0001', dir: 'up' }],
    ['code:6320 low battery', { code: '6320', text: 'low battery' }],
    ['device:"a b" "exactly this"', { device: 'a b', text: 'exactly this' }],
    ['temperature:21', { text: 'temperature:21' }],
    ['http://x/y', { text: 'http://x/y' }],
    ['  ', {}],
  ])('reads %j', (input, values) => {
    expect(parseFilter(input, fields)).toEqual({ values, problems: [] })
  })

  it('says which values a field takes, and which rule a value breaks', () => {
    expect(parseFilter('dir:left code:abc', fields).problems).toEqual([
      { kind: 'value', key: 'dir', expected: 'up, down', got: 'left' },
      { kind: 'value', key: 'code', expected: 'a number', got: 'abc' },
    ])
  })

  it('takes a key that is nearly one of its own for a slip of the pen, not for text', () => {
    expect(parseFilter('devise:x', fields).problems).toEqual([{ kind: 'key', key: 'devise' }])
  })
})
