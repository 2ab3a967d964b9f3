import type { JsonValue } from '../../../../src/shared/json.ts'
import { describe, expect, it } from 'vitest'
import { compileDeviceQuery, propertiesOfQuery } from '../../../../src/shared/device-query/evaluate.ts'
import { parseDeviceQuery } from '../../../../src/shared/device-query/parse.ts'

const now = Date.UTC(2026, 5, 30)
const day = 86_400_000
const tags: Record<string, string> = { floor: '3', room: 'Kitchen' }
const properties: Record<string, JsonValue> = { temperature: 21.5, on: 1, label: 'north', box: { a: 1 } }
const device = {
  productKey: 'a1Test',
  deviceName: 'Floor3-lamp-07',
  iotId: 'Kx9',
  nickname: '',
  state: 'OFFLINE' as const,
  simulated: true,
  createdAt: now - 30 * day,
  modifiedAt: now - 2 * day,
  activatedAt: now - 20 * day,
  lastOnlineAt: now - 8 * day,
  lastOfflineAt: null,
  tag: (key: string) => tags[key],
  tags: () => Object.entries(tags).map(([key, value]) => ({ key, value })),
  groups: () => ['g1', 'g2'],
  property: (identifier: string) => properties[identifier],
}

function matches(source: string): boolean {
  return compileDeviceQuery(parseDeviceQuery(source).query!, now)(device)
}

describe('a device', () => {
  it.each([
    'product_key = "a1Test"',
    'product_key != "a2"',
    'name like "floor3-%"',
    'name like "%lamp%"',
    'name like "Floor_-lamp-__"',
    'name like "%"',
    'name not like "wall%"',
    'name in ("a", "Floor3-lamp-07")',
    'status = OFFLINE',
    'simulated = true',
    'gmt_create < "29d ago" and gmt_create > "2026-05-30"',
    'last_online_time < "7d ago"',
    'last_offline_time is null',
    'tag.floor = "3"',
    'tag.room is not null',
    'tag.missing is null',
    'not tag.missing = "x"',
    'property.temperature > 21.4 and property.temperature <= 21.5',
    'property.on = true',
    'property.on = 1',
    'property.label in ("south", "north")',
    'property.box = \'{"a":1}\'',
    'iot_id = "Kx9"',
    'nickname is null',
    'gmt_modified < "1d ago"',
    'group.group_id = "g2"',
    'tag.tag_name = "floor" and tag.tag_value = "3"',
    'tag.floor = "4" or tag.floor = "3"',
  ])('fulfils %s', (source) => {
    expect(matches(source)).toBe(true)
  })

  it.each([
    'product_key = "A1TEST"',
    'name like "lamp"',
    'name like "floor3-_"',
    'name not in ("Floor3-lamp-07")',
    'nickname like "%"',
    'group.group_id in ("g3")',
    'tag.tag_name is null',
    'status != "OFFLINE"',
    'simulated = false',
    'last_online_time > "7d ago"',
    'last_offline_time < "2030-01-01"',
    // What is not known fulfils nothing but "is null".
    'tag.missing = "x"',
    'tag.missing != "x"',
    'tag.missing not like "x"',
    'tag.missing not in ("x")',
    'property.missing > 0',
    'property.label > 5 and property.label < 5',
    'tag.floor = "3" and tag.room = "Bath"',
  ])('does not fulfil %s', (source) => {
    expect(matches(source)).toBe(false)
  })
})

it('says which properties a query needs', () => {
  expect(propertiesOfQuery(parseDeviceQuery('property.a > 1 and (not property.b = "x" or tag.c = "d") and property.a < 9').query!)).toEqual(['a', 'b'])
})
