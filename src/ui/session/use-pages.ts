import type { Ref, ShallowRef, WatchSource } from 'vue'
import type { ErrorValue } from '../../shared/errors.ts'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../shared/errors.ts'
import { useSession } from './connection.ts'

export interface Page<Row, Cursor> {
  rows: Row[]
  /** Where the next page begins; null at the end. */
  next: Cursor | null
  /** How far a search that ran out of time came. */
  scannedAt: number | null
}

export interface Pages<Row> {
  rows: ShallowRef<readonly Row[]>
  loading: Ref<boolean>
  error: ShallowRef<ErrorValue | null>
  scannedAt: Ref<number | null>
  /** Whether there is more to load. */
  hasMore: Ref<boolean>
  loadMore: () => Promise<void>
  reload: () => Promise<void>
  /** Puts rows that have come since in front. */
  prepend: (rows: readonly Row[]) => void
}

/** Rows held by the page; whoever wants older ones narrows the search. */
const rowsMax = 20_000

/**
 * A list that is read a page at a time, anew whenever one of `sources` changes and after a reconnection. A page that is
 * empty because the search ran out of time is followed by the next one by itself.
 */
export function usePages<Row, Cursor>(load: (cursor: Cursor | undefined, signal: AbortSignal) => Promise<Page<Row, Cursor>>, sources: WatchSource[]): Pages<Row> {
  const { state } = useSession()
  const rows = shallowRef<readonly Row[]>([])
  const error = shallowRef<ErrorValue | null>(null)
  const loading = ref(true)
  const scannedAt = ref<number | null>(null)
  const hasMore = ref(false)
  let next: Cursor | null = null
  let running: AbortController | undefined

  async function read(from: Cursor | undefined, before: readonly Row[]): Promise<void> {
    running?.abort()
    const controller = running = new AbortController()
    loading.value = true
    try {
      for (let cursor = from; ;) {
        const page = await load(cursor, controller.signal)
        if (controller !== running)
          return
        error.value = null
        scannedAt.value = page.scannedAt
        next = page.next
        if (page.rows.length > 0 || next === null) {
          rows.value = before.concat(page.rows)
          break
        }
        cursor = next
      }
    }
    catch (thrown) {
      if (controller !== running)
        return
      const value = toErrorValue(thrown)
      if (value.code !== 'connection/lost' && value.code !== 'call/cancelled')
        error.value = value
    }
    running = undefined
    hasMore.value = next !== null && rows.value.length < rowsMax
    loading.value = false
  }

  const reload = (): Promise<void> => read(undefined, [])
  watch([() => state.value.kind === 'connected' ? state.value.epoch : 0, ...sources], ([epoch]) => {
    if (epoch !== 0)
      void reload()
  }, { immediate: true })
  onScopeDispose(() => {
    const last = running
    running = undefined
    last?.abort()
  })
  return {
    rows,
    loading,
    error,
    scannedAt,
    hasMore,
    reload,
    loadMore: async () => {
      if (!loading.value && hasMore.value && next !== null)
        await read(next, rows.value)
    },
    prepend: (newer) => {
      if (newer.length > 0)
        rows.value = newer.concat(rows.value)
    },
  }
}
