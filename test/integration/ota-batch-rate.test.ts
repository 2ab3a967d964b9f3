import type { RolloutBench, UpdatingDevice } from '../support/rollout-bench.ts'
import { expect, it } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

async function connectAll({ certificates, connect }: RolloutBench): Promise<UpdatingDevice[]> {
  return Promise.all(certificates.map(({ deviceName }) => connect(deviceName)))
}

/** When the devices of a batch were told first, milliseconds after its start by the engine's own clock, in order. */
async function pushTimes({ api }: RolloutBench, batchId: string): Promise<number[]> {
  const { startedAt } = await api.call('batch.get', { batchId })
  const { tasks } = await api.call('batch.tasks', { batchId })
  const timelines = await Promise.all(tasks.map(({ taskId }) => api.call('batch.timeline', { taskId })))
  return timelines.flatMap(({ steps }) => steps.find(({ event }) => event === 'pushed')?.at ?? []).map(at => at - startedAt!).sort((a, b) => a - b)
}

it('pushes at a growing rate: no device is told before its turn, each stage is faster than the one before', async () => {
  const bench = await startRollouts({ count: 12, clock: createFastClock(20) })
  await connectAll(bench)
  const rate = { kind: 'growing', base: 6, factor: 2, max: 40, threshold: 3, counts: 'pushed' } as const
  const { batchId, ratePerMinute } = await bench.createBatch(await bench.makePackage('2.0'), { rate })
  expect(ratePerMinute).toBe(6)
  await bench.states(batchId, Array.from<string>({ length: 12 }).fill('NOTIFIED'))
  // One at once; then three in turn after 10, 5, 2.5 and 1.5 seconds each, as the rate doubles with every third device up to 40 a minute.
  const earliest = [0, 10, 20, 25, 30, 35, 37.5, 40, 42.5, 44, 45.5, 47]
  const seen = await pushTimes(bench, batchId)
  expect(seen.map((at, index) => at >= earliest[index]! * 1_000 - 20)).toEqual(earliest.map(() => true))
  expect((await bench.api.call('batch.get', { batchId })).ratePerMinute).toBe(40)
})

it('lets the rate grow with devices that have the new version, at once, and counts each device once', async () => {
  const bench = await startRollouts({ count: 3 })
  const devices = await connectAll(bench)
  const told = (): UpdatingDevice[] => devices.filter(({ notices }) => notices.length > 0)
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { rate: { kind: 'growing', base: 0.01, factor: 100, max: 1_000, threshold: 1, counts: 'succeeded' } })
  await waitFor(() => told().length === 1)
  const [first] = told()
  await first!.progress(50)
  expect((await bench.api.call('batch.get', { batchId })).ratePerMinute).toBe(0.01)
  await first!.inform('2.0')
  await first!.inform('2.0')
  expect((await bench.api.call('batch.get', { batchId })).ratePerMinute).toBe(1)
  // The next one would have been told a hundred minutes later; by now it is its turn after one, which an edit makes shorter.
  await bench.api.call('batch.update', { batchId, rate: { kind: 'growing', base: 10, factor: 100, max: 1_000, threshold: 1, counts: 'succeeded' } })
  await waitFor(() => told().length === 3)
})

it('tells the next device as soon as the rate that grew by a success allows it', async () => {
  const bench = await startRollouts({ count: 2 })
  const devices = await connectAll(bench)
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { rate: { kind: 'growing', base: 1, factor: 100, max: 1_000, threshold: 1, counts: 'succeeded' } })
  await waitFor(() => devices.some(({ notices }) => notices.length === 1))
  await devices.find(({ notices }) => notices.length === 1)!.inform('2.0')
  await waitFor(() => devices.every(({ notices }) => notices.length === 1))
  expect((await bench.api.call('batch.get', { batchId })).counts).toMatchObject({ SUCCEEDED: 1, NOTIFIED: 1 })
})

it('counts a device that has asked as pushed, without taking a turn from the others', async () => {
  const bench = await startRollouts({ count: 3 })
  const devices = await connectAll(bench)
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { rate: { kind: 'growing', base: 0.01, factor: 2, max: 10, threshold: 2, counts: 'pushed' } })
  await waitFor(() => devices.some(({ notices }) => notices.length === 1))
  expect((await bench.api.call('batch.get', { batchId })).ratePerMinute).toBe(0.01)
  const waiting = devices.filter(({ notices }) => notices.length === 0)
  expect(await waiting[0]!.ask()).toMatchObject({ version: '2.0' })
  expect(await waiting[0]!.ask()).toMatchObject({ version: '2.0' })
  expect(await bench.api.call('batch.get', { batchId })).toMatchObject({ ratePerMinute: 0.02, counts: { NOTIFIED: 2, QUEUED: 1 } })
})

it('keeps what a lower rate allowed when the rate is raised: devices are not told all at once for the time before', async () => {
  const bench = await startRollouts({ count: 4, clock: createFastClock(40) })
  await connectAll(bench)
  const { batchId, createdAt } = await bench.createBatch(await bench.makePackage('2.0'), { rate: { kind: 'constant', perMinute: 0.001 } })
  await waitFor(async () => (await bench.api.call('batch.get', { batchId })).counts.NOTIFIED === 1)
  await waitFor(async () => (await bench.api.call('batch.update', { batchId, tags: {} })).modifiedAt > createdAt + 30_000)
  const { modifiedAt } = await bench.api.call('batch.update', { batchId, rate: { kind: 'constant', perMinute: 30 } })
  await bench.states(batchId, ['NOTIFIED', 'NOTIFIED', 'NOTIFIED', 'NOTIFIED'])
  const [, ...later] = await pushTimes(bench, batchId)
  expect(later.map((at, index) => createdAt + at >= modifiedAt + (index + 1) * 2_000 - 100)).toEqual([true, true, true])
})

it('does not let repeated notices and retries take turns', async () => {
  const bench = await startRollouts({ count: 2 })
  const one = await bench.connect('dev-0001')
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { rate: { kind: 'constant', perMinute: 0.001 }, retryMinutes: 0.001, retriesMax: 3 })
  await waitFor(() => one.notices.length === 1)
  await one.progress(-1)
  await waitFor(() => one.notices.length === 2)
  one.client.end(true)
  const again = await bench.connect('dev-0001')
  await waitFor(() => again.notices.length === 1)
  expect(await bench.taskOf(batchId, 'dev-0001')).toMatchObject({ state: 'NOTIFIED', retries: 1 })
})
