import type { ComputedRef, Ref, WatchSource } from 'vue'
import type { ApiCall } from '../../../shared/contract/openapi.ts'
import type { Pages } from '../../session/use-pages.ts'
import type { CallQuery } from './call-filter.ts'
import { computed, shallowRef, watch } from 'vue'
import { useApi } from '../../session/connection.ts'
import { usePages } from '../../session/use-pages.ts'
import { useSubscription } from '../../session/use-subscription.ts'
import { matchesQuery } from './call-filter.ts'

export interface LiveCalls extends Omit<Pages<ApiCall>, 'rows' | 'prepend' | 'scan' | 'stopped' | 'stop' | 'goOn'> {
  /** The calls on screen, newest first. */
  rows: ComputedRef<readonly ApiCall[]>
  /** Calls that have come and are held back. */
  waiting: ComputedRef<number>
}

const pageCalls = 200
/** Live calls held beside the pages; after more than that the list is read anew. */
const freshMax = 1_000

/**
 * The calls that match a query, newest first, and new ones as they come; while `held` is true they wait, so that nothing
 * moves under the reader's eye.
 */
export function useLiveCalls(query: ComputedRef<CallQuery>, held: Ref<boolean>, sources: WatchSource[]): LiveCalls {
  const api = useApi()
  const { rows: older, loading, error, hasMore, loadMore, reload } = usePages<ApiCall, number>(async (before, signal) => {
    const { calls, nextId } = await api.call('openapi.calls', { ...query.value, limit: pageCalls, ...(before === undefined ? {} : { before }) }, { signal })
    return { rows: calls, next: nextId, scanned: null }
  }, sources)

  const fresh = shallowRef<readonly ApiCall[]>([])
  /** The newest call that is shown while others wait. */
  const shownId = shallowRef<number | null>(null)
  const newestRead = computed(() => older.value[0]?.callId ?? 0)
  const newer = computed(() => fresh.value.filter(call => call.callId > newestRead.value && matchesQuery(call, query.value)))
  const shown = computed(() => shownId.value === null ? newer.value : newer.value.filter(call => call.callId <= shownId.value!))
  const rows = computed(() => shown.value.length === 0 ? older.value : [...shown.value, ...older.value])
  const waiting = computed(() => newer.value.length - shown.value.length)

  useSubscription('openapi.watch', () => ({}), ({ calls }) => {
    fresh.value = [...calls.toReversed(), ...fresh.value].slice(0, freshMax)
    if (!held.value)
      readAnewWhenFull()
  }, () => fresh.value = [])
  function readAnewWhenFull(): void {
    if (fresh.value.length >= freshMax && !loading.value)
      void reload()
  }
  watch(held, (isHeld) => {
    shownId.value = isHeld ? rows.value[0]?.callId ?? 0 : null
    if (!isHeld)
      readAnewWhenFull()
  }, { immediate: true, flush: 'sync' })
  // What has been read need not be held twice.
  watch(newestRead, id => fresh.value = fresh.value.filter(call => call.callId > id))
  return { rows, waiting, loading, error, hasMore, loadMore, reload }
}
