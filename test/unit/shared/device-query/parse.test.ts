import { describe, expect, it } from 'vitest'
import { describeQueryError, parseDeviceQuery } from '../../../../src/shared/device-query/parse.ts'

describe('a query over devices', () => {
  it('is read with "and" before "or", and brackets before both', () => {
    const name = (value: string) => ({ kind: 'compare', field: { name: 'name' }, comparison: '=', value })
    expect(parseDeviceQuery('name = "a" or name = "b" AND name = \'c\'').query).toEqual({ kind: 'or', parts: [name('a'), { kind: 'and', parts: [name('b'), name('c')] }] })
    expect(parseDeviceQuery('(name = "a" or name = "b") and not name = "c"').query).toEqual({ kind: 'and', parts: [{ kind: 'or', parts: [name('a'), name('b')] }, { kind: 'not', part: name('c') }] })
  })

  it.each([
    ['status in (online, "OFFLINE")', { kind: 'in', field: { name: 'status' }, values: ['ONLINE', 'OFFLINE'] }],
    ['simulated = false', { kind: 'compare', field: { name: 'simulated' }, comparison: '=', value: false }],
    ['name like "floor3-%"', { kind: 'like', field: { name: 'name' }, pattern: 'floor3-%' }],
    ['tag.floor <> "3"', { kind: 'compare', field: { name: 'tag', key: 'floor' }, comparison: '!=', value: '3' }],
    ['tag.SYS_SDK is not null', { kind: 'known', field: { name: 'tag', key: 'SYS_SDK' } }],
    ['property.engine:rpm >= -1.5', { kind: 'compare', field: { name: 'property', key: 'engine:rpm' }, comparison: '>=', value: -1.5 }],
    ['last_online_time < "7d ago"', { kind: 'compare', field: { name: 'last_online_time' }, comparison: '<', value: { agoMs: 7 * 86_400_000 } }],
    ['gmt_create > "2026-01-31"', { kind: 'compare', field: { name: 'gmt_create' }, comparison: '>', value: { at: Date.UTC(2026, 0, 31) } }],
    ['gmt_create > "2026-01-31 08:30+02:00"', { kind: 'compare', field: { name: 'gmt_create' }, comparison: '>', value: { at: Date.UTC(2026, 0, 31, 6, 30) } }],
  ])('%s is understood', (source, query) => {
    expect(parseDeviceQuery(source)).toEqual({ query })
  })

  it.each([
    ['', 'Character 1 of the query: expected a field (product_key, iot_id, name, nickname, status, simulated, gmt_create, gmt_modified, active_time, last_online_time, last_offline_time, group.group_id, tag.tag_name, tag.tag_value, tag.KEY, property.IDENTIFIER), "not" or "(", got the end.'],
    ['statsu = "ONLINE"', 'Character 1 of the query: expected the field status, got "statsu".'],
    ['tag. = "x"', 'Character 1 of the query: expected a field'],
    ['name', 'Character 5 of the query: expected =, !=, "like", "in" or "is null", got the end.'],
    ['name > "a"', 'Character 6 of the query: expected =, !=, "like", "in" or "is null", got ">".'],
    ['name = 7', 'Character 8 of the query: expected a text in quotes, got "7".'],
    ['name = "a', 'Character 8 of the query: expected a closing ", got the end.'],
    ['name = "a" name = "b"', 'Character 12 of the query: expected "and", "or" or the end, got "name".'],
    ['(name = "a"', 'Character 12 of the query: expected "and", "or" or ")", got the end.'],
    ['status = "AWAY"', 'Character 10 of the query: expected one of "UNACTIVE", "ONLINE", "OFFLINE", "DISABLE", got "AWAY".'],
    ['status like "ON%"', 'Character 8 of the query: expected =, != or "in", got "like".'],
    ['simulated = 1', 'Character 13 of the query: expected true or false, got "1".'],
    ['gmt_create > "yesterday"', 'Character 14 of the query: expected an instant in quotes, such as "2026-01-31 08:00" (UTC) or "7d ago", got "yesterday".'],
    ['gmt_create > "2026-02-31"', 'Character 14'],
    ['name in ("a" "b")', 'Character 14 of the query: expected "," or ")", got "b".'],
    ['name not = "a"', 'Character 10 of the query: expected "like" or "in", got "=".'],
    ['name like pattern', 'Character 11 of the query: expected a pattern in quotes'],
    ['tag.a is 3', 'Character 10 of the query: expected null, got "3".'],
    ['name = "a" ; drop', 'Character 12 of the query: expected a field, a value in quotes, a number or a comparison, got ";".'],
    [`${'('.repeat(40)}name = "a"`, 'expected at most 32 brackets'],
    ['x'.repeat(2_001), 'expected at most 2000 characters, got 2001.'],
  ])('%s is refused with the place and what was expected there', (source, sentence) => {
    const { error } = parseDeviceQuery(source)
    expect(error && describeQueryError(error)).toContain(sentence)
  })
})
