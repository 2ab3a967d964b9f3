import type { Connection } from '../open.ts'
import { Buffer } from 'node:buffer'
import { toBits } from '../block-bits.ts'

/** Rows of one block: few enough to read one in a few milliseconds, many enough that a segment has only some hundreds. */
export const blockRows = 4_096

/**
 * The blocks of an open segment: topic, device and id of every row and bits for what occurs, written each time `blockRows` have come together. What
 * has not, is at most one block of rows and is read from the rows themselves.
 */
export interface RowBlocks {
  /** Begins where the last block ends; inside the transaction of the caller, before its first row. */
  catchUp: () => void
  /** Takes the next row, inside the transaction of the caller. */
  add: (id: number, topicId: number, deviceId: number) => void
  /** Writes what has come together as a last, smaller block. */
  finish: () => void
  /** Forgets what it holds; after a transaction that was rolled back. */
  forget: () => void
}

/** For a segment that has the table `block`; a failed statement throws SQLite's error. */
export function createRowBlocks(db: Connection): RowBlocks {
  const insert = db.prepare('INSERT INTO block (last_id, first_id, topic_bits, device_bits) VALUES (?, ?, ?, ?)')
  const insertRows = db.prepare('INSERT INTO block_rows (last_id, topics, devices, ids) VALUES (?, ?, ?, ?)')
  const selectRest = db.prepare<[], [number, number, number]>(
    'SELECT id, topic_id, device_id FROM trace WHERE id > (SELECT coalesce(max(last_id), -1) FROM block) ORDER BY id',
  ).raw()
  const topics = new Uint32Array(blockRows)
  const devices = new Uint32Array(blockRows)
  const ids = new Float64Array(blockRows)
  let rows = 0
  let isCurrent = false

  const bytesOf = (column: Uint32Array | Float64Array): Buffer => Buffer.from(column.buffer, 0, rows * column.BYTES_PER_ELEMENT)

  function write(): void {
    if (rows === 0)
      return
    insert.run(ids[rows - 1], ids[0], toBits(topics.subarray(0, rows)), toBits(devices.subarray(0, rows)))
    insertRows.run(ids[rows - 1], bytesOf(topics), bytesOf(devices), bytesOf(ids))
    rows = 0
  }

  function add(id: number, topicId: number, deviceId: number): void {
    topics[rows] = topicId
    devices[rows] = deviceId
    ids[rows] = id
    if (++rows === blockRows)
      write()
  }

  function catchUp(): void {
    if (isCurrent)
      return
    rows = 0
    for (const row of selectRest.all())
      add(...row)
    isCurrent = true
  }

  return {
    catchUp,
    add,
    finish() {
      catchUp()
      write()
    },
    forget() { isCurrent = false },
  }
}
