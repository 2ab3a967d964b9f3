import type { FilterRule, FilterValues } from '../../../../src/shared/filter/language.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFilter, formatPart, keptValue, parseFilter } from '../../../../src/shared/filter/language.ts'
import { expectedEn, filterLists, filterRules } from '../../../../src/shared/filter/list-rules.ts'

const now = new Date(2025, 10, 21, 14, 3, 22).getTime()
const rules: readonly FilterRule[] = [
  { key: 'device', aliases: ['devicename'] },
  { key: 'dir', options: [{ value: 'up' }, { value: 'down' }] },
  { key: 'code', check: text => /^(?:\d+|ok)$/.test(text) ? null : 'a number', exclude: text => text === '200' ? null : 'only -code:200' },
  { key: 'lag', comparisons: ['>'], check: text => /^>\d+ms$/.test(text) ? null : 'lag>500ms' },
  { key: 'level', options: [{ value: 'WARN' }, { value: 'INFO' }], comparisons: ['>='], takesColon: true },
  { key: 'type', options: [{ value: 'uplink' }, { value: 'ThingModel' }], isList: true, exclude: () => null },
  { key: 'text' },
]

describe('what is typed into a filter', () => {
  it.each<[string, FilterValues]>([
    ['device:sim-0001 dir:UP', { device: 'sim-0001', dir: 'up' }],
    ['code:6320 low battery', { code: '6320', text: 'low battery' }],
    ['device:"a b" "exactly this"', { device: 'a b', text: 'exactly this' }],
    ['device:"say \\"hi\\" \\\\"', { device: 'say "hi" \\' }],
    ['temperature:21', { text: 'temperature:21' }],
    ['http://x/y', { text: 'http://x/y' }],
    ['C:\\temp', { text: 'C:\\temp' }],
    ['-40 -foo', { text: '-40 -foo' }],
    ['DeviceName:a', { device: 'a' }],
    ['lag>500ms level>=warn', { lag: '>500ms', level: '>=WARN' }],
    ['lag:>500ms level:info code=7', { lag: '>500ms', level: 'INFO', code: '7' }],
    ['-code:200 -type:uplink,thingmodel,uplink', { '-code': '200', '-type': 'uplink,ThingModel' }],
    ['text:>5', { text: '>5' }],
    ['a>b', { text: 'a>b' }],
    ['  ', {}],
  ])('reads %j', (input, values) => {
    expect(parseFilter(input, rules)).toEqual({ values, problems: [] })
  })

  it.each<[string, unknown]>([
    ['dir:left', { kind: 'value', key: 'dir', expected: 'up, down', got: 'left' }],
    ['code:abc', { kind: 'value', key: 'code', expected: 'a number', got: 'abc' }],
    ['lag:500ms', { kind: 'value', key: 'lag', expected: 'lag>500ms', got: '500ms' }],
    ['lag>=500ms', { kind: 'value', key: 'lag', expected: 'lag>500ms', got: '>=500ms' }],
    ['level<INFO', { kind: 'value', key: 'level', expected: 'level:…, level>=…', got: '<INFO' }],
    ['level>=LOUD', { kind: 'value', key: 'level', expected: '>=WARN, >=INFO', got: '>=LOUD' }],
    ['type:uplink,sideways', { kind: 'value', key: 'type', expected: 'uplink, ThingModel', got: 'uplink,sideways' }],
    ['device>x', { kind: 'value', key: 'device', expected: 'device:…', got: '>x' }],
    ['device:', { kind: 'value', key: 'device', expected: 'device:…', got: '' }],
    ['dir: up', { kind: 'value', key: 'dir', expected: 'up, down', got: '' }],
    ['devise:x', { kind: 'key', key: 'devise' }],
    ['-device:x', { kind: 'exclude', key: 'device', expected: '', got: 'x' }],
    ['-code:404', { kind: 'exclude', key: 'code', expected: 'only -code:200', got: '404' }],
    ['device:a device:b', { kind: 'twice', key: 'device' }],
    ['device:"a b', { kind: 'quote', got: 'device:"a b' }],
  ])('says what is wrong with %j', (input, problem) => {
    expect(parseFilter(input, rules).problems[0]).toEqual(problem)
  })

  it('takes from an address what follows the rules, in the form in which it is kept', () => {
    expect([keptValue('dir', 'UP', rules), keptValue('level', '>=warn', rules), keptValue('-code', '200', rules), keptValue('text', '>5', rules)]).toEqual(['up', '>=WARN', '200', '>5'])
    expect([keptValue('dir', 'left', rules), keptValue('-device', 'x', rules), keptValue('other', 'x', rules), keptValue('device', '', rules)]).toEqual([null, null, null, null])
  })

  it('is written as it is read', () => {
    expect([formatPart(rules[0]!, 'a b'), formatPart(rules[3]!, '>500ms'), formatPart(rules[4]!, '>=WARN'), formatPart(rules[4]!, 'INFO'), formatPart(rules[2]!, '200', true)])
      .toEqual(['device:"a b"', 'lag>500ms', 'level>=WARN', 'level:INFO', '-code:200'])
  })
})

describe('the filters of every list', () => {
  const valueOf = (rule: FilterRule): fc.Arbitrary<string> => {
    if (rule.options) {
      const one = fc.constantFrom(...rule.options.map(({ value }) => value))
      return rule.isList === true ? fc.uniqueArray(one, { minLength: 1 }).map(values => values.join(',')) : fc.oneof(one, ...rule.comparisons ? [one.map(value => `>=${value}`)] : [])
    }
    return fc.oneof(
      fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }),
      fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('"', '\\', ' ', '\t', ':', '>', '=', '-', 'a') }),
      fc.constantFrom('200', 'failed', 'ok', '-1', '>500ms', '>2s', '15m', '14:30', '2025-11-21T14:30:05.250', 'a1Thermo'),
    )
  }

  it.each(filterLists)('of %s are read back as they are written, whatever the values', (list) => {
    const listRules = filterRules(list, expectedEn, () => now)
    const entry = fc.constantFrom(...listRules).chain(rule => fc.tuple(fc.constantFrom(rule.key, `-${rule.key}`), valueOf(rule)))
    fc.assert(fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const values: FilterValues = {}
      for (const [key, value] of entries) {
        const kept = keptValue(key, value, listRules)
        if (kept !== null)
          values[key] = kept
      }
      expect(parseFilter(formatFilter(values, listRules), listRules)).toEqual({ values, problems: [] })
    }))
  })

  it.each(filterLists)('of %s never throw, whatever is typed', (list) => {
    const listRules = filterRules(list, expectedEn, () => now)
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (typed) => {
      const { values, problems } = parseFilter(typed, listRules)
      expect(typed.trim() === '' || problems.length > 0 || Object.keys(values).length > 0).toBe(true)
    }))
  })
})
