import { expect, it } from 'vitest'
import { expectedEn, filterLists, filterRules } from '../../../../../src/shared/filter/list-rules.ts'
import { countedKeys, countValues } from '../../../../../src/ui/parts/observe/count-values.ts'

it('counts the values of a field, the most frequent first', () => {
  const hits = [{ device: 'a', code: '200' }, { device: 'b', code: '6306' }, { device: 'a', code: '200' }, { device: 'c', code: '' }]
  expect(countValues(hits, 'device')).toEqual([{ value: 'a', count: 2 }, { value: 'b', count: 1 }, { value: 'c', count: 1 }])
  expect(countValues(hits, 'code').map(({ value }) => value)).toEqual(['200', '', '6306'])
  expect(countValues([], 'device')).toEqual([])
})

it('counts only what can be made a chip', () => {
  for (const list of filterLists) {
    const keys = filterRules(list, expectedEn, () => 0).map(({ key }) => key)
    expect(countedKeys[list].filter(key => !keys.includes(key))).toEqual([])
  }
})
