import type { FormerProperty } from '../../../../../src/shared/contract/model.ts'
import { expect, it } from 'vitest'
import { compileThingModel } from '../../../../../src/shared/thing-model/compile.ts'
import { parseThingModel } from '../../../../../src/shared/thing-model/parse.ts'
import { valueRows } from '../../../../../src/ui/features/devices/value-rows.ts'

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
