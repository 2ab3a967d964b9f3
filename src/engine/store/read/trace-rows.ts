import type { TraceRows } from '../messages.ts'
import type { StoredTrace } from '../types.ts'
import { limits } from '../../../shared/limits.ts'
import { directions, noCode } from '../queue/trace-batch.ts'
import { msOfRowId } from '../row-id.ts'

/** A row as the columns of `traceColumns` come from SQLite. */
export type TraceTuple = [
  id: number,
  atShift: number,
  deviceId: number,
  direction: number,
  qos: number,
  code: number | null,
  causeId: number | null,
  deviceKey: string | null,
  detail: string | null,
  payload: Uint8Array,
  topicId: number,
]

/** Collects rows until there are enough of them or their payloads are large enough. */
export class TraceRowCollector {
  readonly #tuples: TraceTuple[] = []
  readonly #topics: string[] = []
  #payloadBytes = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get full(): boolean { return this.#tuples.length >= this.#limit || this.#payloadBytes >= limits.tracePageBytesMax }
  get room(): number { return this.#limit - this.#tuples.length }
  get lastId(): number | undefined { return this.#tuples.at(-1)?.[0] }

  add(tuple: TraceTuple, topic: string): void {
    this.#tuples.push(tuple)
    this.#topics.push(topic)
    this.#payloadBytes += tuple[9].length
  }

  /** The rows as columns, which cross to another thread cheaply. */
  take(): TraceRows {
    const tuples = this.#tuples
    const payloadEnds = new Uint32Array(tuples.length)
    const topics = [...new Set(this.#topics)]
    const places = new Map(topics.map((topic, place) => [topic, place]))
    const payloads = new Uint8Array(this.#payloadBytes)
    let end = 0
    tuples.forEach((tuple, row) => {
      payloads.set(tuple[9], end)
      payloadEnds[row] = end += tuple[9].length
    })
    return {
      ids: Float64Array.from(tuples, tuple => tuple[0]),
      ats: Float64Array.from(tuples, tuple => msOfRowId(tuple[0]) + tuple[1]),
      deviceIds: Float64Array.from(tuples, tuple => tuple[2]),
      directions: Uint8Array.from(tuples, tuple => tuple[3]),
      qos: Uint8Array.from(tuples, tuple => tuple[4]),
      codes: Int32Array.from(tuples, tuple => tuple[5] ?? noCode),
      causeIds: Float64Array.from(tuples, tuple => tuple[6] ?? 0),
      deviceKeys: tuples.map(tuple => tuple[7]),
      details: tuples.map(tuple => tuple[8]),
      payloads,
      payloadEnds,
      topics,
      topicPlaces: Uint32Array.from(this.#topics, topic => places.get(topic)!),
    }
  }
}

/** Columns back to rows; every payload gets memory of its own, so that keeping one row does not keep them all. */
export function toStoredTraces(columns: TraceRows): StoredTrace[] {
  return Array.from(columns.ids, (id, row): StoredTrace => ({
    id,
    at: columns.ats[row]!,
    deviceId: columns.deviceIds[row]!,
    deviceKey: columns.deviceKeys[row]!,
    direction: directions[columns.directions[row]!]!,
    topic: columns.topics[columns.topicPlaces[row]!]!,
    qos: columns.qos[row]!,
    payload: columns.payloads.slice(row === 0 ? 0 : columns.payloadEnds[row - 1]!, columns.payloadEnds[row]!),
    code: columns.codes[row] === noCode ? null : columns.codes[row]!,
    detail: columns.details[row]!,
    causeId: columns.causeIds[row] === 0 ? null : columns.causeIds[row]!,
  }))
}
