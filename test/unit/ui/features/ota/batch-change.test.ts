import type { Batch } from '../../../../../src/shared/contract/batch.ts'
import { expect, it } from 'vitest'
import { changeable, changeOf, draftOf } from '../../../../../src/ui/features/ota/batches/batch-change.ts'

const batch = { dynamic: false, pushes: true, scope: { kind: 'all' }, rate: { kind: 'constant', perMinute: 10 }, tags: { wave: '1' }, timeoutMinutes: 60, sourceVersions: ['1.0'] } as unknown as Batch

it('lets the numbers of the rate and the tags be changed, of a dynamic batch also the timeout and, unless by group, the versions', () => {
  expect(changeable(batch)).toEqual({ rate: true, timeout: false, sourceVersions: false })
  expect(changeable({ ...batch, dynamic: true })).toEqual({ rate: true, timeout: true, sourceVersions: true })
  expect(changeable({ ...batch, dynamic: true, scope: { kind: 'group', group: 'g' }, rate: { kind: 'unlimited' } })).toEqual({ rate: false, timeout: true, sourceVersions: false })
})

it('asks only for what differs', () => {
  expect(changeOf(batch, draftOf(batch))).toEqual({})
  expect(changeOf(batch, { ...draftOf(batch), perMinute: 20, tags: [{ key: 'wave', value: '2' }, { key: '', value: 'x' }], timeoutMinutes: 5 })).toEqual({ rate: { kind: 'constant', perMinute: 20 }, tags: { wave: '2' } })
  expect(changeOf({ ...batch, dynamic: true }, { ...draftOf(batch), timeoutMinutes: null, sourceVersions: ['1.0', '1.1'] })).toEqual({ timeoutMinutes: null, sourceVersions: ['1.0', '1.1'] })
  expect(changeOf(batch, { ...draftOf(batch), perMinute: null })).toBeNull()
})
