import type { Clock } from '../../shared/clock.ts'
import type { Log } from '../../shared/log.ts'

/** What SQLite can bind. Numbers outside ±2^53 must come as bigint or text. */
export type SqlValue = null | number | string | bigint | Uint8Array
export type SqlParams = SqlValue[]

/**
 * A statement as a value, declared in a feature's `rows.ts`: the store prepares it once and runs it, writes in
 * the writer worker and reads in a reader worker. `map` runs on the calling side and shapes one row.
 */
export interface Statement<Row = Record<string, SqlValue>> {
  name: string
  sql: string
  map?: (row: Record<string, SqlValue>) => Row
}

export interface BoundStatement { statement: Statement<unknown>, params: SqlParams }

/**
 * One message as it is kept, or one record without a message (`online`, `offline`).
 * `id` is made by the store: arrival in epoch milliseconds × 4096 + a counter, strictly growing over the life of a
 * workspace, so that a time range is a range of ids.
 */
export interface TraceEntry {
  at: number
  /** Registry id of the device; 0 when the identity is not known. */
  deviceId: number
  /** What the client claimed to be (`productKey/deviceName`) when `deviceId` is 0; otherwise null, the registry knows. */
  deviceKey: string | null
  direction: TraceDirection
  /** Topic of a message; `online` or `offline` for a record. */
  topic: string
  qos: number
  payload: Uint8Array
  /** Code of the check (200, 6320, …); null without a verdict. */
  code: number | null
  /** Packed JSON with the issues and steps behind the verdict (see `shared/contract/trace.ts`), or null. */
  detail: string | null
  /** Id of the message that caused this one (a reply carries the id of its request); null: this row starts a trace. */
  causeId: number | null
  /** Accepted numeric values in this message, for plots. */
  samples: Sample[] | null
}

export type TraceDirection = 'up' | 'down' | 'record'

export interface Sample { property: string, at: number, value: number }

export interface StoredTrace extends Omit<TraceEntry, 'samples'> { id: number }

export interface TraceFilter {
  deviceId?: number
  /** Any of these devices; for the devices of a product. */
  deviceIds?: number[]
  /** Substring of the topic, case-insensitive for ASCII. */
  topic?: string
  direction?: TraceDirection
  /** Any of these directions. */
  directions?: TraceDirection[]
  /** Substring of the detail. */
  detail?: string
  /** Any of these texts in topic, payload or detail, case-insensitive for ASCII. */
  anywhere?: string[]
  /** The rows of one journey: the one with this id and those that name it as their cause. */
  journeyId?: number
  /** Rows that came more than so many milliseconds after the one that caused them. */
  lagAboveMs?: number
  /** `false`: messages that want an answer and have none. */
  answered?: false
  /** Rows with an id in this range, both inclusive. */
  ids?: { first: number, last: number }
  /** An exact code, or 'failed' for every code other than 200 and null. */
  code?: number | 'failed'
  /** Substring of the payload as UTF-8 text, case-insensitive for ASCII. */
  text?: string
  /** Both inclusive, in epoch milliseconds. While the clock was set back, rows count as arrived at the time it had reached before. */
  fromAt?: number
  toAt?: number
}

export interface TracePage {
  /** In the order asked for: newest first for `before`, oldest first for `after`. */
  rows: StoredTrace[]
  /** Where the scan stopped: pass it as `before`/`after` to go on. Null when everything has been scanned. */
  nextId: number | null
  /** How far the scan came, in epoch milliseconds, for a visible scan position. */
  scannedAt: number | null
  /** The same as a share of the rows kept in the time range of the filter, counted from where a scan of this order begins: 0 to 1. */
  scannedShare: number
}

/** Aggregates of one property in equal buckets of time; arrays have one element a bucket that holds points. */
export interface SeriesBuckets {
  /** Where a bucket begins, in epoch milliseconds. */
  at: Float64Array
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  last: Float64Array
  count: Float64Array
  /** Points found in the range before bucketing. */
  points: number
}

/** Single points of one property, in order of time: parallel arrays. */
export interface SeriesPoints { at: Float64Array, value: Float64Array }

/** A stretch of time, both ends inclusive, in epoch milliseconds; `toAt` may be infinite. */
export interface TraceSpan { fromAt: number, toAt: number }

export interface StoreNotice {
  code: 'pinned-over-budget' | 'segment-damaged' | 'segments-dropped' | 'write-failing' | 'write-resumed' | 'database-damaged'
  message: string
  at: number
}

export interface StoreStats {
  queuedRows: number
  queuedBytes: number
  committedRows: number
  droppedRows: number
  lastCommitMs: number
  /** Queries that have not been answered. */
  readsPending: number
  diskBytes: number
  segments: number
  oldestAt: number | null
  failing: string | null
}

export interface StoreOptions {
  /** The workspace folder; made when missing. */
  dir: string
  clock: Clock
  log: Log
  /** Numbered migrations of the registry database, contributed by the features, in order. */
  migrations: readonly Migration[]
  keepTracesDays: number
  keepTracesBytesMax: number
  segmentBytesMax?: number
  onNotice: (notice: StoreNotice) => void
  /** Called when the write queue becomes full and when it has room again. */
  onPressure: (full: boolean) => void
  /** Called after each commit with the id of its last row: every row up to it is safe. */
  onCommitted?: (lastId: number) => void
  /** Discards every trace instead of keeping it, for measuring the broker alone. */
  discard?: boolean
}

export interface Migration { version: number, name: string, sql: string }

export interface Store {
  /** Runs one read statement of the registry database in a reader worker. */
  read: <Row>(statement: Statement<Row>, params: SqlParams) => Promise<Row[]>
  /**
   * Runs statements of the registry database as one transaction; resolves after its commit. Rejects with AppError
   * store/failing when the disk refuses for a while (then nothing takes place), method/failed when a statement is wrong.
   */
  write: (statements: BoundStatement[]) => Promise<void>
  /**
   * Queues a trace row, and with it statements that belong to the same commit; returns the row's id at once.
   * `onCommitted` runs after the commit that holds the row. Returns 0 and counts a drop when the queue is full and
   * `mustKeep` is false. A row with `mustKeep` is always taken: its sender is paused by `onPressure` instead.
   */
  append: (entry: TraceEntry, options?: { mustKeep?: boolean, onCommitted?: () => void }) => number
  /**
   * Queues a statement that later queued ones with the same key replace until it is written; for the latest values
   * of a device, which change faster than they need to be written. Committed before the rows that are queued after it.
   */
  upsert: (key: string, statement: BoundStatement) => void
  /**
   * Changes the verdict of a row that may already be committed, and the journey it belongs to when a `causeId` is given; id 0
   * (a dropped row) is passed over.
   */
  amend: (id: number, change: { code: number | null, detail: string | null, causeId?: number }) => void
  /** Version of the SQLite library that keeps the workspace. */
  readonly sqliteVersion: string
  /** Resolves when everything queued so far is committed. */
  flush: () => Promise<void>
  /** Nothing waits to be written or read. */
  isIdle: () => boolean
  traces: {
    page: (filter: TraceFilter, range: { before?: number, after?: number, limit: number, timeLimitMs?: number }, signal?: AbortSignal) => Promise<TracePage>
    get: (id: number) => Promise<StoredTrace | undefined>
  }
  series: {
    buckets: (deviceId: number, property: string, range: { fromAt: number, toAt: number, buckets: number }) => Promise<SeriesBuckets>
    /** The first `limit` points between two instants (both inclusive), in the order asked for; those of one instant in any order. */
    points: (deviceId: number, property: string, range: { fromAt: number, toAt: number, newestFirst: boolean, limit: number }, signal?: AbortSignal) => Promise<SeriesPoints>
  }
  setRetention: (keep: { keepTracesDays: number, keepTracesBytesMax: number }) => void
  /** Keeps the rows of these times whatever the retention says, and no others; they are whole segments, so some around them stay too. */
  pinTraces: (spans: readonly TraceSpan[]) => void
  stats: () => StoreStats
  /** Commits what is queued, then stops the workers. */
  close: () => Promise<void>
}
