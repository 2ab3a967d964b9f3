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
const sides = ['thingbench', 'aedes', 'mosquitto'] as const
type Side = (typeof sides)[number]

/** A broker with its load connected to it. */
interface Running {
  connectedMs: number
  idleKbPerConnection: number
  run: (ms: number) => Promise<Run>
  close: () => Promise<void>
}

interface Run {
  answeredPerSec: number
  /** Processor time of the broker for one publish. */
  brokerUs: number
  /** How much of one core the load needed: near 1, it limits what can be measured. */
  loadCores: number
}

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
  const rounds: Record<Side, { run: Run, running: Running }>[] = []
  for (let round = 0; round < repeat; round++) {
    const running = new Map<Side, Running>()
    try {
      for (const side of sides)
        running.set(side, await start(side))
      for (const one of running.values())
        await one.run(1_000)
      const results = {} as Record<Side, { run: Run, running: Running }>
      // Another one goes first in each round.
      for (let index = 0; index < sides.length; index++) {
        const side = sides[(index + round) % sides.length]!
        const one = running.get(side)!
        results[side] = { running: one, run: await one.run(long ? 10_000 : 3_000) }
        const { answeredPerSec, brokerUs, loadCores } = results[side].run
        say(`round ${round + 1}, ${side}: ${Math.round(answeredPerSec).toLocaleString('en')} answered/s, ${brokerUs.toFixed(1)} µs of the broker each, load on ${loadCores.toFixed(2)} cores, ${one.idleKbPerConnection.toFixed(1)} kB a connection`)
      }
      rounds.push(results)
    }
    finally {
      for (const one of running.values())
        await one.close()
    }
  }
  return toRows(rounds)
}

function toRows(rounds: readonly Record<Side, { run: Run, running: Running }>[]): BenchRow[] {
  const row = (what: string, who: Side, unit: string, of: (result: { run: Run, running: Running }) => number): BenchRow => ({ what, who, unit, samples: rounds.map(round => of(round[who])) })
  const rate = `publishes answered, QoS 1, ${connections.toLocaleString('en')} connections, ${payloadBytes} B`
  const memory = 'memory of an idle connection'
  const rates = Object.fromEntries(sides.map(side => [side, row(rate, side, 'msg/s', ({ run }) => run.answeredPerSec)])) as Record<Side, BenchRow>
  const kilobytes = Object.fromEntries(sides.map(side => [side, row(memory, side, 'kB', ({ running }) => running.idleKbPerConnection)])) as Record<Side, BenchRow>
  return [
    ...sides.map(side => rates[side]),
    ratio(rate, rates.thingbench, rates.aedes, { atLeast: 2 }),
    ratio(rate, rates.thingbench, rates.mosquitto, { atLeast: 0.7 }),
    ...sides.map(side => row('processor time of the broker for each', side, 'µs', ({ run }) => run.brokerUs)),
    ...sides.map(side => row('the load\'s share of its core', side, 'cores', ({ run }) => run.loadCores)),
    ...sides.map(side => kilobytes[side]),
    ratio(memory, kilobytes.thingbench, kilobytes.aedes, { atMost: 1 / 3 }),
    ...sides.map(side => row(`connecting ${connections.toLocaleString('en')} devices, one after the other in 90 lanes`, side, 'ms', ({ running }) => running.connectedMs)),
  ]
}

async function start(side: Side): Promise<Running> {
  const broker = side === 'mosquitto' ? await startMosquittoPeer() : await startPeer(side)
  const before = await broker.rss()
  const load = forkOn(1, 'broker-load.ts', [broker.port, connections, payloadBytes])
  const { connectedMs } = await answer<{ connectedMs: number }>(load)
  const after = await broker.rss()
  return {
    connectedMs,
    idleKbPerConnection: (after - before) / 1024 / connections,
    async run(ms) {
      const cpuBefore = measureTree(broker.pid).cpuSec
      load.send({ run: ms })
      const result = await answer<{ acknowledged: number, ms: number, cpuMs: number }>(load)
      const cpuSec = measureTree(broker.pid).cpuSec - cpuBefore
      return {
        answeredPerSec: result.acknowledged / result.ms * 1000,
        brokerUs: cpuSec * 1e6 / result.acknowledged,
        loadCores: result.cpuMs / result.ms,
      }
    },
    async close() {
      await end(load)
      await broker.close()
    },
  }
}

interface Peer { port: number, pid: number, rss: () => Promise<number>, close: () => Promise<void> }

async function startPeer(side: Exclude<Side, 'mosquitto'>): Promise<Peer> {
  const folder = (side as string) === 'thingbench with store' ? createTempFolder() : undefined
  const child = forkOn(0, 'broker-peer.ts', [side === 'aedes' ? 'aedes' : 'thingbench', connections, ...folder ? [folder.path] : []])
  const { port } = await answer<{ port: number }>(child)
  return {
    port,
    pid: child.pid!,
    async rss() {
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
  return { port, pid, rss: async () => measureTree(pid).memoryBytes, close }
}

function forkOn(core: number, file: string, args: (string | number)[]): ChildProcess {
  const execArgv = ['--expose-gc']
  return fork(join(import.meta.dirname, file), args.map(String), pinning === null
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
