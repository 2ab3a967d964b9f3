import { expect, it } from 'vitest'
import { desiredData, parseDesiredDelete, parseDesiredGet } from '../../../../src/shared/alink/desired.ts'

it.each([
  [['Brightness', 'pump:Flow'], ['Brightness', 'pump:Flow']],
  [[], []],
  [{}, undefined],
  [['a', 1], undefined],
  [undefined, undefined],
])('reads the names asked for from %j', (params, names) => {
  expect(parseDesiredGet(params)).toEqual(names)
})

it.each([
  [{ Brightness: { version: 3 }, Switch: {} }, [{ identifier: 'Brightness', version: 3 }, { identifier: 'Switch', version: undefined }]],
  [[{ Brightness: { version: '3' } }], [{ identifier: 'Brightness', version: 3 }]],
  [{ Brightness: null }, [{ identifier: 'Brightness', version: undefined }]],
  [{ Brightness: { version: null } }, [{ identifier: 'Brightness', version: undefined }]],
  [{ Brightness: { version: 1.5 } }, undefined],
  [{ Brightness: { version: -1 } }, undefined],
  [{ Brightness: 3 }, undefined],
  [['Brightness'], undefined],
  ['Brightness', undefined],
  [undefined, undefined],
])('reads deletions from %j', (params, deletions) => {
  expect(parseDesiredDelete(params)).toEqual(deletions)
})

it('writes values with their versions and nothing else', () => {
  expect(desiredData([['Brightness', { value: 80, version: 3, at: 1 } as { value: number, version: number }]])).toEqual({ Brightness: { value: 80, version: 3 } })
})
