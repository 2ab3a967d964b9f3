/**
 * Searching what is kept while messages come: the first page of each kind of filter, a text, and what searching does to
 * writing and to the engine's thread. `npm run bench -- log --rows 10000000` is the size the product promises.
 */
import type { TraceFilterInput } from '../../src/shared/contract/trace.ts'
import type { Bench, BenchRow } from './report.ts'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { logMethodHandlers } from '../../src/engine/platform/trace/log-search.ts'
import { traceMethodHandlers } from '../../src/engine/platform/trace/methods.ts'
import { openStore } from '../../src/engine/store/store.ts'
import { realClock } from '../../src/host/real-clock.ts'
import { silentLog } from '../../src/shared/log.ts'
import { traceIdOf } from '../../src/shared/log/message-id.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { benchFleet, createRowMaker, deviceNameOf } from './log-rows.ts'
import { formatNumber } from './report.ts'

const arrivingPerSec = 5_000
const arriveEveryMs = 10

interface Bed {
  page: (filter: TraceFilterInput, before?: number, withinMs?: number) => ReturnType<ReturnType<typeof traceMethodHandlers>['trace.page']>
  search: (keyword: string, before?: number) => ReturnType<ReturnType<typeof logMethodHandlers>['log.search']>
  /** Appends rows as fast as they are taken and returns how many a second that was. */
  ingest: (rows: number) => Promise<number>
  /** Lets messages arrive at the steady rate until it is stopped; then says how many came a second and how long commits took. */
  arrive: () => () => { perSec: number, commitMs: number[] }
  /** The ids of rows that began a chain. */
  roots: number[]
}

/** A workspace with so many messages, filled through the store itself, in a folder that is deleted afterwards. */
async function withRows<T>(rows: number, say: (line: string) => void, use: (bed: Bed, filledPerSec: number) => Promise<T>): Promise<T> {
  const folder = createTempFolder()
  let wake: (() => void) | undefined
  let full = false
  const store = await openStore({
    dir: folder.path,
    clock: realClock,
    log: silentLog,
    migrations: [],
    keepTracesDays: 3650,
    keepTracesBytesMax: 2 ** 41,
    onNotice: () => {},
    onPressure(pressed) {
      full = pressed
      if (!pressed)
        wake?.()
    },
  })
  const roots: number[] = []
  let onCommitted: (() => void) | undefined
  const make = createRowMaker((entry) => {
    const id = store.append(entry, { mustKeep: true, ...(onCommitted && { onCommitted }) })
    if (entry.causeId === null && id % 97 === 0 && roots.length < 100_000)
      roots.push(id)
    return id
  })
  let made = 0

  async function ingest(count: number, at: (row: number) => number): Promise<number> {
    const startedAt = performance.now()
    for (let row = 0; row < count; row++) {
      make(made++, at(row), rows)
      if (row % 500 === 499) {
        await new Promise(resolve => setImmediate(resolve))
        if (full)
          await new Promise<void>((resolve) => { wake = resolve })
      }
      if (row > 0 && row % 1_000_000 === 0)
        say(`${formatNumber(row)} rows, ${formatNumber(row / (performance.now() - startedAt) * 1000)} rows/s`)
    }
    await store.flush()
    return count / (performance.now() - startedAt) * 1000
  }

  function arrive(): () => { perSec: number, commitMs: number[] } {
    const commitMs: number[] = []
    const startedAt = performance.now()
    let arrived = 0
    const timer = setInterval(() => {
      // As many as should have come by now, so that a late timer loses none.
      const due = Math.floor((performance.now() - startedAt) / 1000 * arrivingPerSec)
      const at = performance.now()
      onCommitted = () => void commitMs.push(performance.now() - at)
      for (; arrived < due; arrived++) {
        make(made++, Date.now(), rows)
        onCommitted = undefined
      }
    }, arriveEveryMs)
    return () => {
      clearInterval(timer)
      onCommitted = undefined
      return { perSec: arrived / (performance.now() - startedAt) * 1000, commitMs }
    }
  }

  const names = new Map(Array.from({ length: benchFleet.devices + 4 }, (_, deviceId) => [deviceNameOf(deviceId), deviceId]))
  const context = {
    store,
    // A key of its own stands for the product of the rare pair.
    findDeviceIds: (productKey: string | undefined, deviceName: string | undefined) => deviceName === undefined ? productKey === 'a1RarePrdct' ? [...benchFleet.rarePair] : [...names.values()] : [names.get(deviceName)].filter(id => id !== undefined),
    nameDevice: (deviceId: number) => ({ productKey: benchFleet.productKey, deviceName: deviceNameOf(deviceId) }),
  }
  // Only pages are read here, and they need no times of a message's way.
  const way = { timesOf: () => undefined, ends: async () => [], isSimulated: () => false, now: () => Date.now() }
  const trace = traceMethodHandlers({ ...context, way, now: () => Date.now() })
  const log = logMethodHandlers({ ...context, now: () => performance.now(), applyLimits: () => false })
  const { signal } = new AbortController()
  try {
    const startAt = Date.now() - rows / arrivingPerSec * 1000
    const filledPerSec = await ingest(rows, row => startAt + row / arrivingPerSec * 1000)
    return await use({
      page: (filter, before, withinMs = 500) => trace['trace.page']({ filter, limit: 200, withinMs, ...(before !== undefined && { before }) }, { signal }),
      search: (keyword, before) => log['log.search']({ filter: { keyword }, limit: 100, withinMs: 500, ...(before !== undefined && { before }) }, { signal }),
      ingest: count => ingest(count, () => Date.now()),
      arrive,
      roots,
    }, filledPerSec)
  }
  finally {
    await store.close()
    await folder.close()
  }
}

/** The kinds of filter, each with the values it is tried with. */
function filterKinds(roots: readonly number[]): [kind: string, (round: number) => TraceFilterInput][] {
  const { devices, productKey, rareDevice, silentDevice, rareTopic, commonCode, rareCode } = benchFleet
  const device = (round: number) => deviceNameOf(1 + round * 7919 % devices)
  const root = (round: number) => roots[Math.floor(roots.length * (round * 0.618 % 1))]!
  return [
    ['device', round => ({ deviceName: device(round) })],
    ['device, rare', () => ({ deviceName: deviceNameOf(rareDevice) })],
    ['device, none', () => ({ deviceName: deviceNameOf(silentDevice) })],
    ['device and failed', round => ({ deviceName: device(round), code: 'failed' })],
    ['product of two rare devices', () => ({ productKey: 'a1RarePrdct' })],
    ['code, failed', () => ({ code: 'failed' })],
    ['code, common', () => ({ code: commonCode })],
    ['code, rare', () => ({ code: rareCode })],
    ['code, none', () => ({ code: 9999 })],
    ['trace id', round => ({ traceId: traceIdOf(root(round)) })],
    ['trace id, none', round => ({ traceId: traceIdOf(root(round) + 1_000_000) })],
    ['topic, common part', () => ({ topic: 'property/post' })],
    ['topic of one device', round => ({ topic: `/sys/${productKey}/${device(round)}/thing/event/property/post` })],
    ['topic, rare', () => ({ topic: rareTopic })],
    ['topic, none', () => ({ topic: 'thing/event/Nothing/post' })],
    ['lag > 500 ms', () => ({ lagAboveMs: 500 })],
    ['lag > 60 s, none', () => ({ lagAboveMs: 60_000 })],
  ]
}

/** How much longer than its processor time a piece of work takes: 1 on a machine that has nothing else to do. */
function measureCrowd(): number {
  const startedAt = performance.now()
  const used = process.cpuUsage()
  while (performance.now() - startedAt < 500) { /* Only to be seen how often something else has its turn. */ }
  const { user, system } = process.cpuUsage(used)
  return (performance.now() - startedAt) * 1000 / (user + system)
}

const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** Milliseconds until the page has something to show, or is known to be empty. */
async function firstPageMs(bed: Bed, filter: TraceFilterInput): Promise<number> {
  const startedAt = performance.now()
  for (let before: number | undefined; ;) {
    const { rows, nextId } = await bed.page(filter, before)
    if (rows.length > 0 || nextId === null)
      return performance.now() - startedAt
    before = nextId
  }
}

async function benchPages(bed: Bed, rounds: number, label: string, say: (line: string) => void): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const [kind, filterOf] of filterKinds(bed.roots)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      times.push(await firstPageMs(bed, filterOf(round)))
      await delay(5)
    }
    const sorted = times.toSorted((a, b) => a - b)
    say(`${kind}: p50 ${formatNumber(at(sorted, 0.5))}, p95 ${formatNumber(at(sorted, 0.95))}, max ${formatNumber(sorted.at(-1)!)} ms`)
    rows.push({ what: `first page, ${kind}, ${label}, 95th percentile of ${rounds}`, who: 'thingbench', unit: 'ms', samples: [at(sorted, 0.95)], atMost: 200, note: `median ${formatNumber(at(sorted, 0.5))}, longest ${formatNumber(sorted.at(-1)!)}` })
  }
  return rows
}

interface Scan { firstMs: number, perSec: number, found: number }

/** Searches everything kept, answer after answer, as a page does that goes on. */
async function scan(rows: number, next: (before: number | undefined) => Promise<{ found: number, nextId: number | null }>): Promise<Scan> {
  const startedAt = performance.now()
  let firstMs = 0
  let found = 0
  for (let before: number | undefined; ;) {
    const answer = await next(before)
    firstMs ||= performance.now() - startedAt
    found += answer.found
    if (answer.nextId === null)
      return { firstMs, found, perSec: rows / (performance.now() - startedAt) * 1000 }
    before = answer.nextId
  }
}

function textOf(bed: Bed, text: string) {
  return async (before: number | undefined) => {
    const { rows, nextId } = await bed.page({ text }, before, 300)
    return { found: rows.length, nextId }
  }
}
function keywordOf(bed: Bed, keyword: string) {
  return async (before: number | undefined) => {
    const { records, nextId } = await bed.search(keyword, before)
    return { found: records.length, nextId }
  }
}

async function benchText(bed: Bed, rows: number, repeat: number, label: string, say: (line: string) => void): Promise<BenchRow[]> {
  const who = 'thingbench'
  const figures: BenchRow[] = []
  for (const [what, next] of [['text in payloads', textOf(bed, benchFleet.rareText)], ['keyword of the log', keywordOf(bed, benchFleet.rareText)]] as const) {
    const runs: Scan[] = []
    for (let round = 0; round < repeat; round++) {
      runs.push(await scan(rows, next))
      say(`${what}: ${formatNumber(runs.at(-1)!.perSec)} rows/s, first answer after ${formatNumber(runs.at(-1)!.firstMs)} ms, ${runs.at(-1)!.found} found`)
    }
    figures.push(
      { what: `${what}, ${label}: searched`, who, unit: 'rows/s', samples: runs.map(run => run.perSec) },
      { what: `${what}, ${label}: first answer with its position`, who, unit: 'ms', samples: runs.map(run => run.firstMs), atMost: 600 },
    )
  }
  return figures
}

/** The flat-out rate of writing, alone and while a text is searched, in turns so that a slow moment of the machine hits both. */
async function benchWriting(bed: Bed, repeat: number, say: (line: string) => void): Promise<BenchRow[]> {
  const alone: BenchRow = { what: 'rows written flat out', who: 'alone', unit: 'rows/s', samples: [] }
  const searching: BenchRow = { what: 'rows written flat out', who: 'while a text is searched', unit: 'rows/s', samples: [] }
  for (let round = 0; round < repeat; round++) {
    alone.samples.push(await bed.ingest(150_000))
    const over = new AbortController()
    const search = (async () => {
      for (let before: number | undefined; !over.signal.aborted;) {
        const { nextId } = await bed.page({ text: 'nothing has this' }, before, 300)
        before = nextId ?? undefined
      }
    })()
    searching.samples.push(await bed.ingest(150_000))
    over.abort()
    await search
    say(`writing: ${formatNumber(alone.samples.at(-1)!)} rows/s alone, ${formatNumber(searching.samples.at(-1)!)} while searching`)
  }
  const samples = searching.samples.map((value, round) => value / alone.samples[round]!)
  return [alone, searching, { what: 'rows written flat out', who: 'while searching / alone', unit: '×', samples }]
}

/** Filter pages and text searches with messages arriving, then writing with and without them. */
export const benchLog: Bench = ({ long, repeat, rows: wanted, say }) => {
  const rows = wanted ?? (long ? 10_000_000 : 1_000_000)
  const label = `${formatNumber(rows)} rows`
  const who = 'thingbench'
  return withRows(rows, say, async (bed, filledPerSec) => {
    say(`filled at ${formatNumber(filledPerSec)} rows/s`)
    // The rate on its own first: what the machine does without anyone searching.
    const crowd = [measureCrowd(), measureCrowd(), measureCrowd()]
    const quietLoop = monitorEventLoopDelay({ resolution: 1 })
    const quiet = bed.arrive()
    quietLoop.enable()
    await delay(10_000)
    quietLoop.disable()
    const before = quiet()
    const loop = monitorEventLoopDelay({ resolution: 1 })
    const stop = bed.arrive()
    loop.enable()
    const pages = await benchPages(bed, long ? 60 : 30, label, say)
    const text = await benchText(bed, rows, Math.min(3, repeat), label, say)
    loop.disable()
    const during = stop()
    const commits = (sorted: number[]) => at(sorted.toSorted((a, b) => a - b), 0.99)
    return [
      { what: 'time a piece of work takes to its processor time (1: nothing else runs on this machine)', who: 'machine', unit: '×', samples: crowd },
      { what: `filled, ${label}`, who, unit: 'rows/s', samples: [filledPerSec] },
      ...pages,
      ...text,
      { what: 'messages arriving while searched', who, unit: 'rows/s', samples: [during.perSec], atLeast: arrivingPerSec * 0.99 },
      { what: 'arrival to commit at 5,000 a second, 99th percentile', who: 'alone', unit: 'ms', samples: [commits(before.commitMs)] },
      { what: 'arrival to commit at 5,000 a second, 99th percentile', who: 'while searched', unit: 'ms', samples: [commits(during.commitMs)], note: `longest ${formatNumber(Math.max(...during.commitMs))}` },
      { what: 'thread of the engine held up, 99.9th percentile', who: 'alone', unit: 'ms', samples: [quietLoop.percentile(99.9) / 1e6], note: `longest ${formatNumber(quietLoop.max / 1e6)}` },
      { what: 'thread of the engine held up, 99.9th percentile', who: 'while searched', unit: 'ms', samples: [loop.percentile(99.9) / 1e6], atMost: 50, note: `longest ${formatNumber(loop.max / 1e6)}` },
      ...await benchWriting(bed, Math.max(3, repeat), say),
    ]
  })
}
