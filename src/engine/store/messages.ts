import type { ErrorValue } from '../../shared/errors.ts'
import type { Amendment, RegistryGroup, TraceColumns } from './queue/trace-batch.ts'
import type { Migration, SqlParams, SqlValue, TraceFilter } from './types.ts'

/** A segment of the trace, by its file name in the folder `traces`. Ids are both inclusive. */
export interface SegmentInfo {
  file: string
  firstId: number
  lastId: number
  rows: number
  bytes: number
}

/** What the writer worker is started with. */
export interface WriterSetup {
  dir: string
  migrations: readonly Migration[]
  segmentBytesMax: number
}

export interface BatchMessage {
  kind: 'batch'
  traces: TraceColumns | null
  amendments: Amendment[]
  sqls: string[]
  groups: RegistryGroup[]
}

export type ToWriter
  = | BatchMessage
    /** Try again what could not be written. */
    | { kind: 'retry' }
    /** Forget these registry groups unless they are committed. */
    | { kind: 'withdraw', groups: number[] }
    /** Write all points that wait in memory, so that the checkpoint catches up. */
    | { kind: 'flushSeries' }
    /** Delete blocks that end before `cutoffAt`, and the oldest ones up to `now` while more than `bytesMax` are in use. */
    | { kind: 'retainSeries', cutoffAt: number, now: number, bytesMax: number }
    | { kind: 'limitSegment', segmentBytesMax: number }
    /** No reader has this finished segment open: turn it into a single file. */
    | { kind: 'sealSegment', file: string }
    /** A reader found this segment damaged. */
    | { kind: 'setSegmentAside', file: string, cause: string }
    | { kind: 'setSeriesAside', cause: string }
    /** This segment is about to be deleted. */
    | { kind: 'forgetSegment', file: string }
    | { kind: 'close' }

/** A registry group that was not carried out because one of its statements is wrong. */
export interface RefusedGroup { id: number, message: string }

export interface CommitReport {
  rows: number
  /** Rows that SQLite would not take, and why; never happens unless there is a defect. */
  refusedRows: number
  refusedBecause: string | null
  groups: number[]
  refusedGroups: RefusedGroup[]
  commitMs: number
  /** The open segment as it is now. */
  segment: SegmentInfo | null
  /** Bytes of registry and series on disk. */
  otherBytes: number
}

export type FromWriter
  = | { kind: 'opened', segments: SegmentInfo[], lastId: number, checkpointId: number, otherBytes: number, sqliteVersion: string }
    | { kind: 'refused', error: ErrorValue }
    | { kind: 'committed' } & CommitReport
    /** The oldest batch could not be written; it is kept until `retry`. */
    | { kind: 'failing', message: string }
    /** `done`: too late, these have been carried out; only the messages of their batch are still to be written. */
    | { kind: 'withdrawn', groups: number[], done: number[] }
    | { kind: 'rolled', segment: SegmentInfo }
    | { kind: 'segmentDamaged', file: string, message: string }
    | { kind: 'seriesDamaged', message: string }
    | { kind: 'seriesFlushed', checkpointId: number }
    | { kind: 'seriesFailing', message: string }
    /** Something went wrong that nothing waits for; for the log. */
    | { kind: 'trouble', message: string }
    /** The worker has closed its files; `lost` says what could not be written. */
    | { kind: 'closed', lost: string | null }

export interface ReaderSetup { dir: string }

/** A segment to read, newest last; an open one has no end. */
export interface SegmentRange { file: string, firstId: number, lastId: number }

export interface PageRequest {
  kind: 'page'
  filter: TraceFilter
  before: number | undefined
  after: number | undefined
  limit: number
  timeLimitMs: number
  segments: SegmentRange[]
}

export interface BucketsRequest {
  kind: 'buckets'
  deviceId: number
  property: string
  fromAt: number
  toAt: number
  buckets: number
  /** Answers from the trace alone, because `series.db` is damaged. */
  withoutBlocks: boolean
  segments: SegmentRange[]
}

export interface PointsRequest extends Omit<BucketsRequest, 'kind' | 'buckets'> {
  kind: 'points'
  newestFirst: boolean
  limit: number
}

export type ReadRequest
  = | { kind: 'read', sql: string, name: string, params: SqlParams }
    | PageRequest
    | { kind: 'get', rowId: number, segments: SegmentRange[] }
    | BucketsRequest
    | PointsRequest

export type ToReader
  = | { kind: 'request', id: number, request: ReadRequest }
    | { kind: 'cancel', id: number }
    /** Close these files; they are about to be changed, renamed or deleted. */
    | { kind: 'release', id: number, files: string[] }
    | { kind: 'close' }

/** Rows of a registry statement: names of the columns, then the values of each row. */
export interface RegistryRows { columns: string[], rows: SqlValue[][] }

/** Trace rows from the reader, column by column. */
export interface TraceRows {
  ids: Float64Array
  ats: Float64Array
  deviceIds: Float64Array
  causeIds: Float64Array
  codes: Int32Array
  directions: Uint8Array
  qos: Uint8Array
  /** Each topic once; `topicPlaces` says which one a row has. */
  topics: string[]
  topicPlaces: Uint32Array
  deviceKeys: (string | null)[]
  details: (string | null)[]
  payloadEnds: Uint32Array
  payloads: Uint8Array
}

/** A file in which a read met damage. */
export interface DamageReport { file: string, cause: string }

export interface PageResult { rows: TraceRows, nextId: number | null, scannedAt: number | null, damaged: DamageReport[] }

export interface BucketsResult {
  at: Float64Array
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  last: Float64Array
  count: Float64Array
  points: number
  damaged: DamageReport[]
}

export interface PointsResult { at: Float64Array, value: Float64Array, damaged: DamageReport[] }

export type FromReader
  = | { kind: 'answer', id: number, value: RegistryRows | PageResult | BucketsResult | PointsResult | null }
    | { kind: 'error', id: number, error: ErrorValue }
    | { kind: 'closed' }
