/**
 * The broker beside bare aedes and bare mosquitto in the same run: publishes answered a second in a closed loop of QoS 1 over
 * many connections, processor time for each, and memory of an idle connection. `npm run bench -- broker`, or this file alone.
 */
import type { ChildProcess } from 'node:child_process'
import type { BenchOptions, BenchRow } from './report.ts'
import { execFileSync, fork } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { startMosquitto } from '../support/mosquitto.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { measureTree } from './process-tree.ts'
import { formatTable, ratio } from './report.ts'

const connections = 5_000
const payloadBytes = 200
/** Turns of each side in one round. */
const passes = 3
const sides = ['thingbench', 'thingbench with store', 'aedes', 'mosquitto'] as const
type Side = (typeof sides)[number]

/** A broker with its load connected to it. */
interface Running {
  connectedMs: number
  idleKb: number
  run: (ms: number) => Promise<Run>
  close: () => Promise<void>
}

interface Run { answered: number, ms: number, brokerCpuMs: number, loadCpuMs: number }

interface Result {
  connectedMs: number
  /** Memory that an idle connection adds to the broker. */
  idleKb: number
  answeredPerSec: number
  /** Processor time of the broker for one publish. */
  brokerUs: number
  /** How much of one core the load needed: near 1, it limits what can be measured. */
  loadCores: number
}

type Round = Record<Side, Result>

function findPinning(): string | null {
  try {
    execFileSync('taskset', ['--version'])
    return cpus().length > 1 ? 'taskset' : null
  }
  catch {
    return null
  }
}

/** The program that ties a process to a core, so that broker and load do not take turns on one; null where there is none. */
const pinning = findPinning()

export async function benchBroker({ long, repeat, say }: BenchOptions): Promise<BenchRow[]> {
  const rounds: Round[] = []
  for (let index = 0; index < repeat; index++) {
    const round = await runRound(index, long ? 3_000 : 1_000)
    rounds.push(round)
    for (const side of sides) {
      const { answeredPerSec, brokerUs, loadCores, idleKb } = round[side]
      say(`round ${index + 1}, ${side}: ${Math.round(answeredPerSec).toLocaleString('en')} answered/s, ${brokerUs.toFixed(1)} µs of the broker each, load on ${loadCores.toFixed(2)} cores, ${idleKb.toFixed(1)} kB a connection`)
    }
  }
  return toRows(rounds)
}

/** Starts all sides, gives each its connections, and lets them run in turns, so that a slow moment of the machine hits all. */
async function runRound(round: number, windowMs: number): Promise<Round> {
  const running = new Map<Side, Running>()
  try {
    for (const side of sides)
      running.set(side, await start(side))
    for (const one of running.values())
      await one.run(1_000)
    const runs = new Map<Side, Run[]>(sides.map(side => [side, []]))
    for (let pass = 0; pass < passes; pass++) {
      for (const index of sides.keys()) {
        const side = sides[(index + pass + round) % sides.length]!
        runs.get(side)!.push(await running.get(side)!.run(windowMs))
      }
    }
    return Object.fromEntries(sides.map(side => [side, summarise(running.get(side)!, runs.get(side)!)])) as Round
  }
  finally {
    for (const one of running.values())
      await one.close()
  }
}

function summarise({ connectedMs, idleKb }: Running, runs: readonly Run[]): Result {
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0)
  const answered = sum(run => run.answered)
  return {
    connectedMs,
    idleKb,
    answeredPerSec: answered / sum(run => run.ms) * 1000,
    brokerUs: sum(run => run.brokerCpuMs) * 1000 / answered,
    loadCores: sum(run => run.loadCpuMs) / sum(run => run.ms),
  }
}

function toRows(rounds: readonly Round[]): BenchRow[] {
  const row = (what: string, who: Side, unit: string, key: keyof Result): BenchRow => ({ what, who, unit, samples: rounds.map(round => round[who][key]) })
  const rate = `publishes answered, QoS 1, ${connections.toLocaleString('en')} connections, ${payloadBytes} B`
  const memory = 'memory of an idle connection'
  const of = (what: string, unit: string, key: keyof Result) => Object.fromEntries(sides.map(side => [side, row(what, side, unit, key)])) as Record<Side, BenchRow>
  const rates = of(rate, 'msg/s', 'answeredPerSec')
  const cost = 'processor time of the broker for each'
  const costs = of(cost, 'µs', 'brokerUs')
  const memories = of(memory, 'kB', 'idleKb')
  return [
    ...Object.values(rates),
    ratio(rate, rates.thingbench, rates.aedes, { atLeast: 2 }),
    ratio(rate, rates.thingbench, rates.mosquitto, { atLeast: 0.7 }),
    ...Object.values(costs),
    // What a busy machine does to the rates it does to these far less.
    ratio(cost, costs.thingbench, costs.aedes),
    ratio(cost, costs.thingbench, costs.mosquitto),
    ...Object.values(of('the load\'s share of its core', 'cores', 'loadCores')),
    ...Object.values(memories),
    ratio(memory, memories.thingbench, memories.aedes, { atMost: 1 / 3 }),
    ...Object.values(of(`connecting ${connections.toLocaleString('en')} devices, 90 at a time`, 'ms', 'connectedMs')),
  ]
}

async function start(side: Side): Promise<Running> {
  const broker = side === 'mosquitto' ? await startMosquittoPeer() : await startPeer(side)
  const before = await broker.memoryBytes()
  const load = forkOn(1, 'broker-load.ts', [broker.port, connections, payloadBytes])
  const { connectedMs } = await answer<{ connectedMs: number }>(load)
  return {
    connectedMs,
    idleKb: (await broker.memoryBytes() - before) / 1024 / connections,
    async run(wantedMs) {
      const cpuBefore = measureTree(broker.pid).cpuSec
      load.send({ run: wantedMs })
      const { acknowledged, ms, cpuMs } = await answer<{ acknowledged: number, ms: number, cpuMs: number }>(load)
      return { answered: acknowledged, ms, loadCpuMs: cpuMs, brokerCpuMs: (measureTree(broker.pid).cpuSec - cpuBefore) * 1000 }
    },
    async close() {
      await end(load)
      await broker.close()
    },
  }
}

interface Peer { port: number, pid: number, memoryBytes: () => Promise<number>, close: () => Promise<void> }

async function startPeer(side: Exclude<Side, 'mosquitto'>): Promise<Peer> {
  const folder = side === 'thingbench with store' ? createTempFolder() : undefined
  // The store's writer works beside the broker, on another core.
  const child = forkOn(folder === undefined ? 0 : null, 'broker-peer.ts', [side === 'aedes' ? 'aedes' : 'thingbench', connections, ...folder ? [folder.path] : []])
  const { port } = await answer<{ port: number }>(child)
  return {
    port,
    pid: child.pid!,
    async memoryBytes() {
      child.send('memory')
      return (await answer<{ rss: number }>(child)).rss
    },
    async close() {
      await end(child)
      await folder?.close()
    },
  }
}

async function startMosquittoPeer(): Promise<Peer> {
  const { port, pid, close } = await startMosquitto()
  if (pinning !== null)
    execFileSync(pinning, ['-p', '-c', '0', String(pid)])
  return { port, pid, memoryBytes: async () => measureTree(pid).memoryBytes, close }
}

function forkOn(core: number | null, file: string, args: (string | number)[]): ChildProcess {
  const execArgv = ['--expose-gc']
  return fork(join(import.meta.dirname, file), args.map(String), pinning === null || core === null
    ? { execArgv }
    : { execPath: pinning, execArgv: ['-c', String(core), process.execPath, ...execArgv] })
}

/** The next message of a child; fails when it ends instead. */
function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A process of the benchmark ended with ${code}.`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.disconnect()
  await gone
}

if (import.meta.main) {
  const rows = await benchBroker({ long: process.argv.includes('--long'), repeat: 3, say: line => console.log(line) })
  console.log(`\n${formatTable(rows)}`)
}
