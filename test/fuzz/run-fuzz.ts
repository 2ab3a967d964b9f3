import type { ChildProcess } from 'node:child_process'
import type { FuzzCase } from './fuzz-case.ts'
import type { Aftermath, EngineSays, FuzzQuestion, FuzzTarget, Measure, ProbeSays } from './fuzz-messages.ts'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeCase, writeCase } from './fuzz-case.ts'
import { playCase } from './play-case.ts'

export interface FuzzOptions {
  /** Packets to send at least; a case is never cut. */
  packets: number
  seed: number
  /** The workspace of the engine under test. */
  dir: string
  /** Cases to play instead of made ones. */
  replay?: FuzzCase[]
  say?: (line: string) => void
}

export interface FuzzReport {
  seed: number
  packets: number
  cases: Record<string, number>
  seconds: number
  /** What no input may cause; with the cases that were under way when it came. */
  findings: { text: string, cases: string[] }[]
  probe: { asked: number, answered: number, longestMs: number, values: Record<string, number> }
  /** Of the engine's process: after a tenth of the packets, and when all devices of the fuzzer had gone. */
  before: Measure
  after: Measure
  aftermath: Aftermath | null
}

/** Cases at a time, each on a connection of its own. */
const connectionsMax = 16

/** A process that was forked, and its messages one by one. */
class Child {
  readonly process: ChildProcess
  readonly #waiting = new Map<string, (message: never) => void>()
  hasEnded = false

  constructor(file: string, args: string[], onFinding: (text: string) => void) {
    this.process = fork(path.join(import.meta.dirname, file), args, { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.process.on('message', (message: EngineSays | ProbeSays) => message.kind === 'finding' ? onFinding(message.text) : this.#waiting.get(message.kind)?.(message as never))
    this.process.on('exit', (code, signal) => {
      this.hasEnded = true
      if (code !== 0)
        onFinding(`${file} ended with ${signal ?? code}`)
      for (const settle of this.#waiting.values())
        settle(undefined as never)
    })
  }

  /** The next message of a kind; undefined when the process ends first. */
  next<T extends EngineSays | ProbeSays, K extends T['kind']>(kind: K): Promise<Extract<T, { kind: K }> | undefined> {
    if (this.hasEnded)
      return Promise.resolve(undefined)
    return new Promise(resolve => this.#waiting.set(kind, resolve))
  }

  send(message: FuzzQuestion | FuzzTarget | 'rest' | 'stop'): void {
    if (!this.hasEnded)
      this.process.send(message)
  }

  async ended(): Promise<void> {
    if (!this.hasEnded)
      await once(this.process, 'exit')
  }
}

const noMeasure: Measure = { heapBytes: 0, rssBytes: 0, externalBytes: 0, handles: {}, loopLongestMs: 0, loopCpuLongestMs: 0, messagesUp: 0, messagesDown: 0, refused: 0, droppedRows: 0 }

/**
 * Starts an engine in a process of its own and healthy devices in another, and sends the engine what no device should:
 * `packets` packets made from `seed`. Watches for a crash, an exception, a device that is not answered, a connection that
 * does not end, memory and handles that stay, and healthy devices that lost their state. What it found is in the report.
 */
export async function runFuzz({ packets: wanted, seed, dir, replay, say = () => {} }: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = { seed, packets: 0, cases: {}, seconds: 0, findings: [], probe: { asked: 0, answered: 0, longestMs: 0, values: {} }, before: noMeasure, after: noMeasure, aftermath: null }
  const underWay = new Set<FuzzCase>()
  const find = (text: string, cases: Iterable<FuzzCase> = underWay): void => {
    const lines = [...cases].map(writeCase)
    say(lines.length === 1 ? `found: ${text}\n    ${lines[0]!.slice(0, 1_000)}` : `found: ${text}`)
    if (report.findings.length < 100)
      report.findings.push({ text, cases: lines })
  }
  const engine = new Child('engine-child.ts', [dir], find)
  const target = (await engine.next<EngineSays, 'ready'>('ready'))?.target
  if (target === undefined)
    return report
  const probe = new Child('probe-child.ts', [], find)
  probe.send(target)
  await probe.next<ProbeSays, 'ready'>('ready')

  let index = 0
  const nextCase = (): FuzzCase | undefined => replay === undefined ? makeCase(seed, index++, target.devices) : replay[index++]
  const playUntil = async (packetsMax: number): Promise<void> => {
    while (report.packets < packetsMax && !engine.hasEnded && report.findings.length < 20) {
      const next = nextCase()
      if (next === undefined)
        return
      underWay.add(next)
      report.packets += next.frames.length
      const kind = `${next.kind} over ${next.transport}`
      report.cases[kind] = (report.cases[kind] ?? 0) + 1
      const problem = await playCase(next, target)
      if (problem !== null && !engine.hasEnded)
        find(problem, [next])
      underWay.delete(next)
    }
  }
  const measure = async (): Promise<Measure> => {
    const answer = engine.next<EngineSays, 'measure'>('measure')
    engine.send('measure')
    return (await answer)?.measure ?? noMeasure
  }
  const play = (packetsMax: number) => Promise.all(Array.from({ length: connectionsMax }, () => playUntil(packetsMax)))

  const startedAt = performance.now()
  await play(wanted / 10)
  report.before = await measure()
  const tick = (): void => say(`${report.packets} packets`)
  const ticking = setInterval(tick, 10_000)
  await play(wanted)
  clearInterval(ticking)
  report.seconds = (performance.now() - startedAt) / 1000
  // Healthy devices stop asking but stay, so that their state can be seen.
  const result = probe.next<ProbeSays, 'result'>('result')
  probe.send('rest')
  report.probe = await result ?? report.probe
  await delay(100)
  report.after = await measure()
  for (const name of ['loopLongestMs', 'loopCpuLongestMs'] as const)
    report.after[name] = Math.max(report.before[name], report.after[name])
  const answer = engine.next<EngineSays, 'aftermath'>('aftermath')
  engine.send('aftermath')
  // The probe's devices see the engine go; they are told first that this is meant.
  report.aftermath = (await answer)?.aftermath ?? null
  probe.send('stop')
  engine.send('close')
  await Promise.all([probe.ended(), engine.ended()])
  judge(report, find)
  return report
}

const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
/** What caches may still grow by after a tenth of the packets: last values, attempts, names, points that wait for their block. */
const heapGrowthBytesMax = 64 * 1024 * 1024

/** Findings that show only in the figures at the end. */
function judge({ before, after, aftermath, probe }: FuzzReport, find: (text: string, cases: FuzzCase[]) => void): void {
  if (after.heapBytes > before.heapBytes + heapGrowthBytesMax)
    find(`the heap grew from ${megabytes(before.heapBytes)} to ${megabytes(after.heapBytes)} MB`, [])
  for (const name of ['TCPSocketWrap', 'TLSWrap', 'TCPServerWrap']) {
    if ((after.handles[name] ?? 0) > (before.handles[name] ?? 0))
      find(`${after.handles[name]} × ${name} are open at the end, ${before.handles[name] ?? 0} were before`, [])
  }
  if (aftermath === null)
    return find('the engine could not be stopped and started again', [])
  for (const { deviceName, state, value } of aftermath.healthy) {
    if (state !== 'ONLINE')
      find(`the healthy device ${deviceName} is ${state} at the end`, [])
    if (value !== probe.values[deviceName])
      find(`the healthy device ${deviceName} reported ${probe.values[deviceName]} last, and the workspace has ${JSON.stringify(value)}`, [])
  }
  for (const notice of aftermath.notices.filter(notice => notice !== 'segments-dropped'))
    find(`the next start on the workspace says ${notice}`, [])
}
