import { expect, it } from 'vitest'
import { sampleValue } from '../../../../../src/engine/platform/firmware-check/sample-value.ts'

it('is allowed by the type, and another one than the present where there is one', () => {
  expect(sampleValue({ type: 'int', min: 0, max: 100, step: 1 }, undefined, 0)).toBe(50)
  expect(sampleValue({ type: 'int', min: 0, max: 100, step: 1 }, 50, 0)).toBe(51)
  expect(sampleValue({ type: 'double', min: 5, max: 35, step: 0.5 }, 20, 0)).toBe(20.5)
  expect(sampleValue({ type: 'int', min: 7, max: 7 }, 7, 0)).toBe(7)
  expect(sampleValue({ type: 'bool', labels: { 0: 'off', 1: 'on' } }, 1, 0)).toBe(0)
  expect(sampleValue({ type: 'enum', items: [{ value: 0, name: 'a' }, { value: 2, name: 'b' }] }, 0, 0)).toBe(2)
  expect(sampleValue({ type: 'enum', items: [] }, 0, 0)).toBe(0)
  expect(sampleValue({ type: 'text', length: 1 }, '', 0)).toBe('o')
  expect(sampleValue({ type: 'date' }, undefined, 7)).toBe('7')
  expect(sampleValue({ type: 'array', item: { type: 'int' } }, undefined, 0)).toEqual([50])
  expect(sampleValue({ type: 'struct', members: [{ identifier: 'on', name: 'on', dataType: { type: 'bool', labels: { 0: 'off', 1: 'on' } } }] }, undefined, 0)).toEqual({ on: 1 })
})
