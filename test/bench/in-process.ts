/** Devices without sockets, in the engine's own process: how many it holds, and what a post costs beside one over TCP. */
import type { FleetTransport } from '../../src/shared/contract/fleet.ts'
import type { BenchOptions, BenchRow } from './report.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAll, createMeterFleet, withBenchServer } from './bench-server.ts'
import { measureTree } from './process-tree.ts'
import { ratio } from './report.ts'

interface Load { count: number, intervalSec: number, transport: FleetTransport, seconds: number }
interface Outcome { connectSec: number, cores: number, acknowledgedPerSec: number, latenessP99Ms: number, memoryBytes: number, lost: number }

async function carry({ seconds, ...settings }: Load): Promise<Outcome> {
  let outcome: Outcome | undefined
  await withBenchServer([], async (server) => {
    const { fleetId } = await createMeterFleet(server, settings)
    const before = measureTree(server.pid).memoryBytes
    const startedAt = performance.now()
    await connectAll(server, fleetId, settings.count)
    const connectSec = (performance.now() - startedAt) / 1000
    // The first seconds compile code and fill caches.
    await delay(3_000)
    const from = await server.client.call('fleet.get', { fleetId })
    const useFrom = measureTree(server.pid)
    const measuredAt = performance.now()
    await delay(seconds * 1_000)
    const to = await server.client.call('fleet.get', { fleetId })
    const useTo = measureTree(server.pid)
    const elapsedSec = (performance.now() - measuredAt) / 1000
    outcome = {
      connectSec,
      cores: (useTo.cpuSec - useFrom.cpuSec) / elapsedSec,
      acknowledgedPerSec: (to.stats.acknowledged - from.stats.acknowledged) / elapsedSec,
      latenessP99Ms: to.stats.latenessMs.p99,
      memoryBytes: useTo.memoryBytes - before,
      lost: to.stats.skipped + Object.values(to.stats.errors).reduce((sum, count) => sum + count, 0),
    }
  })
  return outcome!
}

/** 50,000 devices that report every 20 s, and 1,000 that report five times a second beside as many over TCP. */
export async function benchInProcess({ repeat, long, say }: BenchOptions): Promise<BenchRow[]> {
  const seconds = long ? 60 : 15
  const many: Outcome[] = []
  const cost: Record<FleetTransport, number[]> = { 'tcp': [], 'in-process': [] }
  for (let round = 0; round < repeat; round++) {
    many.push(await carry({ count: 50_000, intervalSec: 20, transport: 'in-process', seconds }))
    for (const transport of ['tcp', 'in-process'] as const) {
      const { cores, acknowledgedPerSec } = await carry({ count: 1_000, intervalSec: 0.2, transport, seconds })
      cost[transport].push(cores * 1e6 / acknowledgedPerSec)
    }
    say(`round ${round + 1}: 50,000 connected in ${many.at(-1)?.connectSec.toFixed(1)} s; ${cost.tcp.at(-1)?.toFixed(0)} µs a post over TCP, ${cost['in-process'].at(-1)?.toFixed(0)} without a socket`)
  }
  const who = 'thingbench'
  const label = '50,000 devices without sockets, a post each 20 s'
  const tcp: BenchRow = { what: 'processor time of a post, device to reply, 1,000 devices', who: 'over TCP', unit: 'µs', samples: cost.tcp }
  const inProcess: BenchRow = { ...tcp, who: 'without a socket', samples: cost['in-process'] }
  return [
    { what: `${label}: connected`, who, unit: 's', samples: many.map(({ connectSec }) => connectSec) },
    { what: `${label}: lateness of the tick, p99`, who, unit: 'ms', samples: many.map(({ latenessP99Ms }) => latenessP99Ms), atMost: 50 },
    { what: `${label}: processor`, who, unit: 'cores', samples: many.map(({ cores }) => cores) },
    { what: `${label}: left out or failed`, who, unit: 'posts', samples: many.map(({ lost }) => lost), atMost: 0 },
    { what: `${label}: memory a device, platform and fleet`, who, unit: 'kB', samples: many.map(({ memoryBytes }) => memoryBytes / 50_000 / 1024) },
    tcp,
    inProcess,
    ratio('without a socket / over TCP', inProcess, tcp),
  ]
}
