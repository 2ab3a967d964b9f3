import type { Ref, ShallowRef, WatchSource } from 'vue'
import type { ScanPosition } from '../../shared/contract/trace.ts'
import type { ErrorValue } from '../../shared/errors.ts'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../shared/errors.ts'
import { useSession } from './connection.ts'

export interface Page<Row, Cursor> {
  rows: Row[]
  /** Where the next page begins; null at the end. */
  next: Cursor | null
  /** How far a search that ran out of time came; null for a list that is not searched. */
  scanned: ScanPosition | null
}

export interface Pages<Row> {
  rows: ShallowRef<readonly Row[]>
  loading: Ref<boolean>
  error: ShallowRef<ErrorValue | null>
  /** How far the search is while it takes more than one answer, and where it was stopped; null otherwise. */
  scan: ShallowRef<ScanPosition | null>
  /** The search was called off before it had enough. */
  stopped: Ref<boolean>
  stop: () => void
  goOn: () => Promise<void>
  /** Whether there is more to load. */
  hasMore: Ref<boolean>
  loadMore: () => Promise<void>
  reload: () => Promise<void>
  /** Puts rows that have come since in front. */
  prepend: (rows: readonly Row[]) => void
}

/** Rows held by the page; whoever wants older ones narrows the search. */
const rowsMax = 20_000
/** Rows with which a search that ran out of time is content until more are asked for: a screen of them. */
const enoughRows = 50

/**
 * A list that is read a page at a time, anew whenever one of `sources` changes and after a reconnection. A search that ran
 * out of time before it had a screen of rows goes on by itself, showing what it has, until it is stopped.
 */
export function usePages<Row, Cursor>(load: (cursor: Cursor | undefined, signal: AbortSignal) => Promise<Page<Row, Cursor>>, sources: WatchSource[]): Pages<Row> {
  const { state } = useSession()
  const rows = shallowRef<readonly Row[]>([])
  const error = shallowRef<ErrorValue | null>(null)
  const loading = ref(true)
  const scan = shallowRef<ScanPosition | null>(null)
  const stopped = ref(false)
  const hasMore = ref(false)
  let next: Cursor | null = null
  let running: AbortController | undefined

  async function read(from: Cursor | undefined, before: readonly Row[]): Promise<void> {
    running?.abort()
    const controller = running = new AbortController()
    loading.value = true
    stopped.value = false
    if (from === undefined) {
      next = null
      scan.value = null
    }
    try {
      let found = before
      for (let cursor = from; ;) {
        const page = await load(cursor, controller.signal)
        if (controller !== running)
          return
        error.value = null
        next = page.next
        found = found.concat(page.rows)
        rows.value = found
        if (next === null || (page.rows.length > 0 && (page.scanned === null || found.length - before.length >= enoughRows)))
          break
        cursor = next
        scan.value = page.scanned
      }
    }
    catch (thrown) {
      if (controller !== running)
        return
      const value = toErrorValue(thrown)
      if (value.code !== 'connection/lost' && value.code !== 'call/cancelled')
        error.value = value
    }
    end()
    scan.value = null
  }

  function end(): void {
    running = undefined
    hasMore.value = next !== null && rows.value.length < rowsMax
    loading.value = false
  }

  function stop(): void {
    const last = running
    stopped.value = true
    end()
    last?.abort()
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
    scan,
    stopped,
    stop,
    goOn: () => next === null ? reload() : read(next, rows.value),
    hasMore,
    reload,
    loadMore: async () => {
      if (!loading.value && !stopped.value && hasMore.value && next !== null)
        await read(next, rows.value)
    },
    prepend: (newer) => {
      if (newer.length > 0)
        rows.value = newer.concat(rows.value)
    },
  }
}
