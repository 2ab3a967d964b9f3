import type { DownloadOutcome, DownloadWish } from '../../../src/engine/fleet/updates/downloads.ts'
import type { InProcessFilesWorld } from '../../../src/engine/in-process-files.ts'
import type { DeviceHttpAnswer } from '../../../src/engine/platform/device-http.ts'
import type { FileFlow } from '../../../src/engine/platform/file-flow.ts'
import { Buffer } from 'node:buffer'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { comeToRest } from '../../../src/engine/come-to-rest.ts'
import { Downloads } from '../../../src/engine/fleet/updates/downloads.ts'
import { createFileCarrier } from '../../../src/engine/in-process-files.ts'
import { BlockFiles } from '../../../src/engine/platform/ota-package/block-files.ts'
import { VirtualClock } from '../../../src/shared/clock.ts'
import { silentLog } from '../../../src/shared/log.ts'
import { PendingWork } from '../../../src/shared/pending-work.ts'
import { imageOf } from '../../support/ota-bench.ts'
import { tempFolder } from '../../support/temp-folder.ts'

const image = Buffer.from(imageOf(100_000))

/** What a device got: when, and how many bytes. */
interface Got { pieces: [atMs: number, bytes: number][], bytes: Buffer, outcome?: DownloadOutcome, endedAt?: number }

/** Downloads in virtual time, of an image from the disk unless something else is answered. */
function bench({ answer, bytesPerSec = 100_000 }: { answer?: InProcessFilesWorld['answer'], bytesPerSec?: number | null } = {}) {
  const file = path.join(tempFolder(), 'app.bin')
  writeFileSync(file, image)
  const clock = new VirtualClock(0)
  const work = new PendingWork()
  const files = new BlockFiles(clock, silentLog)
  onTestFinished(() => files.close())
  const whole = (_: string, from: number): Promise<DeviceHttpAnswer> => Promise.resolve({ status: from > 0 ? 206 : 200, file: { path: file, start: from, bytes: image.length - from } })
  const carryFile = createFileCarrier({ clock, log: silentLog, work, files, answer: answer ?? whole })
  const downloads = new Downloads({ clock, max: 10, bytesPerSec, tls: null, carryFile, work })
  onTestFinished(() => downloads.close())

  function start(wish: Partial<DownloadWish> = {}): Got & { stop: () => void } {
    const got: Got & { stop: () => void } = { pieces: [], bytes: Buffer.alloc(0), stop: () => {} }
    got.stop = downloads.start({
      url: 'http://127.0.0.1:9/ota/app.bin',
      from: 0,
      until: null,
      size: image.length,
      onStart: () => {},
      onBytes: (bytes) => {
        got.pieces.push([clock.now(), bytes.length])
        got.bytes = Buffer.concat([got.bytes, bytes])
      },
      onEnd: (outcome) => {
        got.outcome = outcome
        got.endedAt = clock.now()
      },
      ...wish,
    })
    return got
  }

  /** Lets so many virtual milliseconds pass, each alarm after everything before it has come to rest. */
  async function pass(ms: number): Promise<void> {
    const until = clock.now() + ms
    for (;;) {
      await comeToRest([() => work.isDone])
      const dueAt = clock.nextDueAt ?? Number.POSITIVE_INFINITY
      clock.advance(Math.min(dueAt, until) - clock.now())
      if (dueAt > until)
        return
    }
  }

  return { file, clock, downloads, start, pass }
}

it('hands over a file in pieces at the rate of the fleet, the same instants each time, whole or from a byte to another one', async () => {
  const { start, pass } = bench()
  const got = start()
  await pass(2_000)
  expect(got).toMatchObject({ outcome: 'complete', endedAt: 1_020, pieces: [[270, 25_000], [520, 25_000], [770, 25_000], [1_020, 25_000]] })
  expect(got.bytes.equals(image)).toBe(true)

  const part = start({ from: 40_000, until: 70_000 })
  await pass(2_000)
  expect(part).toMatchObject({ outcome: 'reached', endedAt: 2_320, pieces: [[2_270, 25_000], [2_320, 5_000]] })
  expect(part.bytes.equals(image.subarray(40_000, 70_000))).toBe(true)
})

it('has a rate of its own for fleets without one, and takes a change of the rate with the next piece', async () => {
  const { start, pass, downloads } = bench({ bytesPerSec: null })
  const got = start()
  await pass(100)
  expect(got).toMatchObject({ outcome: 'complete', endedAt: 30 })
  downloads.setPace({ bytesPerSec: 400_000 })
  const slower = start()
  await pass(180)
  downloads.setPace({ bytesPerSec: 34_464 })
  await pass(2_000)
  expect(slower.pieces.map(([, bytes]) => bytes)).toEqual([65_536, 8_616, 8_616, 8_616, 8_616])
})

it('keeps the order in which devices began, also where their pieces arrive at the same instant', async () => {
  const { start, pass } = bench()
  const ended: number[] = []
  Array.from({ length: 9 }, (_, index) => start({ onEnd: () => ended.push(index) }))
  await pass(2_000)
  expect(ended).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})

it('goes at the pace of a flow, tells it how far it came, and gives up one that lets nothing through', async () => {
  const ends: [number, boolean][] = []
  const flowing = (next: FileFlow['next'], from: number): DeviceHttpAnswer => ({ status: 206, body: image.subarray(from), flow: { next, ended: (at, complete) => ends.push([at, complete]) } })
  let next: FileFlow['next'] = (_, wanted) => Promise.resolve(Math.min(wanted, 20_000))
  const { start, pass } = bench({ answer: (_, from) => Promise.resolve(flowing((at, wanted) => next(at, wanted), from)) })
  const got = start()
  await pass(2_000)
  expect(got).toMatchObject({ outcome: 'complete', endedAt: 1_020 })
  next = at => at < 30_000 ? Promise.resolve(15_000) : new Promise(() => {})
  const stalled = start()
  await pass(40_000)
  expect(stalled).toMatchObject({ outcome: { problem: 'no byte came for 30 s', isBroken: true }, endedAt: 32_320 })
  next = at => Promise.resolve(at < 30_000 ? 15_000 : 'break')
  const broken = start({ from: 50_000 })
  await pass(2_000)
  expect(broken).toMatchObject({ outcome: { problem: 'the connection broke during the download', isBroken: true } })
  next = () => new Promise(() => {})
  const stopped = start()
  await pass(100)
  stopped.stop()
  await pass(100)
  expect(stopped.outcome).toBeUndefined()
  expect(ends).toEqual([[100_000, true], [30_000, false], [30_000, false], [0, false]])
})

it('says why a file does not come: refused, too long, not to be read, or nothing it has', async () => {
  const answered = async (answer: InProcessFilesWorld['answer']): Promise<DownloadOutcome | undefined> => {
    const { start, pass } = bench({ answer })
    const got = start()
    await pass(1_000)
    return got.outcome
  }
  expect(await answered(() => Promise.resolve({ status: 403, body: '' }))).toEqual({ problem: 'the server refused the file: 403, the address has expired or was changed', isBroken: false })
  expect(await answered(() => Promise.reject(new Error('the store is closed')))).toEqual({ problem: 'the server did not send the file: 500', isBroken: false })
  expect(await answered(() => Promise.resolve({ status: 200, file: { path: path.join(tempFolder(), 'none'), start: 0, bytes: 10 } }))).toEqual({ problem: 'the connection broke during the download', isBroken: true })
  const { start, pass } = bench({ answer: () => Promise.resolve({ status: 200, body: Buffer.alloc(100_001) }), bytesPerSec: null })
  const long = start()
  await pass(1_000)
  expect(long.outcome).toEqual({ problem: 'the file is longer than it was said to be', isBroken: false })
})
