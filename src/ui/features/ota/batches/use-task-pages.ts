import type { ComputedRef, Ref } from 'vue'
import type { BatchTask, TaskReason } from '../../../../shared/contract/batch.ts'
import type { ErrorValue } from '../../../../shared/errors.ts'
import type { TaskState } from '../../../../shared/ota/task.ts'
import { computed, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../../../shared/errors.ts'
import { RowPages, rowsPerPage } from '../../../kit/rows/row-pages.ts'
import { versioned } from '../../../kit/versioned.ts'
import { useApi, useSession } from '../../../session/connection.ts'

/** Which tasks of a batch are shown. */
export interface TaskFilter { states: TaskState[], reason: Pick<TaskReason, 'cause' | 'remark'> | null, search: string }

export interface TaskPages {
  total: ComputedRef<number>
  row: ComputedRef<(index: number) => BatchTask | undefined>
  loading: Ref<boolean>
  error: Ref<ErrorValue | null>
  onRange: (first: number, end: number) => void
  reload: () => void
}

/** The filter as the engine takes it. */
export function filterInput({ states, reason, search }: TaskFilter): { states: TaskState[], search: string, reason?: Pick<TaskReason, 'cause' | 'remark'> } {
  return { states, search, ...(reason === null ? {} : { reason: { cause: reason.cause, remark: reason.remark } }) }
}

/** The tasks of a batch, page by page as they come on screen; those on screen are asked again in place whenever `round` counts up. */
export function useTaskPages(batchId: () => string, filter: () => TaskFilter, round: () => number): TaskPages {
  const api = useApi()
  const { state } = useSession()
  const pages = new RowPages<BatchTask>()
  const version = ref(0)
  const loading = ref(true)
  const error = shallowRef<ErrorValue | null>(null)
  const underway = new Set<number>()
  let shown: [number, number] = [0, 40]
  let run = 0

  async function load(page: number, own: number): Promise<void> {
    if (underway.has(page))
      return
    underway.add(page)
    try {
      const { tasks, total } = await api.call('batch.tasks', { batchId: batchId(), ...filterInput(filter()), offset: page * rowsPerPage, limit: rowsPerPage })
      if (own !== run)
        return
      pages.put(page, tasks, total)
      error.value = null
    }
    catch (thrown) {
      const value = toErrorValue(thrown)
      if (own === run && value.code !== 'connection/lost')
        error.value = value
    }
    finally {
      if (own === run) {
        underway.delete(page)
        loading.value = false
        version.value += 1
      }
    }
  }
  function reload(): void {
    for (let page = Math.floor(shown[0] / rowsPerPage); page <= Math.floor(Math.max(shown[0], shown[1] - 1) / rowsPerPage); page++)
      void load(page, run)
  }

  watch(() => JSON.stringify([batchId(), filter(), state.value.kind === 'connected' ? state.value.epoch : 0]), () => {
    run += 1
    underway.clear()
    pages.clear()
    shown = [0, 40]
    loading.value = true
    version.value += 1
    if (state.value.kind === 'connected')
      void load(0, run)
  }, { immediate: true })
  watch(round, reload)

  return {
    total: versioned(version, () => pages.total),
    row: versioned(version, () => (index: number) => pages.row(index)),
    loading,
    error: computed(() => error.value),
    onRange: (first, end) => {
      shown = [first, end]
      for (const page of pages.missing(first, end))
        void load(page, run)
    },
    reload,
  }
}
