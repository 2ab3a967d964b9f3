import type { FormerProperty } from '../../../../../src/shared/contract/model.ts'
import type { DataType } from '../../../../../src/shared/thing-model/types.ts'
import type { ValueRow } from '../../../../../src/ui/features/devices/value-rows.ts'
import { expect, it } from 'vitest'
import { compileThingModel } from '../../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { pathOf, valueRows, withMembers } from '../../../../../src/ui/features/devices/value-rows.ts'

const text = { type: 'text', specs: { length: '8' } }
const model = compileThingModel(
  parseThingModel({ properties: [{ identifier: 'A', dataType: { type: 'int', specs: { max: '9' } } }, { identifier: 'B', dataType: text }] }).model!,
  [parseThingModel({ functionBlockId: 'pump', properties: [{ identifier: 'Flow', name: 'Flow rate', dataType: text }] }).model!],
)
const former = new Map<string, FormerProperty>([
  ['B', { key: 'B', name: 'B', dataType: { type: 'bool', labels: { 0: 'off', 1: 'on' } }, version: '1.0' }],
  ['Gone', { key: 'Gone', name: 'Once', dataType: { type: 'int', unit: 'V' }, version: '1.3' }],
])

it('shows the model\'s properties in its order, those of modules after them, and then what the model does not have', () => {
  const rows = valueRows(model, former, { 'Odd': { value: 1, time: 1 }, 'Gone': { value: 2, time: 1 }, 'pump:Flow': { value: 'x', time: 1 } })
  expect(rows.map(({ identifier, name, dataType, formerVersion }) => [identifier, name, dataType?.type, formerVersion])).toEqual([
    ['A', 'A', 'int', null],
    ['B', 'B', 'text', null],
    ['pump:Flow', 'Flow rate', 'text', null],
    ['Odd', '', undefined, null],
    ['Gone', 'Once', 'int', '1.3'],
  ])
})

it('tells a value from before its property became something else as what it was, until a new one comes', () => {
  const typeOfB = (value: number | string): unknown => valueRows(model, former, { B: { value, time: 1 } }).filter(row => row.identifier === 'B').map(row => [row.dataType?.type, row.formerVersion])
  expect(typeOfB(1)).toEqual([['bool', '1.0']])
  expect(typeOfB('on')).toEqual([['text', null]])
})

it('opens structs into rows of their members, whatever the depth', () => {
  const struct = (...members: { identifier: string, name: string, dataType: DataType }[]): DataType => ({ type: 'struct', members })
  const place = struct({ identifier: 'lat', name: 'Latitude', dataType: { type: 'double' } }, { identifier: 'more', name: 'More', dataType: struct({ identifier: 'height', name: 'Height', dataType: { type: 'int' } }) })
  const rows: ValueRow[] = [{ identifier: 'Place', name: 'Place', dataType: place, formerVersion: null, latest: { value: { lat: 1.5, more: { height: 3 } }, time: 9 } }, { identifier: 'A', name: '', dataType: null, formerVersion: null, latest: null }]
  const shown = (open: string[]) => withMembers(rows, identifier => open.includes(identifier)).map(({ identifier, latest }) => [identifier, latest?.value])
  expect(shown([])).toEqual([['Place', { lat: 1.5, more: { height: 3 } }], ['A', undefined]])
  expect(shown(['Place', 'Place.more'])).toEqual([['Place', { lat: 1.5, more: { height: 3 } }], ['Place.lat', 1.5], ['Place.more', { height: 3 }], ['Place.more.height', 3], ['A', undefined]])
  expect(withMembers([{ ...rows[0]!, latest: null }], () => true).map(({ latest }) => latest)).toEqual([null, null, null, null])
  expect(pathOf('pump:Place.more.height')).toEqual({ property: 'pump:Place', members: ['more', 'height'] })
})
