import type { PooledConnection } from './connection-pool.ts'
import { performance } from 'node:perf_hooks'
import { hasAny } from '../block-bits.ts'

/** Which rows are looked for, by the numbers that blocks keep; null where any will do. */
export interface WantedRows { topics: Wanted | null, devices: Wanted | null }

/** Numbers, and an array with `1` at each of these places. */
export interface Wanted { numbers: readonly number[], places: Uint8Array }

/** Reads the rows between two ids (exclusive); true when no more are wanted. */
export type ReadBetween = (low: number, high: number) => boolean

export interface BlockStep {
  /** How far the step came; null at the end of the segment. Of no meaning when a read said that no more are wanted. */
  reached: number | null
}

type Block = [firstId: number, lastId: number, topicBits: Uint8Array | null, deviceBits: Uint8Array | null]
type BlockColumns = [topics: Uint8Array | null, devices: Uint8Array | null]

/** Blocks of one step; a segment of the usual size has fewer. */
const blocksPerStep = 256
/** A step ends after this, in milliseconds, when much is found and little of it is wanted. */
const stepMs = 10
/** So many rows of a block are cheaper read in a row than each for itself. */
const singleRowsMax = 400

/** Prepares numbers to be looked for. */
export function toWanted(numbers: readonly number[]): Wanted {
  const places = new Uint8Array(numbers.reduce((most, number) => Math.max(most, number), -1) + 1)
  for (const number of numbers)
    places[number] = 1
  return { numbers, places }
}

/**
 * One step between two ids (exclusive) of a segment that has blocks: `read` is asked only for rows that blocks say are
 * wanted, and for those behind the last block.
 */
export function stepThroughBlocks(connection: PooledConnection, wanted: WantedRows, low: number, high: number, newestFirst: boolean, read: ReadBetween): BlockStep {
  if (newestFirst) {
    const lastId = connection.prepare('SELECT coalesce(max(last_id), -1) FROM block', statement => statement.pluck()).get() as number
    const edge = Math.max(low, lastId)
    if (high > edge + 1) {
      if (read(edge, high) || edge === low)
        return { reached: null }
      high = edge + 1
    }
  }
  const blocks = connection.prepare(
    `SELECT first_id, last_id, ${wanted.topics ? 'topic_bits' : 'NULL'}, ${wanted.devices ? 'device_bits' : 'NULL'} FROM block
    WHERE last_id > ? AND first_id < ? ORDER BY last_id ${newestFirst ? 'DESC' : 'ASC'} LIMIT ${blocksPerStep}`,
    statement => statement.raw(),
  ).all(low, high) as Block[]
  const startedAt = performance.now()
  let reached: number | null = null
  for (const block of blocks) {
    if (readBlock(connection, block, wanted, low, high, newestFirst, read))
      return { reached: null }
    reached = newestFirst ? Math.max(low + 1, block[0]) : Math.min(high - 1, block[1])
    if (performance.now() - startedAt > stepMs)
      return { reached }
  }
  if (blocks.length === blocksPerStep)
    return { reached }
  if (!newestFirst)
    read(reached ?? low, high)
  return { reached: null }
}

function readBlock(connection: PooledConnection, [firstId, lastId, topicBits, deviceBits]: Block, wanted: WantedRows, low: number, high: number, newestFirst: boolean, read: ReadBetween): boolean {
  if (!mayHave(topicBits, wanted.topics) || !mayHave(deviceBits, wanted.devices))
    return false
  const [topics, devices] = connection.prepare(
    `SELECT ${wanted.topics ? 'topics' : 'NULL'}, ${wanted.devices ? 'devices' : 'NULL'} FROM block_rows WHERE last_id = ?`,
    statement => statement.raw(),
  ).get(lastId) as BlockColumns
  const places = findPlaces(topics && toNumbers(topics), devices && toNumbers(devices), wanted)
  if (places.length === 0)
    return false
  if (places.length > singleRowsMax)
    return read(Math.max(low, firstId - 1), Math.min(high, lastId + 1))
  const bytes = aligned(connection.prepare('SELECT ids FROM block_rows WHERE last_id = ?', statement => statement.pluck()).get(lastId) as Uint8Array)
  const ids = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)
  for (const place of newestFirst ? places.reverse() : places) {
    const id = ids[place]!
    if (id > low && id < high && read(id - 1, id + 1))
      return true
  }
  return false
}

function mayHave(bits: Uint8Array | null, wanted: Wanted | null): boolean {
  return bits === null || wanted === null || hasAny(bits, wanted.numbers)
}

function findPlaces(topics: Uint32Array | null, devices: Uint32Array | null, wanted: WantedRows): number[] {
  const places: number[] = []
  const first = topics ?? devices!
  const firstWanted = (topics ? wanted.topics! : wanted.devices!).places
  const second = topics ? devices : null
  for (let place = 0; place < first.length; place++) {
    if (firstWanted[first[place]!] === 1 && (second === null || wanted.devices!.places[second[place]!] === 1))
      places.push(place)
  }
  return places
}

function toNumbers(bytes: Uint8Array): Uint32Array {
  const whole = aligned(bytes)
  return new Uint32Array(whole.buffer, whole.byteOffset, whole.length / 4)
}

/** Numbers can only be looked at where their bytes begin at a multiple of their size. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}
