/**
 * The whole way: `thingbench serve` in a process of its own, the fleet in another, real sockets, everything checked, stored and
 * replied to. What a person would wait for, and what is left of it after `kill -9`.
 */
import type { BenchServer } from './bench-server.ts'
import type { BenchOptions, BenchRow } from './report.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'
import { connectAll, createMeterFleet, startBenchServer, withBenchServer } from './bench-server.ts'
import { measureTree } from './process-tree.ts'

/** From an empty folder to a thousand devices that are online and have each reported, as `npm start` does it the first time. */
export async function benchStart({ repeat, say }: BenchOptions): Promise<BenchRow[]> {
  const ready: number[] = []
  const online: number[] = []
  const reporting: number[] = []
  for (let round = 0; round < repeat; round++) {
    const folder = createTempFolder()
    const startedAt = performance.now()
    const seconds = () => (performance.now() - startedAt) / 1000
    const server = await startBenchServer(folder.path, ['--sample'])
    try {
      ready.push(seconds())
      const fleet = async () => (await server.client.call('fleet.list', {}))[0]
      await waitFor(async () => (await fleet())?.stats.connected === 1_000, { timeoutMs: 60_000, what: '1,000 devices to be connected' })
      online.push(seconds())
      // Each device reports once in its interval, so all have when as many replies came as there are devices, each being from another one.
      await waitFor(async () => (await reportedDevices(server)) === 1_000, { timeoutMs: 60_000, what: '1,000 devices to have reported' })
      reporting.push(seconds())
      say(`start ${round + 1}: ready ${ready.at(-1)?.toFixed(1)} s, online ${online.at(-1)?.toFixed(1)} s, reporting ${reporting.at(-1)?.toFixed(1)} s`)
    }
    finally {
      await server.stop()
      await folder.close()
    }
  }
  const who = 'thingbench'
  return [
    {
      what: 'empty folder → ready',
      who,
      unit: 's',
      samples: ready,
    },
    {
      what: 'empty folder → 1,000 devices online',
      who,
      unit: 's',
      samples: online,
    },
    {
      what: 'empty folder → all 1,000 have reported (one post each 5 s)',
      who,
      unit: 's',
      samples: reporting,
      atMost: 10,
    },
  ]
}

/** How many devices the trace has a property post of. */
async function reportedDevices(server: BenchServer): Promise<number> {
  const names = new Set<string>()
  let after = 0
  for (;;) {
    const page = await server.client.call('trace.page', {
      filter: { direction: 'up', topic: 'property/post' },
      after,
      limit: 1_000,
    })
    for (const row of page.rows)
      names.add(row.deviceName)
    if (page.nextId === null)
      return names.size
    after = page.nextId
  }
}

interface Sustained { acknowledgedPerSec: number, p99Ms: number, cores: number, payloadBytes: number, acknowledged: number, stored: number }

/** Reports at a rate for a while, then `kill -9` and counts what is on disk against what was acknowledged. */
async function sustain(offeredPerSec: number, seconds: number, devices: number): Promise<Sustained> {
  const folder = createTempFolder()
  try {
    const server = await startBenchServer(folder.path)
    let result: Omit<Sustained, 'stored'>
    let filter
    try {
      const { fleetId, productKey } = await createMeterFleet(server, { count: devices, intervalSec: devices / offeredPerSec })
      filter = { productKey, direction: 'up' as const, topic: 'property/post' }
      await connectAll(server, fleetId, devices)
      // The first seconds compile code and fill caches; they are not what an hour looks like.
      await delay(3_000)
      const from = await server.client.call('fleet.get', { fleetId })
      const useFrom = measureTree(server.pid)
      const startedAt = performance.now()
      await delay(seconds * 1_000)
      const to = await server.client.call('fleet.get', { fleetId })
      const elapsedSec = (performance.now() - startedAt) / 1000
      const useTo = measureTree(server.pid)
      const { rows } = await server.client.call('trace.page', { filter, limit: 1 })
      await server.client.call('fleet.stop', { fleetId })
      const { stats } = await server.client.call('fleet.get', { fleetId })
      result = {
        acknowledgedPerSec: (to.stats.acknowledged - from.stats.acknowledged) / elapsedSec,
        p99Ms: to.stats.latencyMs.p99,
        cores: (useTo.cpuSec - useFrom.cpuSec) / elapsedSec,
        payloadBytes: rows[0]?.payloadBytes ?? 0,
        acknowledged: stats.acknowledged,
      }
    }
    finally {
      await server.kill()
    }
    return { ...result, stored: await countStored(folder.path, filter) }
  }
  finally {
    await folder.close()
  }
}

/** Counts messages in a workspace that was left by a killed engine. */
async function countStored(workspace: string, filter: { productKey: string, direction: 'up', topic: string }): Promise<number> {
  const server = await startBenchServer(workspace)
  try {
    let stored = 0
    await server.client.subscribe('trace.export', { filter, format: 'jsonl' }, ({ rows }) => { stored += rows })
    return stored
  }
  finally {
    await server.stop()
  }
}

/** What engine and fleet hold together on this machine: a rate they must hold, and as much as goes. */
export async function benchSustained({ repeat, long, say }: BenchOptions): Promise<BenchRow[]> {
  const seconds = long ? 120 : 10
  const rows: BenchRow[] = []
  for (const { offered, devices, atLeast } of [
    { offered: 6_000, devices: 1_000, atLeast: 5_000 },
    { offered: 30_000, devices: 3_000, atLeast: undefined },
  ]) {
    const runs: Sustained[] = []
    for (let round = 0; round < repeat; round++) {
      const run = await sustain(offered, seconds, devices)
      runs.push(run)
      say(`${offered} posts/s offered, round ${round + 1}: ${Math.round(run.acknowledgedPerSec)} acknowledged/s, ${run.acknowledged} acknowledged, ${run.stored} stored`)
    }
    const who = 'thingbench'
    const label = `${offered.toLocaleString('en')} posts/s offered by ${devices.toLocaleString('en')} devices, ${seconds} s`
    rows.push(
      {
        what: `${label}: acknowledged`,
        who,
        unit: 'posts/s',
        samples: runs.map(run => run.acknowledgedPerSec),
        ...(atLeast === undefined
          ? {}
          : { atLeast }),
        note: `${runs[0]?.payloadBytes} bytes, QoS 1, checked, stored, replied`,
      },
      {
        what: `${label}: publish to PUBACK, p99`,
        who,
        unit: 'ms',
        samples: runs.map(run => run.p99Ms),
      },
      {
        what: `${label}: processor, engine and fleet`,
        who,
        unit: 'cores',
        samples: runs.map(run => run.cores),
      },
      {
        what: `${label}: acknowledged but not stored after kill -9`,
        who,
        unit: 'posts',
        samples: runs.map(run => Math.max(0, run.acknowledged - run.stored)),
        atMost: 0,
      },
    )
  }
  return rows
}

/** Memory of engine, broker and fleet with ten thousand idle devices against the same processes with one. */
export async function benchIdle({ repeat, say }: BenchOptions): Promise<BenchRow[]> {
  const devices = 10_000
  const connectSec: number[] = []
  const perDevice: number[] = []
  for (let round = 0; round < repeat; round++) {
    await withBenchServer([], async (server) => {
      const { fleetId } = await createMeterFleet(server, { count: 1, intervalSec: 86_400 })
      await connectAll(server, fleetId, 1)
      const before = await settledMemory(server)
      const startedAt = performance.now()
      await server.client.call('fleet.update', {
        fleetId,
        change: { count: devices },
      })
      await connectAll(server, fleetId, devices)
      connectSec.push((performance.now() - startedAt) / 1000)
      const after = await settledMemory(server)
      perDevice.push((after - before) / (devices - 1) / 1024)
      say(`idle, round ${round + 1}: ${connectSec.at(-1)?.toFixed(1)} s to connect, ${perDevice.at(-1)?.toFixed(1)} kB a device`)
    })
  }
  const who = 'thingbench'
  return [
    {
      what: '10,000 devices made, signed and connected',
      who,
      unit: 's',
      samples: connectSec,
    },
    {
      what: 'memory a device, engine + broker + fleet, 10,000 idle',
      who,
      unit: 'kB',
      samples: perDevice,
      atMost: 30,
    },
  ]
}

/** The least memory seen while the processes have time to collect what they no longer need. */
async function settledMemory(server: BenchServer): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let second = 0; second < 7; second++) {
    await delay(1_000)
    least = Math.min(least, measureTree(server.pid).memoryBytes)
  }
  return least
}
