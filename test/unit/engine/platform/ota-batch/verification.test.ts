import type { BatchState, TaskCounts } from '../../../../../src/shared/contract/batch.ts'
import { expect, it } from 'vitest'
import { noTasks } from '../../../../../src/engine/platform/ota-batch/task-book.ts'
import { verificationOf } from '../../../../../src/engine/platform/ota-batch/verification.ts'

function batchOf(state: BatchState, counts: Partial<TaskCounts>): { state: BatchState, counts: TaskCounts } {
  return { state, counts: { ...noTasks(), ...counts } }
}

it.each([
  ['nothing at all', [], 'unverified', 0],
  ['one under way', [batchOf('IN_PROGRESS', { SUCCEEDED: 1, NOTIFIED: 2 })], 'verifying', 33],
  ['one whose devices all have the version', [batchOf('COMPLETED', { SUCCEEDED: 2 })], 'verified', 100],
  ['one that failed', [batchOf('COMPLETED', { SUCCEEDED: 1, FAILED: 1 })], 'failed', 50],
  ['one that failed and one under way', [batchOf('COMPLETED', { FAILED: 1 }), batchOf('IN_PROGRESS', { QUEUED: 1 })], 'verifying', 0],
  ['one that was cancelled', [batchOf('CANCELED', { SUCCEEDED: 1, CANCELED: 1 })], 'unverified', 50],
  ['one that failed after one that did not', [batchOf('COMPLETED', { SUCCEEDED: 1 }), batchOf('COMPLETED', { FAILED: 1 })], 'verified', 100],
] as const)('makes of the verifications of a package: %s', (_title, batches, state, percent) => {
  expect(verificationOf(batches)).toEqual({ state, percent })
})
