import type { Batch } from '../../../../shared/contract/batch.ts'
import type { TaskState } from '../../../../shared/ota/task.ts'

/** What can be cancelled of a batch, each by itself (platform rule OTA-134). */
export const cancelChoices = ['scheduled', 'unconfirmed', 'queued', 'notified', 'inProgress'] as const
export type CancelChoice = (typeof cancelChoices)[number]
export type CancelWish = Record<CancelChoice, boolean> & {
  /** Of a dynamic batch: look for no further device. */
  policy: boolean
}

const states: Record<CancelChoice, TaskState> = { scheduled: 'QUEUED', unconfirmed: 'CONFIRM', queued: 'QUEUED', notified: 'NOTIFIED', inProgress: 'IN_PROGRESS' }

/** How many tasks a choice means at this moment: before its planned start a batch has scheduled tasks, later queued ones. */
export function tasksOf({ state, counts }: Pick<Batch, 'state' | 'counts'>, choice: CancelChoice): number {
  if ((choice === 'scheduled' && state !== 'PLANNED') || (choice === 'queued' && state === 'PLANNED'))
    return 0
  return counts[states[choice]]
}

/** What is ticked at first: of a static batch all that no device is at yet, of a dynamic one only its looking for devices. */
export function usualWish({ dynamic, state }: Pick<Batch, 'dynamic' | 'state'>): CancelWish {
  const isStatic = !dynamic
  return { policy: dynamic && state === 'IN_PROGRESS', scheduled: isStatic && state === 'PLANNED', unconfirmed: isStatic, queued: isStatic && state !== 'PLANNED', notified: isStatic, inProgress: false }
}

export interface CancelPlan {
  /** Tasks that are cancelled, that go on, and that have ended before. */
  cancelled: number
  left: number
  ended: number
  /** The batch is over with that. */
  endsBatch: boolean
  /** Nothing would happen. */
  isNothing: boolean
}

/** What exactly a wish would do to a batch at this moment, as the engine will do it. */
export function planCancel(batch: Pick<Batch, 'state' | 'counts' | 'dynamic'>, wish: CancelWish): CancelPlan {
  const { counts, state, dynamic } = batch
  const cancelled = cancelChoices.filter(choice => wish[choice]).reduce((sum, choice) => sum + tasksOf(batch, choice), 0)
  const left = counts.CONFIRM + counts.QUEUED + counts.NOTIFIED + counts.IN_PROGRESS - cancelled
  const isOpen = state === 'PLANNED' || state === 'IN_PROGRESS'
  const leftInProgress = wish.inProgress ? 0 : counts.IN_PROGRESS
  const isEmptied = !dynamic && (cancelled > 0 || (state === 'PLANNED' && wish.scheduled)) && left === leftInProgress
  const endsBatch = isOpen && ((dynamic && wish.policy) || isEmptied)
  return { cancelled, left, ended: counts.SUCCEEDED + counts.FAILED + counts.CANCELED, endsBatch, isNothing: cancelled === 0 && !endsBatch }
}
