import { describe, expect, it } from 'vitest'
import { parseDeviceStatement } from '../../../../src/shared/device-query/statement.ts'

function errorOf(source: string): string | undefined {
  const { error } = parseDeviceStatement(source)
  return error && `${error.at}: ${error.expected}, got ${error.got}`
}

describe('a statement over devices', () => {
  it('reads all parts of a statement', () => {
    expect(parseDeviceStatement('SELECT name, tag.tag_name FROM device WHERE product_key = "order by" and (status = "ONLINE") ORDER BY active_time DESC LIMIT 40, 10').statement).toEqual({
      fields: ['name', 'tag.tag_name'],
      where: 'product_key = "order by" and (status = "ONLINE") ',
      order: { field: 'active_time', isDescending: true },
      offset: 40,
      limit: 10,
    })
  })

  it('may be without conditions, order and limit', () => {
    expect(parseDeviceStatement('select * from device').statement).toMatchObject({ where: null, order: null, offset: 0, limit: 20 })
    expect(parseDeviceStatement('select count(*) from device').statement).toMatchObject({ fields: null })
    expect(parseDeviceStatement('select iot_id from device order by gmt_create asc limit 5').statement).toMatchObject({ order: { field: 'gmt_create', isDescending: false }, offset: 0, limit: 5 })
  })

  it.each([
    ['', '0: "select", got the end'],
    ['select', '6: count(*), * or a field'],
    ['select nam from device', '7: count(*), * or a field'],
    ['select count(name) from device', '13: "*", got "name"'],
    ['select * from lamps', '14: "device", got "lamps"'],
    ['select * from device where', '26: a field'],
    ['select * from device where name = 3', '34: a text in quotes, got "3"'],
    ['select * from device order by name', '30: a time (gmt_create, gmt_modified, active_time), got "name"'],
    ['select * from device limit 51', '27: at most 50 rows, got "51"'],
    ['select * from device limit 9990, 11', '33: a whole number of at most 10, got "11"'],
    ['select * from device limit 5 5', '29: "where", "order by", "limit" or the end, got "5"'],
    ['select * from device where name = "', '34: a closing ", got the end'],
  ])('%j is refused with the place and what was expected there', (source, expected) => {
    expect(errorOf(source)).toContain(expected)
  })
})
