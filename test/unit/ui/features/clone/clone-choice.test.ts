import type { CloneProperty, CloneProposal } from '../../../../../src/shared/contract/clone.ts'
import { expect, it } from 'vitest'
import { behavioursOf, choicesOf, curveOf, scaleOf } from '../../../../../src/ui/features/clone/clone-choice.ts'
import { cloneForms } from '../../../../../src/ui/features/clone/clone-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const why = { reason: { rule: 'once' as const, values: {} }, sentence: '' }
const level: CloneProperty = { property: 'level', name: 'Level', unit: 'm', dataType: 'double', values: 3, kind: 'walk', why, remarks: [], compared: [], asRecorded: { kind: 'trace', points: [[0, 1], [5, 3]], speed: 1, end: 'loop', offsetSec: 0 }, constant: { kind: 'constant', value: 2 }, recorded: [[0, 1], [5, 3]], generated: [[0, 2], [5, 2.5], [10, 4]] }
const never: CloneProperty = { ...level, property: 'never', kind: 'off', asRecorded: null, constant: null, recorded: [], generated: [] }
const proposal: CloneProposal = { productKey: 'a1Tank', deviceName: 'tank', fromAt: 0, toAt: 1, values: 3, prefix: 'clone', properties: [level, never], traits: [], settings: { intervalSec: 5, qos: 1, seed: 1, conversation: {}, updates: {}, behaviours: { level: { kind: 'walk', min: 1, max: 3, step: 1 }, never: { kind: 'off' } } } }

it('offers what a property can do instead of what was learned', () => {
  expect(choicesOf(level)).toEqual(['learned', 'asRecorded', 'constant', 'never'])
  expect(choicesOf({ ...level, kind: 'constant' })).toEqual(['learned', 'asRecorded', 'never'])
  expect(choicesOf({ ...level, kind: 'trace' })).toEqual(['learned', 'constant', 'never'])
  expect(choicesOf(never)).toEqual(['learned'])
})

it('puts what was chosen in the place of what was learned, in the behaviours and in the curve', () => {
  expect(behavioursOf(proposal, {})).toEqual(proposal.settings.behaviours)
  expect(behavioursOf(proposal, { level: 'constant' })).toMatchObject({ level: { kind: 'constant', value: 2 }, never: { kind: 'off' } })
  expect(behavioursOf(proposal, { level: 'asRecorded' })).toMatchObject({ level: { kind: 'trace' } })
  expect(behavioursOf(proposal, { level: 'never' })).toMatchObject({ level: { kind: 'off' } })
  expect(curveOf(level, 'learned')).toBe(level.generated)
  expect(curveOf(level, 'asRecorded')).toBe(level.recorded)
  expect(curveOf(level, 'constant')).toEqual([[0, 2], [10, 2]])
  expect(curveOf(level, 'never')).toEqual([])
})

it('gives two curves one scale', () => {
  expect(scaleOf(level.recorded, level.generated)).toEqual({ low: 1, high: 4, spanSec: 10 })
  expect(scaleOf([])).toEqual({ low: 0, high: 0, spanSec: 0 })
})

it('says the same on the command line', () => {
  const forms = cloneForms({ productKey: 'a1Tank', deviceName: 'tank', fromAt: Date.UTC(2026, 0, 2), toAt: Date.UTC(2026, 0, 3), variationPercent: 12.5, prefix: 'twin', name: 'Twins', count: 30, seed: 7 })
  expect(readForms(forms).cli).toEqual({ path: 'fleet clone', positionals: ['a1Tank', 'tank'], values: { from: Date.UTC(2026, 0, 2), to: Date.UTC(2026, 0, 3), variation: 12.5, prefix: 'twin', name: 'Twins', count: 30, seed: 7 } })
})
