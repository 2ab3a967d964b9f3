import type { Behaviour } from '../../../../../src/shared/contract/fleet.ts'
import type { BehaviourDraft } from '../../../../../src/ui/parts/behaviour/behaviour-draft.ts'
import { describe, expect, it } from 'vitest'
import { behaviourOf, draftOf, withKind } from '../../../../../src/ui/parts/behaviour/behaviour-draft.ts'

describe('a behaviour being edited', () => {
  it.each<Behaviour>([
    { kind: 'constant', value: 'eco' },
    { kind: 'constant', value: { a: [1, 2] } },
    { kind: 'random' },
    { kind: 'random', min: 1, max: 2 },
    { kind: 'walk', min: 18, max: 28, step: 0.2, start: 20 },
    { kind: 'sine', min: -1, max: 1, periodSec: 60, noise: 0 },
    { kind: 'ramp', min: 0, max: 10, periodSec: 5 },
    { kind: 'cycle', values: [0, 'x', true], holdSec: 10 },
    { kind: 'off' },
  ])('comes out as it went in: %j', (behaviour) => {
    expect(behaviourOf(draftOf(behaviour))).toEqual({ ok: true, behaviour })
  })

  it('is left to the type when none is chosen', () => {
    expect(behaviourOf(draftOf(undefined))).toEqual({ ok: true, behaviour: undefined })
  })

  it.each<[BehaviourDraft, string]>([
    [{ kind: 'walk', numbers: { min: 5, max: 5, step: 1 }, text: '' }, 'badRange'],
    [{ kind: 'walk', numbers: { min: 0, max: 5, step: 0 }, text: '' }, 'badNumber'],
    [{ kind: 'sine', numbers: { min: 0, max: null, periodSec: 1 }, text: '' }, 'needNumber'],
    [{ kind: 'constant', numbers: {}, text: 'eco' }, 'badJson'],
    [{ kind: 'cycle', numbers: { holdSec: 1 }, text: '' }, 'badJson'],
  ])('says what is wrong with %j: %s', (draft, problem) => {
    expect(behaviourOf(draft)).toEqual({ ok: false, problem })
  })

  it('takes what is known into another kind, and is complete at once', () => {
    const suggested: Behaviour = { kind: 'walk', min: 18, max: 28, step: 0.2 }
    expect(withKind(draftOf(undefined), 'sine', suggested).numbers).toEqual({ min: 18, max: 28, periodSec: 60, noise: null })
    for (const kind of ['auto', 'constant', 'random', 'walk', 'sine', 'ramp', 'cycle', 'off'] as const)
      expect(behaviourOf(withKind(draftOf(suggested), kind, suggested)).ok).toBe(true)
  })
})
