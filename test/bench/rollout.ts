/**
 * A batch of updates to ten thousand simulated devices with a file of 1 MB, from the push until the last one has succeeded,
 * beside a bare loop that does the same downloads and sends the same messages and nothing else; with the page of the batch
 * open in a further run.
 */
import type { ChildProcess } from 'node:child_process'
import type { BenchServer } from './bench-server.ts'
import type { BenchOptions, BenchRow } from './report.ts'
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { defaultUpdates } from '../../src/shared/contract/fleet-updates.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'
import { meterBehaviours, meterModel, withBenchServer } from './bench-server.ts'
import { probePage } from './page.ts'
import { measureTree } from './process-tree.ts'
import { ratio } from './report.ts'

const devices = 10_000
/** On both sides: ten thousand sockets for MQTT and as many for HTTP would be more than the system lets one process open. */
const downloadsMax = 200
/** What a simulated device reports of a download that takes less than a second. */
const progressReports = 5
const image = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => (index * 31 + (index >> 8) * 7) & 0xFF)
const md5 = createHash('md5').update(image).digest('hex')

interface Rollout { seconds: number, memoryGrowthPercent: number, memoryMb: number, answerMs: number }

/** Updates all devices of a server, and looks at it meanwhile. */
async function rollOut(server: BenchServer, beside: (batchId: string) => Promise<void> = async () => {}): Promise<Rollout> {
  const { client } = server
  const { productKey } = await client.call('product.importModel', { text: meterModel(), name: 'Meter' })
  const { fleetId } = await client.call('fleet.create', {
    productKey,
    conversation: quietConversation,
    count: devices,
    intervalSec: 86_400,
    connectPerSec: 5_000,
    seed: 1,
    behaviours: meterBehaviours,
    updates: { ...defaultUpdates, downloadsMax, flashMs: 0, restartMs: 0 },
  })
  await client.call('fleet.start', { fleetId })
  await waitFor(async () => (await client.call('fleet.get', { fleetId })).stats.connected === devices, { timeoutMs: 120_000, what: `${devices} devices to be connected` })
  await waitFor(async () => (await client.call('device.list', { productKey, limit: 1 })).total === devices, { timeoutMs: 60_000, what: 'the devices to be listed' })
  const { uploadId } = await client.call('otaUpload.begin', { name: 'meter.bin' })
  await client.call('otaUpload.part', { uploadId, offset: 0, bytes: image })
  const { packageId } = await client.call('otaPackage.create', { productKey, name: 'meter-2', version: '2.0.0', verify: false, uploadIds: [uploadId] })
  await delay(3_000)

  const memory: number[] = []
  const answers: number[] = []
  const startedAt = performance.now()
  const { batchId } = await client.call('batch.create', { packageId })
  const besides = beside(batchId)
  for (let isOver = false; !isOver;) {
    await delay(250)
    const askedAt = performance.now()
    const { counts, state } = await client.call('batch.get', { batchId })
    answers.push(performance.now() - askedAt)
    memory.push(measureTree(server.pid).memoryBytes)
    isOver = state === 'COMPLETED'
    if (isOver && counts.SUCCEEDED !== devices)
      throw new Error(`Only ${counts.SUCCEEDED} of ${devices} devices were updated.`)
  }
  const seconds = (performance.now() - startedAt) / 1000
  await besides
  return { seconds, memoryMb: Math.max(...memory) / 1e6, memoryGrowthPercent: growthPercent(memory), answerMs: answers.toSorted((a, b) => a - b)[Math.floor(answers.length * 0.99)]! }
}

/** How much more memory was in use in the last third than in the second one, percent; the first is the start. */
function growthPercent(memory: readonly number[]): number {
  const third = Math.max(1, Math.floor(memory.length / 3))
  const mean = (part: readonly number[]): number => part.reduce((sum, bytes) => sum + bytes, 0) / part.length
  return (mean(memory.slice(-third)) / mean(memory.slice(third, 2 * third)) - 1) * 100
}

function forkBeside(file: string, args: (string | number)[]): ChildProcess {
  return fork(new URL(file, import.meta.url), args.map(String), { execArgv: [] })
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null)
    return
  const ended = once(child, 'exit')
  child.disconnect()
  await ended
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(([code]) => { throw new Error(`the bare loop ended with exit code ${code}`) })])
  return message as T
}

/** The same with nothing but sockets: seconds from the first notice to the last acknowledged version. */
async function rollOutBare(): Promise<number> {
  const folder = createTempFolder()
  const mosquitto = await startMosquitto()
  let files: ChildProcess | undefined
  let loop: ChildProcess | undefined
  try {
    const file = join(folder.path, 'meter.bin')
    await writeFile(file, image)
    files = forkBeside('rollout-bare-server.ts', [file])
    const { port } = await answerOf<{ port: number }>(files)
    loop = forkBeside('rollout-bare.ts', [mosquitto.port, port, devices, downloadsMax, progressReports, md5])
    await answerOf(loop)
    await delay(1_000)
    loop.send('go')
    const { ms } = await answerOf<{ ms: number }>(loop)
    return ms / 1000
  }
  finally {
    await end(loop)
    await end(files)
    await mosquitto.close()
    await folder.close()
  }
}

/** From the push to ten thousand updated devices, beside the bare loop. */
export async function benchRollout({ repeat, long, say }: BenchOptions): Promise<BenchRow[]> {
  // A round takes more than two minutes; the short form has one.
  const rounds = long ? repeat : 1
  const ours: Rollout[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round++) {
    bare.push(await rollOutBare())
    ours.push(await withBenchServer([], rollOut))
    say(`rollout ${round + 1}: bare loop ${bare.at(-1)?.toFixed(1)} s, thingbench ${ours.at(-1)?.seconds.toFixed(1)} s`)
  }
  const pages = await withBenchServer([], async (server) => {
    let samples: Awaited<ReturnType<typeof probePage>> = []
    await rollOut(server, async (batchId) => { samples = await probePage(server, `#/ota/batches/${batchId}`, 15) })
    return samples
  })
  const what = '10,000 devices updated with 1 MB'
  const oursRow: BenchRow = { what, who: 'thingbench', unit: 's', samples: ours.map(({ seconds }) => seconds) }
  const bareRow: BenchRow = { what, who: 'bare loop', unit: 's', samples: bare, note: `${progressReports + 1} messages, a download and a reconnect a device, on both sides` }
  const who = 'thingbench'
  return [
    bareRow,
    oursRow,
    ratio(what, oursRow, bareRow, { atMost: 1.5 }),
    { what: 'meanwhile: memory of engine, broker and fleet, highest', who, unit: 'MB', samples: ours.map(({ memoryMb }) => memoryMb) },
    { what: 'meanwhile: memory growth, second to last third', who, unit: '%', samples: ours.map(({ memoryGrowthPercent }) => memoryGrowthPercent), atMost: 10 },
    { what: 'meanwhile: the engine answers a question about the batch, p99', who, unit: 'ms', samples: ours.map(({ answerMs }) => answerMs) },
    { what: 'meanwhile: frames of the page of the batch', who, unit: 'frames/s', samples: pages.map(({ framesPerSec }) => framesPerSec) },
    { what: 'meanwhile: key press on it waits, p99', who, unit: 'ms', samples: pages.map(({ inputDelayMs }) => inputDelayMs), atMost: 100 },
  ]
}
