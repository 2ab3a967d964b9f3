import type { SqlParams, TraceDirection, TraceEntry } from '../types.ts'

/** How directions are kept in a column: by their place in this list. */
export const directions: readonly TraceDirection[] = ['up', 'down', 'record']

/** Stands for null in the column of codes. */
export const noCode = -(2 ** 31)

/**
 * Trace rows on their way to the writer, column by column: numbers in typed arrays that move to the worker without a
 * copy, payloads one after the other in one buffer, and strings as arrays, which cost the sender next to nothing.
 * Only the first `rows` elements of a column count. `…Ends[i]` is where the part of row i ends; it begins where that of
 * the row before ends.
 */
export interface TraceColumns {
  rows: number
  ids: Float64Array
  ats: Float64Array
  deviceIds: Float64Array
  /** 0 for null. */
  causeIds: Float64Array
  codes: Int32Array
  directions: Uint8Array
  qos: Uint8Array
  payloadEnds: Uint32Array
  payloads: Uint8Array
  topics: string[]
  deviceKeys: (string | null)[]
  details: (string | null)[]
  sampleEnds: Uint32Array
  /** Which of `properties` a sample belongs to. */
  sampleProperties: Uint32Array
  sampleAts: Float64Array
  sampleValues: Float64Array
  properties: string[]
}

/** A verdict that came after its row was sent to the writer. */
export interface Amendment { id: number, code: number | null, detail: string | null, causeId?: number }

/** Statements of one registry transaction; `statements` point into the SQL texts of the message. */
export interface RegistryGroup { id: number, statements: [sql: number, params: SqlParams][] }

/** Instants of samples beyond this (in the year 73,000) are nonsense and would not be exact. */
const sampleAtMax = 2 ** 51

/** Gathers trace rows until the writer takes them. Everything given is copied, so a payload may be a passing view. */
export class TraceBatch {
  readonly amendments: Amendment[] = []
  readonly callbacks: (() => void)[] = []
  #columns: TraceColumns
  readonly #propertyIndex = new Map<string, number>()
  #samples = 0
  #payloadBytes = 0
  /** Bytes of payloads and texts, for the limits of the queue. */
  bytes = 0

  /** `rows` and `payloadBytes` are a guess of what will come, to save growing. */
  constructor(rows = 64, payloadBytes = 16_384) {
    this.#columns = {
      rows: 0,
      ids: new Float64Array(rows),
      ats: new Float64Array(rows),
      deviceIds: new Float64Array(rows),
      causeIds: new Float64Array(rows),
      codes: new Int32Array(rows),
      directions: new Uint8Array(rows),
      qos: new Uint8Array(rows),
      payloadEnds: new Uint32Array(rows),
      payloads: new Uint8Array(payloadBytes),
      topics: [],
      deviceKeys: [],
      details: [],
      sampleEnds: new Uint32Array(rows),
      sampleProperties: new Uint32Array(rows),
      sampleAts: new Float64Array(rows),
      sampleValues: new Float64Array(rows),
      properties: [],
    }
  }

  get rows(): number { return this.#columns.rows }
  get payloadBytes(): number { return this.#payloadBytes }

  /** Copies a row into the columns and returns what it counts in the queue, in bytes. */
  add(id: number, entry: TraceEntry): number {
    const columns = this.#columns
    const row = columns.rows
    if (row === columns.ids.length)
      this.#growRows()
    this.#addPayload(entry.payload)
    if (entry.samples)
      this.#addSamples(entry.samples)
    columns.rows = row + 1
    columns.ids[row] = id
    columns.ats[row] = Math.floor(entry.at)
    columns.deviceIds[row] = entry.deviceId
    columns.causeIds[row] = entry.causeId ?? 0
    columns.codes[row] = entry.code ?? noCode
    columns.directions[row] = directions.indexOf(entry.direction)
    columns.qos[row] = entry.qos
    columns.payloadEnds[row] = this.#payloadBytes
    columns.sampleEnds[row] = this.#samples
    columns.topics.push(entry.topic)
    columns.deviceKeys.push(entry.deviceKey)
    columns.details.push(entry.detail)
    const bytes = rowBytes(entry)
    this.bytes += bytes
    return bytes
  }

  /** Changes the verdict of a row in this batch; false when the row is not here. */
  amend({ id, code, detail, causeId }: Amendment): boolean {
    const { ids, rows, codes, details, causeIds } = this.#columns
    let low = 0
    let high = rows
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ids[middle]! < id)
        low = middle + 1
      else
        high = middle
    }
    if (low === rows || ids[low] !== id)
      return false
    codes[low] = code ?? noCode
    details[low] = detail
    causeIds[low] = causeId ?? causeIds[low]!
    return true
  }

  /** The columns and the buffers that may move with them; the batch is not used after that. */
  take(): { columns: TraceColumns, transfer: ArrayBuffer[] } {
    const columns = this.#columns
    const transfer = Object.values(columns)
      .filter(column => ArrayBuffer.isView(column))
      .map(column => column.buffer as ArrayBuffer)
    return { columns, transfer }
  }

  #addPayload(payload: Uint8Array): void {
    const columns = this.#columns
    const end = this.#payloadBytes + payload.length
    if (end > columns.payloads.length)
      columns.payloads = grown(columns.payloads, new Uint8Array(Math.max(end, columns.payloads.length * 2)))
    columns.payloads.set(payload, this.#payloadBytes)
    this.#payloadBytes = end
  }

  #addSamples(samples: NonNullable<TraceEntry['samples']>): void {
    const columns = this.#columns
    for (const { property, at, value } of samples) {
      if (!Number.isFinite(value) || !(at >= 0 && at <= sampleAtMax))
        continue
      if (this.#samples === columns.sampleAts.length) {
        const size = Math.max(16, this.#samples * 2)
        columns.sampleProperties = grown(columns.sampleProperties, new Uint32Array(size))
        columns.sampleAts = grown(columns.sampleAts, new Float64Array(size))
        columns.sampleValues = grown(columns.sampleValues, new Float64Array(size))
      }
      let index = this.#propertyIndex.get(property)
      if (index === undefined) {
        index = columns.properties.push(property) - 1
        this.#propertyIndex.set(property, index)
      }
      columns.sampleProperties[this.#samples] = index
      columns.sampleAts[this.#samples] = Math.round(at)
      columns.sampleValues[this.#samples] = value
      this.#samples++
    }
  }

  #growRows(): void {
    const columns = this.#columns
    const size = Math.max(16, columns.rows * 2)
    columns.ids = grown(columns.ids, new Float64Array(size))
    columns.ats = grown(columns.ats, new Float64Array(size))
    columns.deviceIds = grown(columns.deviceIds, new Float64Array(size))
    columns.causeIds = grown(columns.causeIds, new Float64Array(size))
    columns.codes = grown(columns.codes, new Int32Array(size))
    columns.directions = grown(columns.directions, new Uint8Array(size))
    columns.qos = grown(columns.qos, new Uint8Array(size))
    columns.payloadEnds = grown(columns.payloadEnds, new Uint32Array(size))
    columns.sampleEnds = grown(columns.sampleEnds, new Uint32Array(size))
  }
}

/** What a row counts in the queue: its payload, its texts and a share for its numbers. */
function rowBytes(entry: TraceEntry): number {
  return 96 + entry.payload.length + entry.topic.length + (entry.detail?.length ?? 0) + (entry.samples?.length ?? 0) * 20
}

function grown<Column extends { set: (from: Column) => void }>(from: Column, to: Column): Column {
  to.set(from)
  return to
}
