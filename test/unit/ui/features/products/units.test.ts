import { expect, it } from 'vitest'
import { commonUnits, suggestUnits } from '../../../../../src/ui/features/products/model-editor/units.ts'

it('suggests what was typed first, then what begins like it', () => {
  expect(suggestUnits('kP').map(one => one.unit)).toEqual(['kP', 'kPa'])
  expect(suggestUnits('m').map(one => one.unit)[0]).toBe('m')
  expect(suggestUnits('摄').map(one => one.unit)).toEqual(['摄', '°C'])
  expect(suggestUnits('mol')).toEqual([{ unit: 'mol', en: '', zh: '' }])
  expect(suggestUnits('')).toEqual(commonUnits)
})
