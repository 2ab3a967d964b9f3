/**
 * The store: how fast it takes messages beside better-sqlite3 alone with the same tables, and how fast it answers the
 * two queries the page lives on. `node test/bench/store.ts [--long]` prints only these.
 */
import type { Sample, Store, TraceEntry } from '../../src/engine/store/types.ts'
import type { Bench, BenchRow } from './report.ts'
import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import process from 'node:process'
import { migrate } from '../../src/engine/store/migrate.ts'
import { inTransaction, openConnection } from '../../src/engine/store/open.ts'
import { segmentMigrations } from '../../src/engine/store/schema.ts'
import { openStore } from '../../src/engine/store/store.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { describeMachine, formatTable, median, ratio } from './report.ts'

/** Messages made beforehand, so that making them costs both sides the same next to nothing. */
function makeEntries(rows: number, devices: number): TraceEntry[] {
  const payload = Buffer.from(JSON.stringify({ id: '1', version: '1.0', params: { Voltage: 231.4, Note: 'x'.repeat(118) }, method: 'thing.event.property.post' }))
  const topics = Array.from({ length: devices }, (_, device) => `/sys/a1BenchPrdt/device-${device}/thing/event/property/post`)
  const startAt = Date.UTC(2026, 0, 1, 1)
  let seed = 1
  return Array.from({ length: rows }, (_, row): TraceEntry => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    const device = (seed >>> 8) % devices
    return { at: startAt + Math.floor(row / 50), deviceId: device + 1, deviceKey: null, direction: 'up', topic: topics[device]!, qos: 1, payload, code: 200, detail: null, causeId: null, samples: null }
  })
}

/** A store whose `append` can be waited for while its queue is full, on a folder of its own. */
async function withStore<Result>(use: (store: Store, room: () => Promise<void>) => Promise<Result>): Promise<Result> {
  const folder = createTempFolder()
  let wake: (() => void) | undefined
  let full = false
  try {
    const store = await openStore({
      dir: folder.path,
      clock: realClock,
      log: silentLog,
      migrations: [],
      keepTracesDays: 3650,
      keepTracesBytesMax: 2 ** 40,
      onNotice: () => {},
      onPressure(pressed) {
        full = pressed
        if (!pressed)
          wake?.()
      },
    })
    try {
      return await use(store, async () => {
        if (full)
          await new Promise<void>((resolve) => { wake = resolve })
      })
    }
    finally {
      await store.close()
    }
  }
  finally {
    await folder.close()
  }
}

/**
 * Appends in turns of the event loop, as sockets would, and returns the milliseconds until everything is committed.
 * With `flushRows` it waits for the commit after so many rows.
 */
async function ingest(store: Store, room: () => Promise<void>, entries: Iterable<TraceEntry>, flushRows = Infinity): Promise<number> {
  const startedAt = performance.now()
  let rows = 0
  for (const entry of entries) {
    store.append(entry, { mustKeep: true })
    if (++rows % 500 === 0) {
      await new Promise(resolve => setImmediate(resolve))
      await room()
    }
    if (rows % flushRows === 0)
      await store.flush()
  }
  await store.flush()
  return performance.now() - startedAt
}

/** better-sqlite3 on this thread: the same tables, indexes and pragmas, prepared once, 10,000 rows a transaction. */
async function ingestAlone(entries: TraceEntry[]): Promise<number> {
  const folder = createTempFolder()
  const db = openConnection(join(folder.path, 'alone.db'), { cacheKib: 32_768, checkpointPages: 4_000 })
  try {
    migrate(db, segmentMigrations)
    const insertTopic = db.prepare('INSERT INTO topic (name) VALUES (?)')
    const insert = db.prepare(`INSERT INTO trace (id, at_shift, device_id, direction, qos, code, topic_id, cause_id, device_key, detail, samples, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    const topics = new Map<string, number>()
    const startedAt = performance.now()
    let id = 0
    for (let from = 0; from < entries.length; from += limits.commitRowsMax) {
      inTransaction(db, () => {
        for (const entry of entries.slice(from, from + limits.commitRowsMax)) {
          let topic = topics.get(entry.topic)
          if (topic === undefined) {
            topic = Number(insertTopic.run(entry.topic).lastInsertRowid)
            topics.set(entry.topic, topic)
          }
          id = Math.max(entry.at * 4096, id + 1)
          insert.run(id, 0, entry.deviceId, 0, entry.qos, entry.code, topic, entry.causeId, entry.deviceKey, entry.detail, null, entry.payload)
        }
      })
    }
    return performance.now() - startedAt
  }
  finally {
    db.close()
    await folder.close()
  }
}

async function benchIngest(rows: number, repeat: number, say: (line: string) => void): Promise<BenchRow[]> {
  const entries = makeEntries(rows, 5_000)
  const what = `trace rows taken, ${rows.toLocaleString('en')} of 200 bytes, 5,000 devices`
  const ours: BenchRow = { what, who: 'thingbench', unit: 'rows/s', samples: [] }
  const alone: BenchRow = { what, who: 'better-sqlite3 alone', unit: 'rows/s', samples: [] }
  for (let round = 0; round < repeat; round++) {
    alone.samples.push(rows / await ingestAlone(entries) * 1000)
    ours.samples.push(rows / await withStore((store, room) => ingest(store, room, entries)) * 1000)
    say(`ingest ${round + 1}/${repeat}: ${Math.round(ours.samples.at(-1)!)} rows/s, alone ${Math.round(alone.samples.at(-1)!)}`)
  }
  return [ours, alone, ratio('trace rows taken', ours, alone, { atLeast: 0.8 })]
}

async function benchLastRows(rows: number, repeat: number, say: (line: string) => void): Promise<BenchRow> {
  const devices = 1_000
  const row: BenchRow = { what: `last 1,000 rows of a device among ${rows.toLocaleString('en')}, 95th percentile of 100`, who: 'thingbench', unit: 'ms', samples: [], atMost: 10 }
  await withStore(async (store, room) => {
    await ingest(store, room, makeEntries(rows, devices))
    for (let round = 0; round < repeat; round++) {
      const times: number[] = []
      for (let i = 0; i < 100; i++) {
        const startedAt = performance.now()
        const page = await store.traces.page({ deviceId: 1 + (round * 100 + i) * 7 % devices }, { limit: 1000 })
        times.push(performance.now() - startedAt)
        if (page.rows.length < 900)
          throw new Error(`Expected about 1,000 rows of a device, got ${page.rows.length}.`)
      }
      row.samples.push(times.toSorted((a, b) => a - b)[94]!)
      say(`last rows ${round + 1}/${repeat}: median ${median(times).toFixed(1)} ms, p95 ${row.samples.at(-1)!.toFixed(1)} ms`)
    }
  })
  return row
}

/** Messages with 200 samples each of one property, ten milliseconds apart. */
function* makeSeries(points: number): Generator<TraceEntry> {
  const startAt = Date.UTC(2026, 0, 1)
  const samplesPerRow = 200
  for (let first = 0; first < points; first += samplesPerRow) {
    const samples = Array.from({ length: samplesPerRow }, (_, i): Sample => ({ property: 'Voltage', at: startAt + (first + i) * 10, value: Math.sin((first + i) / 1e5) * 100 }))
    yield { at: startAt + first * 10, deviceId: 1, deviceKey: null, direction: 'up', topic: '/sys/a1BenchPrdt/device-0/thing/event/property/history/post', qos: 1, payload: new Uint8Array(16), code: 200, detail: null, causeId: null, samples }
  }
}

async function benchBuckets(points: number, repeat: number, say: (line: string) => void): Promise<BenchRow[]> {
  const query: BenchRow = { what: `${points.toLocaleString('en')} points of a series to 1,000 buckets`, who: 'thingbench', unit: 'ms', samples: [], atMost: 300 }
  const taken: BenchRow = { what: 'points of a series taken, 200 a message', who: 'thingbench', unit: 'points/s', samples: [] }
  await withStore(async (store, room) => {
    // At a rate at which blocks are written along the way; points that wait to be read back from the trace are another matter.
    taken.samples.push(points / await ingest(store, room, makeSeries(points), 500) * 1000)
    const fromAt = Date.UTC(2026, 0, 1)
    for (let round = 0; round < repeat; round++) {
      const startedAt = performance.now()
      const buckets = await store.series.buckets(1, 'Voltage', { fromAt, toAt: fromAt + points * 10, buckets: 1000 })
      query.samples.push(performance.now() - startedAt)
      if (buckets.points !== points)
        throw new Error(`Expected ${points} points, got ${buckets.points}.`)
    }
  })
  say(`buckets: ${query.samples.map(ms => ms.toFixed(0)).join(', ')} ms`)
  return [query, taken]
}

/** Ingest beside better-sqlite3 alone, the last rows of a device, and a plot of ten million points. */
export const benchStore: Bench = async ({ long, repeat, say }) => [
  ...await benchIngest(long ? 1_000_000 : 300_000, Math.max(5, repeat), say),
  await benchLastRows(long ? 3_000_000 : 1_000_000, Math.max(5, repeat), say),
  ...await benchBuckets(10_000_000, Math.max(5, repeat), say),
]

if (import.meta.main) {
  const rows = await benchStore({ long: process.argv.includes('--long'), repeat: 5, say: line => console.error(`  ${line}`) })
  console.log(`${JSON.stringify(describeMachine())}\n${formatTable(rows)}`)
}
