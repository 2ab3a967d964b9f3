import type { Ref } from 'vue'
import type { TraceFilterInput } from '../../../shared/contract/trace.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { computed, ref, shallowRef } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { firstIdAfter } from '../../../shared/log/message-id.ts'
import { useApi } from '../../session/connection.ts'
import { useSubscription } from '../../session/use-subscription.ts'
import { MessageWindow } from './message-window.ts'

const pageRows = 200

export interface MessageLog {
  window: MessageWindow
  /** Counts the changes of the window, for what draws it. */
  version: Ref<number>
  loading: Ref<boolean>
  error: Readonly<Ref<ErrorValue | null>>
  /** How far a scan that ran out of time came; its page went on from there. */
  scannedAt: Ref<number | null>
  loadOlder: () => Promise<number>
  loadNewer: () => Promise<number>
  toNewest: () => Promise<void>
  /** Stands still at a moment: the last row before it is the last one in view, newer ones are loaded when somebody scrolls down. */
  toTime: (at: number) => Promise<void>
  reload: () => void
  /** The view was moved off the newest row, or back to it. */
  setFollowing: (following: boolean) => void
}

/**
 * The messages that match a filter, live: a window on the trace that pages both ways. `onShift` hears how many rows came
 * (or, negative, went) at the start, so that the view can stay where it is; `onEnd` that rows came at the end it follows.
 */
export function useMessageLog(filter: () => TraceFilterInput, events: { onShift: (rows: number) => void, onEnd: () => void }): MessageLog {
  const api = useApi()
  const window = new MessageWindow()
  const version = ref(0)
  const loading = ref(true)
  const error = shallowRef<ErrorValue | null>(null)
  const scannedAt = ref<number | null>(null)
  let loadingEdge = false
  let run = 0

  const page = (cursor: { before?: number, after?: number }) => api.call('trace.page', { filter: filter(), limit: pageRows, ...cursor })
  const changed = (): void => void (version.value = window.version)

  const toNewest = (): Promise<void> => begin(undefined)
  const toTime = (at: number): Promise<void> => begin(firstIdAfter(at))

  async function begin(before: number | undefined): Promise<void> {
    const own = ++run
    loading.value = true
    error.value = null
    try {
      const page = await loadUntilRows(own, before)
      if (own !== run || !page)
        return
      window.reset(page.rows, page.nextId)
      if (before !== undefined)
        window.leaveNewest()
      changed()
      events.onEnd()
    }
    catch (thrown) {
      if (own === run)
        showError(thrown)
    }
    if (own === run)
      loading.value = false
  }

  /** A filter that matches little makes the engine stop at its time limit with nothing found; the search goes on, page after page. */
  async function loadUntilRows(own: number, from: number | undefined): Promise<{ rows: Awaited<ReturnType<typeof page>>['rows'], nextId: number | null } | undefined> {
    let before = from
    for (;;) {
      const answer = await page(before === undefined ? {} : { before })
      if (own !== run)
        return undefined
      scannedAt.value = answer.scannedAt
      if (answer.rows.length > 0 || answer.nextId === null)
        return answer
      before = answer.nextId
    }
  }

  async function loadOlder(): Promise<number> {
    if (loadingEdge || !window.hasOlder || window.rows.length === 0)
      return 0
    loadingEdge = true
    const own = run
    try {
      const { rows, nextId, scannedAt: scanned } = await page({ before: window.olderId ?? window.firstId })
      if (own !== run)
        return 0
      scannedAt.value = scanned
      const added = window.addOlder(rows, nextId)
      changed()
      if (added > 0)
        events.onShift(added)
      return added
    }
    catch (thrown) {
      showError(thrown)
      return 0
    }
    finally {
      loadingEdge = false
    }
  }

  async function loadNewer(): Promise<number> {
    if (loadingEdge || window.atNewest)
      return 0
    loadingEdge = true
    const own = run
    try {
      const { rows, nextId } = await page({ after: window.lastId })
      if (own !== run)
        return 0
      const gone = window.addNewer(rows, nextId)
      changed()
      if (gone > 0)
        events.onShift(-gone)
      return rows.length
    }
    catch (thrown) {
      showError(thrown)
      return 0
    }
    finally {
      loadingEdge = false
    }
  }

  function showError(thrown: unknown): void {
    const value = toErrorValue(thrown)
    if (value.code !== 'connection/lost' && value.code !== 'call/cancelled')
      error.value = value
  }

  function setFollowing(following: boolean): void {
    if (following === window.following)
      return
    if (following) {
      window.follow()
      if (!window.atNewest)
        return void loadNewer()
      events.onEnd()
    }
    else {
      window.freeze()
    }
    changed()
  }

  const tail = useSubscription('trace.tail', () => ({ filter: filter() }), (item) => {
    window.takeTail(item)
    changed()
    if (window.following)
      events.onEnd()
  }, () => {
    window.clear()
    changed()
    void toNewest()
  })

  const anyError = computed(() => error.value ?? tail.error.value)
  return { window, version, loading, error: anyError, scannedAt, loadOlder, loadNewer, toNewest, toTime, reload: () => void toNewest(), setFollowing }
}
