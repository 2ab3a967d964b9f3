import type { TraceStep } from '../shared/contract/trace.ts'
import type { Announcer } from '../shared/feed.ts'
import type { Store, StoredTrace, TraceEntry } from './store/types.ts'
import { AsyncLocalStorage } from 'node:async_hooks'

/** Something that is no message: a login, a refused call, a registration. */
export interface TraceRecord {
  /** Epoch milliseconds. */
  at: number
  /** 0 when the identity is not known; `deviceKey` then says what was claimed. */
  deviceId: number
  deviceKey?: string | null
  /** What happened, in the words of the platform's log: `online`, `SetDeviceProperty` … */
  operation: string
  /** Shown as JSON. */
  content: object
  code: number
  /** Packed with `packDetail`; null for what went the ordinary way. */
  detail: string | null
  /** Id of the row that began the journey this record belongs to. */
  causeId?: number | null
}

export interface TraceKeeper {
  /**
   * Queues a message for the trace and shows it to whoever watches; returns its id, 0 when there was no room for it. For
   * the options see `Store.append`.
   */
  keep: (entry: TraceEntry, options?: Parameters<Store['append']>[1]) => number
  /** Changes the verdict of a row, see `Store.amend`; given its entry, whoever watches is shown the row once more. */
  amend: (id: number, change: Parameters<Store['amend']>[1], entry?: TraceEntry) => void
  /** The same for a record without a message; without a cause it belongs to the call that is being carried out. */
  record: (record: TraceRecord) => number
  /**
   * Carries out a call of the cloud's API whose record is already kept: what it causes, also after it has waited, belongs to
   * the journey of that record (platform rule API-23). It goes along with the flow of the program and not as a parameter,
   * because every way down from the API to the wire would have to hand it on, and none but the trace wants to know.
   */
  within: <T>(rowId: number, work: () => Promise<T>) => Promise<T>
  /** The record of the call that is being carried out; undefined for what the page, the command line or a device causes. */
  cause: () => number | undefined
  /**
   * The step that says which operation of the API a message or a record comes from (platform rule LOG-2): none within a call
   * that has a record of its own saying so.
   */
  asked: (operation: string, verdict?: { code: number, message?: string }) => TraceStep[]
}

const utf8 = new TextEncoder()

/** The one way into the trace: what is kept is announced to the live tail too, and what was refused to whoever counts it. */
export function createTraceKeeper(store: Pick<Store, 'append' | 'amend'>, tail: Announcer<StoredTrace>, refusals?: Announcer<TraceEntry>): TraceKeeper {
  const call = new AsyncLocalStorage<number>()
  // A record that there was no room for has the id 0 and can be nobody's cause.
  const cause = (): number | undefined => call.getStore() || undefined

  function keep(entry: TraceEntry, options?: Parameters<Store['append']>[1]): number {
    const id = store.append(entry, options)
    if (entry.code !== null && entry.code !== 200)
      refusals?.announce(entry)
    if (tail.listening)
      tail.announce({ ...entry, id })
    return id
  }
  return {
    keep,
    amend: (id, change, entry) => {
      store.amend(id, change)
      if (entry !== undefined && tail.listening)
        tail.announce({ ...entry, ...change, id })
    },
    record: ({ at, deviceId, deviceKey = null, operation, content, code, detail, causeId = null }) => keep({
      at,
      deviceId,
      deviceKey,
      direction: 'record',
      topic: operation,
      qos: 0,
      payload: utf8.encode(JSON.stringify(content)),
      code,
      detail,
      causeId: causeId ?? cause() ?? null,
      samples: null,
    }),
    within: (rowId, work) => call.run(rowId, work),
    cause,
    asked: (operation, verdict = { code: 200 }) => cause() === undefined ? [{ bizCode: 'ApiService', operation, ...verdict }] : [],
  }
}
