import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { Exercise } from '../../src/shared/contract/ota-gym.ts'
import type { RolloutBench, UpdatingDevice } from '../support/rollout-bench.ts'
import { createHash } from 'node:crypto'
import { get } from 'node:http'
import { describe, expect, it } from 'vitest'
import { verdictText } from '../../src/shared/ota/board-verdict.ts'
import { imageOf, uploadFile } from '../support/ota-bench.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const deviceName = 'dev-0001'
const image = imageOf(200_000)

interface Bench extends RolloutBench { board: UpdatingDevice, packageId: string }

/** An engine with a board that has told its version, and a package for it. */
async function startBoard(): Promise<Bench> {
  const bench = await startRollouts()
  const uploadIds = [await uploadFile(bench.api, 'app.bin', image)]
  const packageId = await bench.makePackage('2.0.0', { uploadIds })
  const board = await bench.connect(deviceName)
  await board.client.subscribeAsync(`/ota/device/upgrade/${productKey}/${deviceName}`)
  await board.inform('1.0.0')
  return { ...bench, board, packageId }
}

type Wish = Omit<MethodInput<'otaExercise.start'>, 'productKey' | 'deviceName' | 'packageId'>

/** Starts an exercise, and waits for what the board is told. */
async function exercise({ api, board, packageId }: Bench, wish: Wish): Promise<{ exerciseId: string, notice: { url: string, md5: string } }> {
  const before = board.notices.length
  const { exerciseId } = await api.call('otaExercise.start', { productKey, deviceName, packageId, ...wish })
  await waitFor(() => board.notices.length > before)
  return { exerciseId, notice: board.notices.at(-1)!.message.data as { url: string, md5: string } }
}

interface Part { status: number, content: Buffer, isWhole: boolean }

/** Downloads from a byte on, as far as it comes; `until` gives up when so much is there. */
async function download(url: string, from = 0, until = Number.POSITIVE_INFINITY): Promise<Part> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const request = get(url, { agent: false, headers: from > 0 ? { Range: `bytes=${from}-` } : {} }, (response) => {
      const done = (): void => {
        const content = Buffer.concat(chunks)
        resolve({ status: response.statusCode!, content, isWhole: response.complete })
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (Buffer.concat(chunks).length >= until)
          request.destroy()
      })
      response.on('error', () => {})
      response.on('close', done)
    })
    request.on('error', error => request.destroyed ? undefined : reject(error))
  })
}

function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

/** Waits until an exercise has ended, and returns it. */
async function ended(api: ApiClient, exerciseId: string): Promise<Exercise> {
  return waitFor(async () => {
    const [found] = (await api.call('otaExercise.list', { productKey, deviceName })).filter(one => one.exerciseId === exerciseId)
    return found?.state === 'ended' ? found : undefined
  })
}

async function sentence(api: ApiClient, exerciseId: string): Promise<string> {
  return verdictText((await ended(api, exerciseId)).verdict)
}

describe('exercises of a board', () => {
  it('break the connection of a download, and see a good board go on with a range', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'cut', percent: 40 })
    await bench.board.progress(1)
    const first = await download(notice.url)
    expect(first).toMatchObject({ status: 200, isWhole: false })
    expect(first.content.length).toBe(80_000)
    const rest = await download(notice.url, first.content.length)
    expect(rest).toMatchObject({ status: 206, isWhole: true })
    expect(md5(Buffer.concat([first.content, rest.content]))).toBe(notice.md5)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it went on with a range from byte 80000, and finished.')
    const { observations, taskId, batchId } = await ended(bench.api, exerciseId)
    expect(observations.map(({ what, value }) => value === null ? what : `${what} ${value}`)).toEqual(['begun', 'told', 'progress 1', 'requested 0', 'fault cut', 'broken 80000', 'requested 80000', 'received 200000', 'version 2.0.0', 'ended'])
    expect((await bench.taskOf(batchId, deviceName))).toMatchObject({ taskId, state: 'SUCCEEDED' })
  })

  it('break the connection of a download, and call a board bad that takes the part for the whole', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'cut' })
    await download(notice.url)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toBe('Bad: it reported the new version without ever having had the whole file.')
  })

  it('let a download stand still, and see a board that starts over', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'stall', percent: 10 })
    const part = await download(notice.url, 0, 20_000)
    expect(part.content.length).toBe(20_000)
    expect((await download(notice.url)).content.length).toBe(image.length)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toMatch(/^Fair: it noticed, fetched the whole file again/)
  })

  it('let a download stand still until they are stopped, and call a board bad that waits', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'stall' })
    const waiting = download(notice.url)
    await waitFor(async () => (await bench.api.call('otaExercise.list', {}))[0]!.observations.some(({ what }) => what === 'fault'))
    const stopped = await bench.api.call('otaExercise.stop', { exerciseId })
    expect(stopped).toMatchObject({ state: 'ended', verdict: { grade: 'bad', finding: 'silent' } })
    expect((await waiting).content.length).toBe(80_000)
    // The fault is off: the next download goes through, and the task of the exercise is cancelled.
    expect((await download(notice.url)).isWhole).toBe(true)
    await bench.states(stopped.batchId, ['CANCELED'])
  })

  it('let a download stand still, and see a board report that it failed', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'stall' })
    await download(notice.url, 0, 80_000)
    await bench.board.progress(-2, 'time out')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it noticed, and reported -2.')
    await bench.states((await ended(bench.api, exerciseId)).batchId, ['FAILED'])
  })

  it('tell a wrong digest, and tell a board that checks it from one that does not', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'digest' })
    const { content } = await download(notice.url)
    expect(md5(content)).not.toBe(notice.md5)
    await bench.board.progress(-3, 'digest')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it noticed the wrong digest and reported -3.')
    const second = await exercise(bench, { kind: 'digest' })
    await download(second.notice.url)
    await bench.board.progress(100)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, second.exerciseId)).toBe('Bad: it restarted into an image whose digest was wrong.')
  })

  it('tell an address that has expired, and see whether a board gets a fresh one', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'expired' })
    expect((await download(notice.url)).status).toBe(403)
    const fresh = await bench.board.ask() as { url: string }
    expect((await download(fresh.url)).isWhole).toBe(true)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it got a fresh address, and finished.')
    await bench.board.inform('1.0.0')
    const second = await exercise(bench, { kind: 'expired' })
    for (let turn = 0; turn < 4; turn++)
      await download(second.notice.url)
    await bench.api.call('otaExercise.stop', { exerciseId: second.exerciseId })
    expect(await sentence(bench.api, second.exerciseId)).toBe('Bad: it asked for the expired address 4 times and did nothing else.')
  })

  it('disconnect a device during its download, and see whether it comes back', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'kick', percent: 50 })
    const { isWhole } = await download(notice.url)
    expect(isWhole).toBe(true)
    await waitFor(() => !bench.board.client.connected)
    const again = await bench.connect(deviceName)
    await again.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it connected again, and finished.')
    await again.inform('1.0.0')
    const second = await exercise({ ...bench, board: again }, { kind: 'kick' })
    await download(second.notice.url)
    await waitFor(() => !again.client.connected)
    await bench.api.call('otaExercise.stop', { exerciseId: second.exerciseId })
    expect(await sentence(bench.api, second.exerciseId)).toBe('Bad: it did not connect again.')
  })

  it('send a file slowly, and see whether a board waits for it', async () => {
    const bench = await startBoard()
    const { exerciseId, notice } = await exercise(bench, { kind: 'slow', bytesPerSec: 400_000 })
    expect((await download(notice.url)).isWhole).toBe(true)
    await bench.board.inform('2.0.0')
    expect(await sentence(bench.api, exerciseId)).toBe('Good: it waited for the slow download, and finished.')
    await bench.board.inform('1.0.0')
    const second = await exercise(bench, { kind: 'slow', bytesPerSec: 1_000 })
    await download(second.notice.url, 0, 200)
    await bench.board.progress(-2)
    expect(await sentence(bench.api, second.exerciseId)).toBe('Fair: it gave up and reported -2, though the download went on.')
  })

  it('mark every fault in the trace, and name the messages behind what they saw', async () => {
    const bench = await startBoard()
    const { exerciseId } = await exercise(bench, { kind: 'digest' })
    await bench.board.progress(-3)
    const { observations } = await ended(bench.api, exerciseId)
    const ids = Object.fromEntries(observations.map(({ what, traceId }) => [what, traceId]))
    const fault = await waitFor(() => bench.api.call('trace.get', { id: ids.fault! }))
    expect(fault).toMatchObject({ topic: 'OTAFault', deviceName, preview: expect.stringContaining('[injected]') })
    expect(fault.steps).toEqual([{ bizCode: 'FaultInjection', operation: 'OTAFault', code: 200, message: expect.stringMatching(/^\[injected\]/) }])
    const told = await bench.api.call('trace.get', { id: ids.told! })
    expect(told.topic).toBe(`/ota/device/upgrade/${productKey}/${deviceName}`)
    expect(told.steps.at(-1)!.message).toMatch(/^\[injected\]/)
    expect((await bench.api.call('trace.get', { id: ids.progress! })).topic).toBe(`/ota/device/progress/${productKey}/${deviceName}`)
  })

  it('are refused while another one of the device is under way, for a version it has, and for another product', async () => {
    const bench = await startBoard()
    const { api, packageId, board } = bench
    const { exerciseId } = await exercise(bench, { kind: 'slow' })
    const start = (more: object = {}): Promise<Exercise> => api.call('otaExercise.start', { productKey, deviceName, packageId, kind: 'cut', ...more })
    await expect(start()).rejects.toMatchObject({ code: 'ota/exercise-refused', message: expect.stringContaining('under way') })
    await api.call('otaExercise.stop', { exerciseId })
    const { packageId: foreign } = await bench.api.call('otaPackage.create', { productKey: (await api.call('product.create', { name: 'Other' })).productKey, name: 'other', version: '1', verify: false, uploadIds: [await uploadFile(api, 'o.bin', image)] })
    await expect(start({ packageId: foreign })).rejects.toMatchObject({ code: 'ota/exercise-refused' })
    // An update of the device in progress is not displaced, and the exercise leaves nothing behind.
    await bench.createBatch(await bench.makePackage('3.0.0'))
    await waitFor(() => board.notices.length === 2)
    await board.progress(10)
    await expect(start()).rejects.toMatchObject({ code: 'ota/exercise-refused', message: expect.stringContaining('in progress') })
    expect(await api.call('otaExercise.list', {})).toHaveLength(1)
    await board.inform('2.0.0')
    await expect(start()).rejects.toMatchObject({ code: 'ota/exercise-refused', message: expect.stringContaining('already') })
    await expect(api.call('otaExercise.stop', { exerciseId: 'nothing' })).rejects.toMatchObject({ code: 'ota/exercise-not-found' })
  })

  it('are shown live, stay over a restart of the engine with their faults off, and go with their device', async () => {
    const bench = await startRollouts()
    const packageId = await bench.makePackage('2.0.0')
    const seen: Exercise[][] = []
    const watching = new AbortController()
    const watch = bench.api.subscribe('otaExercise.watch', { productKey }, (item) => { seen.push(item) }, { signal: watching.signal })
    await bench.api.call('otaExercise.start', { productKey, deviceName, packageId, kind: 'stall' })
    await waitFor(() => seen.at(-1)?.[0]?.kind === 'stall')
    watching.abort()
    await watch
    await bench.close()
    const again = await startRollouts({ workspaceDir: bench.dir })
    const [found] = await again.api.call('otaExercise.list', { productKey, deviceName })
    expect(found).toMatchObject({ kind: 'stall', state: 'ended', verdict: { grade: 'unclear', finding: 'interrupted' } })
    await again.api.call('device.delete', { productKey, deviceName })
    expect(await again.api.call('otaExercise.list', { productKey })).toEqual([])
  })
})
