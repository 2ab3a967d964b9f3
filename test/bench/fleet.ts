/**
 * The simulated fleet beside as many MQTT.js clients and beside a loop over bare sockets, on the same mosquitto in the same run:
 * how long it takes to connect, memory of an idle device, processor time of a QoS 1 report with one under way per device, and
 * how many a second one process gets acknowledged.
 * `npm run bench -- fleet`, or this file alone.
 */
import type { ChildProcess } from 'node:child_process'
import type { FleetStart, ToFleetProcess } from '../../src/engine/fleet/messages.ts'
import type { Mosquitto } from '../support/mosquitto.ts'
import type { LoadFigures, LoadOrder } from './fleet-load.ts'
import type { BenchOptions, BenchRow } from './report.ts'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { parseFromProcess } from '../../src/engine/fleet/messages.ts'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../src/shared/contract/fleet-life.ts'
import { plainReport } from '../../src/shared/contract/fleet-report.ts'
import { quietConfigConduct, quietUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { waitFor } from '../support/wait-for.ts'
import { benchDevice } from './broker-device.ts'
import { measureTree } from './process-tree.ts'
import { formatTable, ratio } from './report.ts'

const devices = 10_000
/** 5,000 reports a second: what both sides can do, so that the cost of one is compared at the same work. */
const pacedIntervalMs = 2_000
/** Each device reports again once its last report is acknowledged. */
const floodIntervalMs = 10
const settleMs = 2_000
const sides = ['thingbench', 'MQTT.js', 'bare sockets'] as const
type Side = (typeof sides)[number]

/** A fleet of either kind, in a process of its own. */
interface Load {
  pid: number
  figures: () => LoadFigures
  connect: () => void
  pace: () => void
  flood: () => void
  close: () => Promise<void>
}

interface Measured { connectedMs: number, idleKb: number, reportUs: number, acknowledgedPerSec: number, floodUs: number }

/** Connects, idles, reports at a pace and then as fast as it goes. */
async function measure(load: Load, longer: number): Promise<Measured> {
  try {
    await delay(settleMs)
    const memoryBefore = measureTree(load.pid).memoryBytes
    const startedAt = performance.now()
    load.connect()
    await waitFor(() => load.figures().connected === devices, { timeoutMs: 120_000, what: `${devices} connections` })
    const connectedMs = performance.now() - startedAt
    await delay(settleMs)
    const idleKb = (measureTree(load.pid).memoryBytes - memoryBefore) / 1024 / devices
    load.pace()
    await delay(settleMs)
    const paced = await measureFor(load, 4_000 * longer)
    load.flood()
    await delay(settleMs)
    const flooded = await measureFor(load, 4_000 * longer)
    return { connectedMs, idleKb, reportUs: paced.cpuUs, acknowledgedPerSec: flooded.perSec, floodUs: flooded.cpuUs }
  }
  finally {
    await load.close()
  }
}

/** Acknowledged reports a second, and processor time of the fleet for each. */
async function measureFor(load: Load, ms: number): Promise<{ perSec: number, cpuUs: number }> {
  const before = { at: performance.now(), cpuSec: measureTree(load.pid).cpuSec, acknowledged: load.figures().acknowledged }
  await delay(ms)
  const acknowledged = load.figures().acknowledged - before.acknowledged
  return {
    perSec: acknowledged * 1000 / (performance.now() - before.at),
    cpuUs: (measureTree(load.pid).cpuSec - before.cpuSec) * 1e6 / acknowledged,
  }
}

function forkBeside(file: string): ChildProcess {
  return fork(new URL(file, import.meta.url), [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

async function startOurs(mosquitto: Mosquitto): Promise<Load> {
  const child = forkBeside('../../src/engine/fleet-process-entry.ts')
  const post = (message: ToFleetProcess): void => void child.send(message)
  const start: FleetStart = {
    kind: 'start',
    hashesTrace: false,
    conversation: quietConversation,
    updates: quietUpdates,
    config: quietConfigConduct,
    network: null,
    misbehaviour: [],
    report: plainReport,
    life: defaultLife,
    downloadsMax: 1,
    subDevices: null,
    broker: { host: mosquitto.host, port: mosquitto.port, tls: null },
    devices: [],
    model: {
      profile: {},
      properties: [
        { identifier: 'Temperature', name: 'Temperature', accessMode: 'r', required: false, dataType: { type: 'double', min: -40, max: 85, step: 0.1 } },
        { identifier: 'Note', name: 'Note', accessMode: 'r', required: false, dataType: { type: 'text', length: 100 } },
      ],
      events: [],
      services: [],
    },
    // Brings the payload to 200 bytes, the peer's size.
    behaviours: { Note: { kind: 'constant', value: 'x'.repeat(72) } },
    intervalMs: 86_400_000,
    qos: 1,
    connectPerSec: 20_000,
    handshakesMax: 90,
    spreadSources: false,
    seed: 1,
    durationMs: null,
    subscribe: false,
    foreign: { firstIndex: 0, login: null, report: null, subscriptions: [] },
    version: 'bench',
  }
  let figures: LoadFigures = { connected: 0, published: 0, acknowledged: 0 }
  const ready = once(child, 'message')
  child.on('message', (value) => {
    const parsed = parseFromProcess(value)
    if (parsed.ok && parsed.message.kind === 'status') {
      const { online, published, acknowledged } = parsed.message.status.counters
      figures = { connected: online, published, acknowledged }
    }
  })
  await ready
  post(start)
  return {
    pid: child.pid!,
    figures: () => figures,
    connect: () => post({ kind: 'update', addDevices: Array.from({ length: devices }, (_, index) => benchCertificate(index)) }),
    pace: () => post({ kind: 'update', intervalMs: pacedIntervalMs }),
    flood: () => post({ kind: 'update', intervalMs: floodIntervalMs, report: { ...plainReport, oneAtATime: true } }),
    close: () => end(child),
  }
}

function benchCertificate(index: number): FleetStart['devices'][number] {
  const { productKey, deviceName, deviceSecret } = benchDevice(index)
  return { productKey, deviceName, deviceSecret }
}

async function startPeer(file: string, mosquitto: Mosquitto): Promise<Load> {
  const child = forkBeside(file)
  const post = (order: LoadOrder): void => void child.send(order)
  let figures: LoadFigures = { connected: 0, published: 0, acknowledged: 0 }
  const ready = once(child, 'message')
  child.on('message', (value) => {
    figures = value as LoadFigures
  })
  await ready
  return {
    pid: child.pid!,
    figures: () => figures,
    connect: () => post({ kind: 'connect', port: mosquitto.port, count: devices }),
    pace: () => post({ kind: 'pace', intervalMs: pacedIntervalMs }),
    flood: () => post({ kind: 'flat' }),
    close: () => end(child),
  }
}

function startSide(side: Side, mosquitto: Mosquitto): Promise<Load> {
  return side === 'thingbench' ? startOurs(mosquitto) : startPeer(side === 'MQTT.js' ? './fleet-peer.ts' : './fleet-bare.ts', mosquitto)
}

/** The rows of the benchmark; Linux with mosquitto only. */
export async function benchFleet({ long, repeat, say }: BenchOptions): Promise<BenchRow[]> {
  const rounds: Record<Side, Measured[]> = { 'thingbench': [], 'MQTT.js': [], 'bare sockets': [] }
  for (let round = 0; round < repeat; round++) {
    // Another one goes first in every round.
    for (const side of [...sides.slice(round % sides.length), ...sides.slice(0, round % sides.length)]) {
      const mosquitto = await startMosquitto()
      try {
        const result = await measure(await startSide(side, mosquitto), long ? 4 : 1)
        rounds[side].push(result)
        say(`round ${round + 1}, ${side}: connected in ${Math.round(result.connectedMs)} ms, ${result.idleKb.toFixed(1)} kB a device, ${result.reportUs.toFixed(0)} µs a report, up to ${Math.round(result.acknowledgedPerSec).toLocaleString('en')}/s at ${result.floodUs.toFixed(0)} µs`)
      }
      finally {
        await mosquitto.close()
      }
    }
  }
  return rowsOf(rounds)
}

function rowsOf(rounds: Record<Side, Measured[]>): BenchRow[] {
  const figure = (what: string, unit: string, pick: (measured: Measured) => number, more: Partial<BenchRow> = {}): [ours: BenchRow, mqttJs: BenchRow, bare: BenchRow] => {
    const [ours, mqttJs, bare] = sides.map(who => ({ what, who, unit, samples: rounds[who].map(pick) })) as [BenchRow, BenchRow, BenchRow]
    return [{ ...ours, ...more }, mqttJs, bare]
  }
  const connected = figure('10,000 devices connected to mosquitto, each login signed', 'ms', measured => measured.connectedMs, { key: 'connect.ms' })
  const idle = figure('memory of an idle device, 10,000 connected', 'kB', measured => measured.idleKb, { atMost: 12, key: 'memoryPerDevice.kB' })
  const cost = figure('processor time of a QoS 1 report, one under way per device', 'µs', measured => measured.floodUs, { key: 'cpuPerPublish.us' })
  const most = figure('QoS 1 reports acknowledged by mosquitto, one under way per device', 'msg/s', measured => measured.acknowledgedPerSec)
  const paced = figure('processor time of a QoS 1 report, 5,000 a second', 'µs', measured => measured.reportUs, { key: 'cpuPerPublish.pacedUs' })
  const [ours, mqttJs, bare] = [0, 1, 2] as const
  return [
    ...connected,
    ratio('time to connect', connected[ours], connected[bare], { atMost: 2, key: 'connect.ratioToBareSockets' }),
    ratio('time to connect', connected[ours], connected[mqttJs], { key: 'connect.ratioToMqttJs' }),
    ...idle,
    ratio('memory of an idle device', idle[ours], idle[mqttJs], { key: 'memoryPerDevice.ratioToMqttJs' }),
    ...cost,
    ratio('processor time of a report', cost[ours], cost[mqttJs], { atMost: 1 / 3, key: 'cpuPerPublish.ratioToMqttJs' }),
    ratio('processor time of a report', cost[ours], cost[bare], { atMost: 1.3, key: 'cpuPerPublish.ratioToBareSockets' }),
    ...most,
    ...paced,
    ratio('processor time of a report, 5,000 a second', paced[ours], paced[mqttJs], { key: 'cpuPerPublish.pacedRatioToMqttJs' }),
  ]
}

if (process.argv[1] === import.meta.filename) {
  const rows = await benchFleet({ long: process.argv.includes('--long'), repeat: 3, say: line => process.stderr.write(`${line}\n`) })
  process.stdout.write(`${formatTable(rows)}\n`)
}
