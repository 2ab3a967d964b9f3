import type { Ref } from 'vue'
import type { MethodOutput } from '../../../shared/contract/contract.ts'
import type { ScanPosition, TraceFilterInput } from '../../../shared/contract/trace.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { computed, ref, shallowRef } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { firstIdAfter } from '../../../shared/log/message-id.ts'
import { useApi } from '../../session/connection.ts'
import { useSubscription } from '../../session/use-subscription.ts'
import { MessageWindow } from './message-window.ts'

const pageRows = 200
/** How long one answer of a search may take: its position moves as often. */
const searchStepMs = 300
/** Rows with which a search that takes several answers is content until somebody scrolls on. */
const enoughRows = 50

type TracePage = MethodOutput<'trace.page'>

export interface MessageLog {
  window: MessageWindow
  /** Counts the changes of the window, for what draws it. */
  version: Ref<number>
  loading: Ref<boolean>
  error: Readonly<Ref<ErrorValue | null>>
  /** How far the search is while it takes more than one answer, and where it was stopped; null otherwise. */
  scan: Readonly<Ref<ScanPosition | null>>
  /** The search was called off before it had enough. */
  stopped: Ref<boolean>
  stop: () => void
  goOn: () => void
  loadOlder: () => Promise<number>
  loadNewer: () => Promise<number>
  toNewest: () => Promise<void>
  /** Stands still at a moment: the last row before it is the last one in view, newer ones are loaded when somebody scrolls down. */
  toTime: (at: number) => Promise<void>
  /** Stands still at a message, with what came before and after it; goes to the newest when nothing as old is kept. */
  toMessage: (id: number) => Promise<void>
  reload: () => void
  /** The view was moved off the newest row, or back to it. */
  setFollowing: (following: boolean) => void
}

export interface MessageLogEvents {
  /** How many rows came (or, negative, went) at the start, so that the view can stay where it is. */
  onShift: (rows: number) => void
  /** Rows came at the end that the view follows. */
  onEnd: () => void
  /** The message at which the list stands is there, with its neighbours. */
  onStand: (id: number) => void
  /** The message at which the list begins, instead of at the newest. */
  standAt: () => number | null
}

/** The messages that match a filter, live: a window on the trace that pages both ways. */
export function useMessageLog(filter: () => TraceFilterInput, events: MessageLogEvents): MessageLog {
  const api = useApi()
  const window = new MessageWindow()
  const version = ref(0)
  const loading = ref(true)
  const error = shallowRef<ErrorValue | null>(null)
  const scan = shallowRef<ScanPosition | null>(null)
  const stopped = ref(false)
  let searching: AbortController | undefined
  let loadingEdge = false
  let run = 0

  const page = (cursor: { before?: number, after?: number }, signal?: AbortSignal): Promise<TracePage> =>
    api.call('trace.page', { filter: filter(), limit: pageRows, withinMs: searchStepMs, ...cursor }, signal && { signal })
  const changed = (): void => void (version.value = window.version)

  const toNewest = async (): Promise<void> => void await begin(undefined)
  const toTime = async (at: number): Promise<void> => void await begin(firstIdAfter(at))

  async function toMessage(id: number): Promise<void> {
    const own = await begin(id + 1, { withNewer: true })
    if (own !== run)
      return
    if (window.rows.length === 0 && !window.hasOlder && error.value === null)
      return toNewest()
    events.onStand(id)
  }

  /** Starts over, and says which run this was. */
  async function begin(before: number | undefined, { withNewer = false } = {}): Promise<number> {
    const own = ++run
    loading.value = true
    error.value = null
    scan.value = null
    let isFirst = true
    await search(own, before, (answer) => {
      if (!isFirst)
        return void addOlder(answer)
      isFirst = false
      if (before === undefined)
        window.reset(answer.rows, answer.nextId)
      else
        window.standAt(answer.rows, answer.nextId)
      changed()
      events.onEnd()
    })
    // Before anybody else asks for more, so that what is shown stands at its place at once.
    if (withNewer && own === run && window.rows.length > 0)
      await readNewer(own)
    if (own === run)
      loading.value = false
    return own
  }

  /**
   * Reads back from `from` until there is a screen of rows. A filter that matches little makes the engine stop at its time limit;
   * the search goes on, answer after answer, and what it finds is shown as it comes.
   */
  async function search(own: number, from: number | undefined, take: (answer: TracePage) => void): Promise<void> {
    searching?.abort()
    const { signal } = searching = new AbortController()
    stopped.value = false
    try {
      for (let before = from, found = 0; ;) {
        const answer = await page(before === undefined ? {} : { before }, signal)
        // The window may have begun anew with what the tail brought; then this is no longer what comes before it.
        if (own !== run || (before !== from && window.olderId !== before))
          break
        take(answer)
        found += answer.rows.length
        if (answer.nextId === null || found >= enoughRows)
          break
        before = answer.nextId
        scan.value = answer
      }
    }
    catch (thrown) {
      if (own === run)
        showError(thrown)
    }
    if (own === run && !stopped.value)
      scan.value = null
  }

  function addOlder({ rows, nextId }: TracePage): number {
    const added = window.addOlder(rows, nextId)
    changed()
    if (added > 0)
      events.onShift(added)
    return added
  }

  async function loadOlder(): Promise<number> {
    if (loadingEdge || loading.value || stopped.value || window.olderId === null)
      return 0
    loadingEdge = true
    let added = 0
    await search(run, window.olderId, (answer) => { added += addOlder(answer) })
    loadingEdge = false
    return added
  }

  function stop(): void {
    stopped.value = true
    searching?.abort()
  }

  function goOn(): void {
    stopped.value = false
    if (window.hasOlder)
      void loadOlder()
    else
      void toNewest()
  }

  async function loadNewer(): Promise<number> {
    if (loadingEdge || loading.value || window.atNewest)
      return 0
    loadingEdge = true
    const came = await readNewer(run)
    loadingEdge = false
    return came
  }

  /** Reads the page behind the last row; returns how many rows came. */
  async function readNewer(own: number): Promise<number> {
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
    const at = events.standAt()
    void (at === null ? toNewest() : toMessage(at))
  })

  const anyError = computed(() => error.value ?? tail.error.value)
  return { window, version, loading, error: anyError, scan, stopped, stop, goOn, loadOlder, loadNewer, toNewest, toTime, toMessage, reload: () => void toNewest(), setFollowing }
}
