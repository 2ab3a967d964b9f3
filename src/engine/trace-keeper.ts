import type { Announcer } from './feed.ts'
import type { Store, StoredTrace, TraceEntry } from './store/types.ts'

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
  /** The same for a record without a message. */
  record: (record: TraceRecord) => number
}

const utf8 = new TextEncoder()

/** The one way into the trace: what is kept is announced to the live tail too. */
export function createTraceKeeper(store: Pick<Store, 'append' | 'amend'>, tail: Announcer<StoredTrace>): TraceKeeper {
  function keep(entry: TraceEntry, options?: Parameters<Store['append']>[1]): number {
    const id = store.append(entry, options)
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
      causeId,
      samples: null,
    }),
  }
}
