/**
 * `npm run bench [-- NAME …] [--json] [--long] [--repeat N] [--rows N]`: runs the benchmarks, each in a process of its own so that none
 * measures another one's garbage, and prints one table with medians, spread and goals.
 */
import type { Bench, BenchRow } from './report.ts'
import { fork } from 'node:child_process'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { describeMachine, figuresByKey, formatTable, meetsGoal } from './report.ts'

interface Entry { about: string, load: () => Promise<Bench> }

/** All benchmarks, in the order of the way of a message. The names are what the command line takes. */
const benches: Record<string, Entry> = {
  'thing-model': { about: 'checking a report against its thing model', load: async () => (await import('./thing-model.ts')).benchThingModel },
  'broker': { about: 'publishes answered and memory of a connection, beside aedes and mosquitto', load: async () => (await import('./broker.ts')).benchBroker },
  'store': { about: 'rows written beside better-sqlite3 alone, the last rows of a device, a long series', load: async () => (await import('./store.ts')).benchStore },
  'log': { about: 'searching what is kept while 5,000 messages a second come; --rows says how much that is', load: async () => (await import('./log.ts')).benchLog },
  'fleet': { about: 'the simulated devices beside MQTT.js, against mosquitto', load: async () => (await import('./fleet.ts')).benchFleet },
  'scale': { about: 'as many devices over TCP as file handles allow; ten minutes in the long form', load: async () => (await import('./scale.ts')).benchScale },
  'in-process': { about: 'fifty thousand devices without sockets, and what a post costs beside one over TCP', load: async () => (await import('./in-process.ts')).benchInProcess },
  'page': { about: 'the page in Chromium at 5,000 messages a second', load: async () => (await import('./page.ts')).benchPage },
  'start': { about: 'from an empty folder to a thousand devices reporting', load: async () => (await import('./pipeline.ts')).benchStart },
  'sustained': { about: 'property posts a second through the whole product, and what kill -9 leaves of them', load: async () => (await import('./pipeline.ts')).benchSustained },
  'rollout': { about: 'ten thousand devices updated, beside a bare loop of downloads and messages', load: async () => (await import('./rollout.ts')).benchRollout },
  'idle': { about: 'memory of ten thousand connected devices', load: async () => (await import('./pipeline.ts')).benchIdle },
}

interface Outcome { name: string, rows: BenchRow[], problem: string | null, seconds: number }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    repeat: { type: 'string' },
    rows: { type: 'string' },
    // Given to the process that runs one benchmark; not for people.
    only: { type: 'string' },
  },
})

/** The short form takes about a quarter of an hour; the long one is for figures that are published. */
const repeat = values.repeat ?? (values.long ? '5' : '3')

/** In the benchmark's own process: runs it and sends its rows to the parent. */
async function runOne(name: string): Promise<void> {
  const bench = await benches[name]?.load()
  const rows = await bench?.({
    long: values.long,
    repeat: Number(repeat),
    ...(values.rows !== undefined && { rows: Number(values.rows) }),
    say: line => process.stderr.write(`  ${line}\n`),
  })
  process.send?.(rows)
  process.disconnect()
}

function runInProcess(name: string): Promise<Outcome> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const args = [
      '--only',
      name,
      '--repeat',
      repeat,
      ...(values.rows === undefined
        ? []
        : ['--rows', values.rows]),
      ...(values.long
        ? ['--long']
        : []),
    ]
    const child = fork(import.meta.filename, args, {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    })
    let rows: BenchRow[] | undefined
    child.on('message', message => rows = message as BenchRow[])
    child.on('exit', (code, signal) => {
      const problem = rows !== undefined && code === 0
        ? null
        : `${name} ended with ${signal ?? code}`
      resolve({
        name,
        rows: rows ?? [],
        problem,
        seconds: (performance.now() - startedAt) / 1000,
      })
    })
  })
}

function print(outcomes: Outcome[]): void {
  const machine = describeMachine()
  if (values.json) {
    process.stdout.write(`${JSON.stringify({
      ...figuresByKey(outcomes.flatMap(({ rows }) => rows)),
      machine,
      long: values.long,
      outcomes: outcomes.map(outcome => ({
        ...outcome,
        rows: outcome.rows.map(row => ({ ...row, met: meetsGoal(row) ?? null })),
      })),
    }, null, 2)}\n`)
    return
  }
  console.log(`\n${machine.cores} cores of ${machine.processor}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}${machine.mosquitto === null
    ? ''
    : `, ${machine.mosquitto}`}`)
  console.log(`${repeat} repetitions, medians; ${values.long ? 'long' : 'short'} form\n`)
  console.log(formatTable(outcomes.flatMap(outcome => outcome.rows)))
  for (const { problem } of outcomes) {
    if (problem !== null)
      console.log(`\nNot measured: ${problem}.`)
  }
}

async function runAll(names: string[]): Promise<void> {
  const outcomes: Outcome[] = []
  for (const name of names) {
    process.stderr.write(`${name}: ${benches[name]?.about}\n`)
    const outcome = await runInProcess(name)
    process.stderr.write(`${name}: ${outcome.problem ?? 'done'} after ${Math.round(outcome.seconds)} s\n`)
    outcomes.push(outcome)
  }
  print(outcomes)
  if (outcomes.some(outcome => outcome.problem !== null))
    process.exitCode = 1
}

const unknown = positionals.find(name => !(name in benches))
if (values.only !== undefined) {
  await runOne(values.only)
}
else if (unknown !== undefined) {
  process.stderr.write(`There is no benchmark ${unknown}; there are ${Object.keys(benches).join(', ')}.\n`)
  process.exitCode = 2
}
else {
  await runAll(positionals.length > 0
    ? positionals
    : Object.keys(benches))
}
