import type { BatchDraft } from '../../../../../src/ui/features/ota/launch/batch-draft.ts'
import { describe, expect, it } from 'vitest'
import { batchMethods } from '../../../../../src/shared/contract/batch.ts'
import { fieldsOf, isBeyondCloud, newDraft, toInput } from '../../../../../src/ui/features/ota/launch/batch-draft.ts'

const full = { packageId: 'p1', kind: 'full' } as const
const diff = { packageId: 'p1', kind: 'diff' } as const
const draftOf = (change: Partial<BatchDraft>, kind: BatchDraft['kind'] = 'upgrade'): BatchDraft => ({ ...newDraft(kind), ...change })

describe('the draft of a batch', () => {
  it('begins as an update of all devices at once, which the engine understands', () => {
    const { input } = toInput(newDraft('upgrade'), full)
    expect(input).toEqual({ packageId: 'p1', kind: 'upgrade', scope: { kind: 'all' }, pushes: true, rate: { kind: 'unlimited' }, protocol: 'HTTPS', tags: {} })
    expect(batchMethods['batch.create'].input.safeParse(input).success).toBe(true)
  })

  it.each<[string, Partial<BatchDraft>, BatchDraft['kind'], string]>([
    ['devices', { scope: 'named' }, 'upgrade', 'scope'],
    ['devices to try it on', {}, 'verify', 'scope'],
    ['a whole list', { scope: 'named', namesFrom: 'file' }, 'upgrade', 'scope'],
    ['a percentage', { scope: 'phased', percent: null }, 'upgrade', 'scope'],
    ['a group', { scope: 'group' }, 'upgrade', 'scope'],
    ['a rate', { rateKind: 'constant', perMinute: null }, 'upgrade', 'rate'],
    ['all numbers of a growing rate', { rateKind: 'growing', threshold: null }, 'upgrade', 'rate'],
    ['a version to look for', { dynamic: true }, 'upgrade', 'sourceVersions'],
    ['a start', { isPlanned: true }, 'upgrade', 'startAt'],
  ])('asks for nothing while it lacks %s', (_what, change, kind, missing) => {
    expect(toInput(draftOf(change, kind), full)).toEqual({ input: null, missing })
  })

  it('leaves out what does not apply, and keeps it for when it does', () => {
    const typed = draftOf({ dynamic: true, scope: 'named', picked: ['dev-0001'], sourceVersions: ['1.0'], isPlanned: true, startAt: 5, newlyReportedOnly: true, pushes: false, rateKind: 'constant' })
    expect(toInput(typed, full).input).toEqual({ packageId: 'p1', kind: 'upgrade', dynamic: true, newlyReportedOnly: true, scope: { kind: 'named', deviceNames: ['dev-0001'] }, pushes: false, rate: { kind: 'unlimited' }, protocol: 'HTTPS', tags: {} })
    expect(toInput({ ...typed, dynamic: false, scope: 'all', pushes: true }, full).input).toMatchObject({ sourceVersions: ['1.0'], startAt: 5, endAt: null, rate: { kind: 'constant', perMinute: 100 } })
    expect(toInput({ ...typed, dynamic: true, scope: 'all' }, diff).input).not.toHaveProperty('sourceVersions')
  })

  it('tries a package without rate, retries and settling of conflicts', () => {
    const { input } = toInput(draftOf({ namesFrom: 'paste', namesId: 'ab', rateKind: 'constant', retryMinutes: 10, overrides: true, timeoutMinutes: 60, tags: [{ key: 'wave', value: '1' }, { key: '', value: 'x' }] }, 'verify'), full)
    expect(input).toEqual({ packageId: 'p1', kind: 'verify', scope: { kind: 'list', namesId: 'ab' }, pushes: true, rate: { kind: 'unlimited' }, timeoutMinutes: 60, protocol: 'HTTPS', tags: { wave: '1' } })
  })

  it('has the fields of its method', () => {
    expect(fieldsOf(draftOf({ dynamic: true }), full)).toMatchObject({ phased: false, schedule: false, newlyReportedOnly: true, needsVersions: true })
    expect(fieldsOf(draftOf({ dynamic: true }), diff)).toMatchObject({ sourceVersions: false, needsVersions: false })
    expect(fieldsOf(draftOf({}), full)).toMatchObject({ phased: true, schedule: true, newlyReportedOnly: false, needsVersions: false })
  })
})

it.each<[string, number | null, number | null, boolean]>([
  ['nothing is planned', null, null, false],
  ['it starts in four minutes', 4, null, true],
  ['it starts in five minutes', 5, null, false],
  ['it starts in eight days', 8 * 1_440, null, true],
  ['it ends after half an hour', 10, 40, true],
  ['it ends after an hour', 10, 70, false],
  ['it ends after 31 days', 10, 10 + 31 * 1_440, true],
])('knows whether the cloud would take the times when %s', (_when, start, end, expected) => {
  const now = 1_700_000_000_000
  const at = (minutes: number | null): number | null => minutes === null ? null : now + minutes * 60_000
  expect(isBeyondCloud({ startAt: at(start), endAt: at(end) }, now)).toBe(expected)
})
