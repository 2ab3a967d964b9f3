import type { Batch } from '../../../../shared/contract/batch.ts'
import type { MethodInput } from '../../../../shared/contract/contract.ts'
import type { CopyForms } from '../../../parts/copy-as/copy-forms.ts'
import type { CancelChoice, CancelWish } from './cancel-plan.ts'
import { listParameters } from '../../../parts/copy-as/copy-forms.ts'
import { rateWord, tagParameters, tagsWord } from '../launch/launch-forms.ts'
import { cancelChoices } from './cancel-plan.ts'

/** Updates that a line names; more than these nobody reads. */
const tasksPerLineMax = 200

/** The cloud cannot hold a batch. */
export function pauseForms(verb: 'pause' | 'resume', batchId: string): CopyForms {
  return { cli: ['ota', 'batch', verb, batchId] }
}

/** Confirming updates that wait for it: all of a batch, or chosen ones, of which the cloud's API takes ten. */
export function confirmForms(batchId: string, taskIds: readonly string[] = []): CopyForms {
  if (taskIds.length > tasksPerLineMax)
    return {}
  return {
    cli: ['ota', 'batch', 'confirm', batchId, ...taskWords(taskIds)],
    ...taskIds.length > 0 && taskIds.length <= 10 && { api: { action: 'ConfirmOTATask', parameters: listParameters('TaskId', taskIds) } },
  }
}

/** Letting updates begin anew: all that failed, or chosen ones. */
export function retryForms(batchId: string, taskIds: readonly string[] = []): CopyForms {
  if (taskIds.length > tasksPerLineMax)
    return {}
  return {
    cli: ['ota', 'batch', 'retry', batchId, ...taskWords(taskIds)],
    ...taskIds.length > 0 && { api: { action: 'ReupgradeOTATask', parameters: { JobId: batchId, ...listParameters('TaskId', taskIds) } } },
  }
}

/** Cancelling chosen updates. */
export function cancelTasksForms(batchId: string, taskIds: readonly string[], inProgress: boolean): CopyForms {
  return taskIds.length === 0 || taskIds.length > tasksPerLineMax ? {} : { cli: ['ota', 'batch', 'cancel', batchId, ...taskWords(taskIds), ...inProgress ? ['--in-progress'] : []] }
}

function taskWords(taskIds: readonly string[]): string[] {
  return taskIds.length === 0 ? [] : ['--tasks', taskIds.join(',')]
}

const cloudNames: Record<CancelChoice, string> = { scheduled: 'CancelScheduledTask', unconfirmed: 'CancelUnconfirmedTask', queued: 'CancelQueuedTask', notified: 'CancelNotifiedTask', inProgress: 'CancelInProgressTask' }

/** Cancelling what is ticked of a batch. The cloud has one action for the tasks and another one for looking for devices. */
export function cancelForms({ batchId, dynamic }: Pick<Batch, 'batchId' | 'dynamic'>, wish: CancelWish): CopyForms {
  const ticked = cancelChoices.filter(choice => wish[choice])
  const policy = dynamic && wish.policy
  if (!policy && ticked.length === 0)
    return {}
  const words = [...policy ? ['policy'] : [], ...ticked.map(choice => choice === 'inProgress' ? 'in-progress' : choice)]
  return {
    cli: ['ota', 'batch', 'cancel', batchId, '--only', words.join(',')],
    ...!policy && { api: { action: 'CancelOTATaskByJob', parameters: { JobId: batchId, ...Object.fromEntries(cancelChoices.map(choice => [cloudNames[choice], String(wish[choice])])) } } },
    ...policy && ticked.length === 0 && { api: { action: 'CancelOTAStrategyByJob', parameters: { JobId: batchId } } },
  }
}

type Change = Omit<MethodInput<'batch.update'>, 'batchId'>

/** Changing a batch. A call of the cloud's API replaces the tags, takes whole numbers, and of a growing rate the highest one. */
export function editForms(batch: Pick<Batch, 'batchId' | 'rate' | 'tags'>, change: Change): CopyForms {
  const { rate, timeoutMinutes, tags, sourceVersions } = change
  const tagged = tags === undefined ? undefined : tagsWord(tags)
  if (Object.keys(change).length === 0 || sourceVersions?.length === 0)
    return {}
  const highest = rate === undefined ? undefined : rateForCloud(batch.rate, rate)
  const isForCloud = highest !== null && (timeoutMinutes === undefined || Number.isInteger(timeoutMinutes))
  return {
    ...tagged !== null && {
      cli: [
        'ota',
        'batch',
        'update',
        batch.batchId,
        ...rate === undefined ? [] : ['--rate', rateWord(rate)],
        ...timeoutMinutes === undefined ? [] : ['--timeout', timeoutMinutes === null ? 'none' : String(timeoutMinutes)],
        ...tagged === undefined ? [] : ['--tags', tagged],
        ...sourceVersions === undefined ? [] : ['--from', sourceVersions.join(',')],
      ],
    },
    ...isForCloud && {
      api: {
        action: 'UpdateOTAJob',
        parameters: {
          JobId: batch.batchId,
          ...highest !== undefined && { MaximumPerMinute: String(highest) },
          ...tagParameters('Tags', tags ?? batch.tags),
          ...typeof timeoutMinutes === 'number' && { TimeoutInMinutes: String(timeoutMinutes) },
          ...sourceVersions !== undefined && listParameters('SrcVersionList', sourceVersions),
        },
      },
    },
  }
}

/** The one number of a rate that the cloud's API changes; null where more than that changes. */
function rateForCloud(before: Batch['rate'], after: Batch['rate']): number | null {
  if (after.kind === 'constant')
    return Number.isInteger(after.perMinute) ? after.perMinute : null
  return after.kind === 'growing' && before.kind === 'growing' && Number.isInteger(after.max) && JSON.stringify({ ...before, max: 0 }) === JSON.stringify({ ...after, max: 0 }) ? after.max : null
}
