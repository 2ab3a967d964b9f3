import type { DataType } from '../../../../../src/shared/thing-model/types.ts'
import type { ValueRow } from '../../../../../src/ui/features/devices/value-rows.ts'
import { expect, it } from 'vitest'
import { plotGroups } from '../../../../../src/ui/features/devices/plot-groups.ts'

const row = (identifier: string, dataType: DataType): ValueRow => ({ identifier, name: '', dataType, formerVersion: null, latest: null })
const celsius: DataType = { type: 'float', unit: '°C' }
const rows = [row('inside', celsius), row('pressure', { type: 'double', unit: 'bar' }), row('outside', celsius), row('on', { type: 'bool', labels: { 0: 'off', 1: 'on' } }), row('count', { type: 'int' }), row('open', { type: 'bool', labels: { 0: 'no', 1: 'yes' } })]
const shown = (together: boolean) => plotGroups(rows, together).map(({ key, unit, rows }) => [key, unit, ...rows.map(({ identifier }) => identifier)])

it('gives each value a plot, or those of a unit one together, never switches', () => {
  expect(shown(false)).toEqual([['inside', '°C', 'inside'], ['pressure', 'bar', 'pressure'], ['outside', '°C', 'outside'], ['on', '', 'on'], ['count', '', 'count'], ['open', '', 'open']])
  expect(shown(true)).toEqual([['inside', '°C', 'inside', 'outside'], ['pressure', 'bar', 'pressure'], ['on', '', 'on'], ['count', '', 'count'], ['open', '', 'open']])
})

it('keeps the colour of a value whether it stands alone or not', () => {
  const colors = (together: boolean) => Object.fromEntries(plotGroups(rows, together).flatMap(({ series }) => series.map(({ label, color }) => [label, color])))
  expect(colors(true)).toEqual(colors(false))
  expect(new Set(Object.values(colors(true))).size).toBe(6)
})
