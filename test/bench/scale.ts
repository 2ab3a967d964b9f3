/**
 * As many devices as one machine's file handles let the platform hold, each reporting every 20 seconds: whether none of their
 * messages is lost, whether they report in time, and whether memory stays where it is.
 */
import type { BenchOptions, BenchRow } from './report.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { readOpenFilesMax } from '../../src/engine/fleet/open-files-limit.ts'
import { connectAll, createMeterFleet, withBenchServer } from './bench-server.ts'
import { measureTree } from './process-tree.ts'

const intervalSec = 20
/** Handles that the platform needs beside those of its devices. */
const otherHandles = 1_000
const devicesMax = 19_000
/** Memory is looked at so often, and compared between the first and the last so many looks. */
const lookMs = 5_000
const looksCompared = 6

interface Outcome { connectSec: number, processes: number, acknowledgedPerSec: number, lost: number, latenessP99Ms: number, cores: number, memoryBytes: number, growth: number }

async function carry(count: number, seconds: number): Promise<Outcome> {
  return await withBenchServer([], async (server) => {
    const { fleetId } = await createMeterFleet(server, { count, intervalSec })
    const fleet = () => server.client.call('fleet.get', { fleetId })
    const startedAt = performance.now()
    await connectAll(server, fleetId, count)
    const connectSec = (performance.now() - startedAt) / 1000
    // One interval compiles code and fills caches; by then every device has reported.
    await delay(intervalSec * 1_000)
    const from = await fleet()
    const useFrom = measureTree(server.pid)
    const measuredAt = performance.now()
    const memory: number[] = []
    while (performance.now() - measuredAt < seconds * 1_000) {
      await delay(lookMs)
      memory.push(measureTree(server.pid).memoryBytes)
    }
    const to = await fleet()
    const useTo = measureTree(server.pid)
    const elapsedSec = (performance.now() - measuredAt) / 1000
    await server.client.call('fleet.stop', { fleetId, drain: true })
    const summary = await server.client.call('fleet.summary', { fleetIds: [fleetId] })
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    return {
      connectSec,
      processes: to.stats.processes,
      acknowledgedPerSec: (to.stats.acknowledged - from.stats.acknowledged) / elapsedSec,
      lost: summary.lost + summary.skipped + Object.values(summary.errors).reduce((sum, errors) => sum + errors, 0),
      latenessP99Ms: to.stats.latenessMs.p99,
      cores: (useTo.cpuSec - useFrom.cpuSec) / elapsedSec,
      memoryBytes: memory.at(-1)!,
      growth: mean(memory.slice(-looksCompared)) / mean(memory.slice(0, looksCompared)),
    }
  })
}

/** Ten minutes in the long form, one otherwise. Linux only. */
export async function benchScale({ repeat, long, say }: BenchOptions): Promise<BenchRow[]> {
  const handles = readOpenFilesMax()
  const count = Math.min(devicesMax, (handles ?? Number.POSITIVE_INFINITY) - otherHandles)
  const outcomes: Outcome[] = []
  for (let round = 0; round < (long ? 1 : repeat); round++) {
    const outcome = await carry(count, long ? 600 : 60)
    outcomes.push(outcome)
    say(`round ${round + 1}: ${count.toLocaleString('en')} devices connected in ${outcome.connectSec.toFixed(1)} s by ${outcome.processes} processes; ${Math.round(outcome.acknowledgedPerSec)} posts/s, ${outcome.lost} lost, late by ${outcome.latenessP99Ms} ms (p99), memory ${outcome.growth.toFixed(3)}×`)
  }
  const what = `${count.toLocaleString('en')} devices, a post each ${intervalSec} s`
  const row = (name: string, unit: string, pick: (outcome: Outcome) => number, more: Partial<BenchRow> = {}): BenchRow => ({ what: `${what}: ${name}`, who: 'thingbench', unit, samples: outcomes.map(pick), ...more })
  return [
    row('connected', 's', ({ connectSec }) => connectSec, { note: `${handles ?? 'unlimited'} file handles a process` }),
    row('acknowledged', 'msg/s', ({ acknowledgedPerSec }) => acknowledgedPerSec),
    row('lost, left out or failed', 'posts', ({ lost }) => lost, { atMost: 0 }),
    row('lateness of the tick, p99', 'ms', ({ latenessP99Ms }) => latenessP99Ms, { atMost: 50 }),
    row('processor', 'cores', ({ cores }) => cores),
    row('memory, platform and fleet', 'MB', ({ memoryBytes }) => memoryBytes / 1024 ** 2),
    row('memory at the end beside the beginning', '×', ({ growth }) => growth, { atMost: 1.05 }),
  ]
}
