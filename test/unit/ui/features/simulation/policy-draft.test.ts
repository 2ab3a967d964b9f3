import { expect, it } from 'vitest'
import { behaviourDraftsOf, readBehaviours, readWhen, whenDraftOf } from '../../../../../src/ui/features/simulation/policy-draft.ts'

it('reads a rhythm in seconds, without an end where no duration is typed, and nothing while a number is missing', () => {
  const draft = { kind: 'every' as const, at: null, intervalSec: 0.5, durationSec: 60 }
  expect(readWhen(draft)).toEqual({ kind: 'every', intervalMs: 500, durationMs: 60_000 })
  expect(readWhen({ ...draft, durationSec: null })).toEqual({ kind: 'every', intervalMs: 500, durationMs: null })
  expect(readWhen({ ...draft, intervalSec: null })).toBeNull()
  expect(readWhen({ ...draft, kind: 'once' })).toBeNull()
  expect(readWhen({ ...draft, kind: 'once', at: 5.4 })).toEqual({ kind: 'once', at: 5 })
})

it('types a rhythm that there is as it was read', () => {
  for (const when of [{ kind: 'every', intervalMs: 250, durationMs: null }, { kind: 'every', intervalMs: 2_000, durationMs: 10_000 }, { kind: 'once', at: 99 }] as const)
    expect(readWhen(whenDraftOf(when, 1_000))).toEqual(when)
  expect(readWhen(whenDraftOf(undefined, 1_000))).toEqual({ kind: 'every', intervalMs: 5_000, durationMs: 60_000 })
})

it('types behaviours that there are as they were read, and waits for one that is not complete', () => {
  const behaviours = { Level: { kind: 'sine', min: 0, max: 10, periodSec: 60, noise: 0 }, Label: { kind: 'constant', value: 'a' } } as const
  const drafts = behaviourDraftsOf({ kind: 'properties', behaviours })
  expect(readBehaviours(drafts)).toEqual(behaviours)
  expect(readBehaviours({ ...drafts, Level: { ...drafts.Level!, numbers: { ...drafts.Level!.numbers, max: '' } } })).toBeNull()
  expect(behaviourDraftsOf({ kind: 'publish', topic: '/t', payloadBase64: '', qos: 0 })).toEqual({})
})
