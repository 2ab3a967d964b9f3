import type { Ref } from 'vue'
import type { Batch, TaskReason } from '../../../../shared/contract/batch.ts'
import type { CancelWish } from './cancel-plan.ts'
import { useMessage } from 'naive-ui'
import { ref } from 'vue'
import { toErrorValue } from '../../../../shared/errors.ts'
import { useFormat } from '../../../kit/use-format.ts'
import { useText } from '../../../kit/use-text.ts'
import { useApi } from '../../../session/connection.ts'

/** Which ended tasks begin anew: named ones, or all in some states, of those only the ones with one reason. */
export type RetryWish = { taskIds: string[] } | { states: ('FAILED' | 'CANCELED')[], reason?: Pick<TaskReason, 'cause' | 'remark'> }

/** Tasks that are to be cancelled, and those in upgrade, which are only when that is ticked too. */
export interface TasksCancelWish { taskIds: string[], inProgress: string[] }

export interface BatchActions {
  busy: Ref<boolean>
  pause: () => Promise<void>
  resume: () => Promise<void>
  confirm: (taskIds?: string[]) => Promise<void>
  retry: (wish: RetryWish) => Promise<void>
  cancelTasks: (taskIds: string[], inProgress: boolean) => Promise<void>
  /** True when it was done. */
  cancel: (batch: Batch, wish: CancelWish) => Promise<boolean>
}

/** What can be done with a batch and its tasks; each says afterwards to how many tasks it happened. */
export function useBatchActions(batchId: () => string): BatchActions {
  const { t } = useText()
  const format = useFormat()
  const api = useApi()
  const message = useMessage()
  const busy = ref(false)

  async function act(run: () => Promise<string>): Promise<boolean> {
    busy.value = true
    try {
      message.success(await run())
      return true
    }
    catch (thrown) {
      message.error(toErrorValue(thrown).message)
      return false
    }
    finally {
      busy.value = false
    }
  }
  const told = (key: string, count: number): string => t(key, { count: format.count(count) }, count)

  return {
    busy,
    pause: async () => {
      await act(async () => {
        await api.call('batch.pause', { batchId: batchId() })
        return t('batches.done.paused')
      })
    },
    resume: async () => {
      await act(async () => {
        await api.call('batch.resume', { batchId: batchId() })
        return t('batches.done.resumed')
      })
    },
    confirm: async (taskIds) => {
      await act(async () => told('batches.done.confirmed', (await api.call('batch.confirm', taskIds === undefined ? { batchId: batchId() } : { taskIds })).confirmed))
    },
    retry: async (wish) => {
      await act(async () => told('batches.done.retried', (await api.call('batch.retry', { batchId: batchId(), ...wish })).queued))
    },
    cancelTasks: async (taskIds, inProgress) => {
      await act(async () => told('batches.done.cancelled', (await api.call('batch.cancelTasks', { taskIds, inProgress })).cancelled))
    },
    cancel: ({ dynamic }, { policy, ...choice }) => act(async () => told('batches.done.cancelled', (await api.call('batch.cancel', { batchId: batchId(), policy: dynamic && policy, ...choice })).cancelled)),
  }
}
