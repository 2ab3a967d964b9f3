import type { SegmentInfo } from '../messages.ts'
import type { Connection } from '../open.ts'
import type { Amendment, TraceColumns } from '../queue/trace-batch.ts'
import { Buffer } from 'node:buffer'
import { basename } from 'node:path'
import { migrate } from '../migrate.ts'
import { inTransaction, openConnection } from '../open.ts'
import { noCode } from '../queue/trace-batch.ts'
import { msOfRowId } from '../row-id.ts'
import { createSampleEncoder, decodeSamples } from '../sample-codec.ts'
import { segmentMigrations } from '../schema.ts'
import { faultOf } from '../storage-fault.ts'
import { createNameTable } from './name-table.ts'
import { createRowBlocks } from './row-blocks.ts'

export interface InsertResult {
  /** Rows that SQLite would not take, and the reason of the last one. */
  refused: number
  because: string | null
}

export type SampleVisitor = (rowId: number, deviceId: number, property: string, at: number, value: number) => void

/** One segment file, open for writing. Every method throws SQLite's own error when it fails, with nothing changed. */
export interface Segment {
  readonly file: string
  /** Made by an older version of the product: nothing more is added to it. */
  readonly isOld: boolean
  /** Null while there are no rows. */
  info: () => SegmentInfo | null
  /** Commits the rows `from` to `to` (exclusive) in one transaction. */
  insert: (columns: TraceColumns, from: number, to: number) => InsertResult
  amend: (amendments: Amendment[]) => void
  /** Visits the samples of at most `rowsMax` rows after a row id; returns the last id looked at, null when there was none. */
  visitSamples: (afterId: number, rowsMax: number, visit: SampleVisitor) => number | null
  /** No more rows will come. */
  finish: () => void
  /** Notes the number of rows and turns a finished segment into a single file; throws while anyone else has it open. */
  seal: () => void
  close: () => void
}

/** Open segments wait this many pages before their log is moved into the file: fewer, larger moves for the index pages. */
const checkpointPages = 4_000

/** Opens a segment, making it when `mustExist` is false. A finished one keeps its journal as it is, and every one the version it was made with. */
export function openSegment(path: string, options: { mustExist: boolean, keepJournal: boolean }): Segment {
  const db = openConnection(path, { ...options, cacheKib: 32_768, checkpointPages })
  try {
    const version = db.pragma('user_version', { simple: true }) as number
    if (version === 0 || version > segmentMigrations.length)
      migrate(db, segmentMigrations)
    return createSegment(path, db, version > 0 && version < segmentMigrations.length)
  }
  catch (error) {
    db.close()
    throw error
  }
}

function createSegment(path: string, db: Connection, isOld: boolean): Segment {
  const file = basename(path)
  const topics = createNameTable(db, 'topic')
  const properties = createNameTable(db, 'property')
  const blocks = isOld ? null : createRowBlocks(db)
  const encoder = createSampleEncoder()
  const insertRow = db.prepare(`INSERT INTO trace
    (id, at_shift, device_id, direction, qos, code, topic_id, cause_id, device_key, detail, samples, payload)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const updateVerdict = db.prepare('UPDATE trace SET code = ?, detail = ?, cause_id = coalesce(?, cause_id) WHERE id = ?')
  const selectSamples = db.prepare<[number, number], [number, number, number, Uint8Array | null]>(
    'SELECT id, at_shift, device_id, samples FROM trace WHERE id > ? ORDER BY id LIMIT ?',
  ).raw()
  const selectProperty = db.prepare<[number], string>('SELECT name FROM property WHERE id = ?').pluck()
  const selectPages = db.prepare<[], number>('PRAGMA page_count').pluck()
  let extent = readExtent()
  /** After a failed transaction it is not known what the file holds. */
  let uncertain = false

  function readExtent(): { firstId: number | null, lastId: number, rows: number } {
    const [firstId, lastId] = db.prepare<[], [number | null, number | null]>('SELECT (SELECT min(id) FROM trace), (SELECT max(id) FROM trace)').raw().get()!
    const rows = db.prepare<[], number>('SELECT rows FROM summary').pluck().get()
      ?? db.prepare<[], number>('SELECT count(*) FROM trace').pluck().get()!
    return { firstId, lastId: lastId ?? 0, rows }
  }

  function transact<Result>(work: () => Result): Result {
    try {
      return inTransaction(db, work)
    }
    catch (error) {
      topics.forget()
      properties.forget()
      blocks?.forget()
      uncertain = true
      throw error
    }
  }

  /** Binds the samples of a row; the result is valid until the next row. */
  function packSamples(columns: TraceColumns, row: number, propertyIds: number[]): Uint8Array | null {
    const end = columns.sampleEnds[row]!
    const begin = row === 0 ? 0 : columns.sampleEnds[row - 1]!
    if (begin === end)
      return null
    // Readers know the arrival of a row to the millisecond of the id plus its shift, which is exactly `ats`.
    encoder.begin(columns.ats[row]!)
    for (let i = begin; i < end; i++) {
      const index = columns.sampleProperties[i]!
      const propertyId = propertyIds[index] ??= properties.idOf(columns.properties[index]!)
      encoder.add(propertyId, columns.sampleAts[i]!, columns.sampleValues[i]!)
    }
    return encoder.end()
  }

  function insertRows(columns: TraceColumns, from: number, to: number): InsertResult {
    const { ids, ats, deviceIds, causeIds, codes, payloadEnds } = columns
    const payloads = Buffer.from(columns.payloads.buffer, columns.payloads.byteOffset, columns.payloads.byteLength)
    const propertyIds: number[] = []
    const result: InsertResult = { refused: 0, because: null }
    blocks?.catchUp()
    for (let row = from; row < to; row++) {
      const id = ids[row]!
      const code = codes[row]!
      const payloadStart = row === 0 ? 0 : payloadEnds[row - 1]!
      try {
        const topicId = topics.idOf(columns.topics[row]!)
        insertRow.run(
          id,
          ats[row]! - msOfRowId(id),
          deviceIds[row],
          columns.directions[row],
          columns.qos[row],
          code === noCode ? null : code,
          topicId,
          causeIds[row] === 0 ? null : causeIds[row],
          columns.deviceKeys[row],
          columns.details[row],
          packSamples(columns, row, propertyIds),
          payloads.subarray(payloadStart, payloadEnds[row]),
        )
        blocks?.add(id, topicId, deviceIds[row]!)
      }
      catch (error) {
        if (faultOf(error) !== 'statement')
          throw error
        result.refused++
        result.because = String(error)
      }
    }
    return result
  }

  return {
    file,
    isOld,
    info: () => extent.firstId === null
      ? null
      : { file, firstId: extent.firstId, lastId: extent.lastId, rows: extent.rows, bytes: selectPages.get()! * 4096 },
    insert(columns, from, to) {
      if (uncertain) {
        extent = readExtent()
        uncertain = false
      }
      // A commit that reported a failure may have taken place all the same.
      while (from < to && columns.ids[from]! <= extent.lastId)
        from++
      const result = transact(() => insertRows(columns, from, to))
      if (from < to) {
        extent.firstId ??= columns.ids[from]!
        extent.lastId = columns.ids[to - 1]!
        extent.rows += to - from - result.refused
      }
      return result
    },
    amend(amendments) {
      transact(() => {
        for (const { id, code, detail, causeId } of amendments)
          updateVerdict.run(code, detail, causeId ?? null, id)
      })
    },
    visitSamples(afterId, rowsMax, visit) {
      const names: string[] = []
      let lastId: number | null = null
      for (const [id, shift, deviceId, samples] of selectSamples.iterate(afterId, rowsMax)) {
        lastId = id
        if (samples) {
          decodeSamples(samples, msOfRowId(id) + shift, (propertyId, at, value) => {
            const property = names[propertyId] ??= selectProperty.get(propertyId) ?? ''
            visit(id, deviceId, property, at, value)
          })
        }
      }
      return lastId
    },
    finish() {
      if (blocks)
        transact(() => blocks.finish())
    },
    seal() {
      if (db.pragma('journal_mode', { simple: true }) === 'delete')
        return
      db.pragma('busy_timeout = 0')
      transact(() => {
        db.exec('DELETE FROM summary')
        db.prepare('INSERT INTO summary VALUES (?)').run(extent.rows)
      })
      db.pragma('journal_mode = DELETE')
    },
    close: () => { db.close() },
  }
}
