import type { MethodInput } from '../../src/shared/contract/contract.ts'
import type { RolloutBench, UpdatingDevice } from '../support/rollout-bench.ts'
import { expect, it } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

type Choice = Omit<MethodInput<'batch.cancel'>, 'batchId'>

/** Brings the five devices of a batch to the states CONFIRM, QUEUED, NOTIFIED, IN_PROGRESS and SUCCEEDED. */
async function inAllStates({ api, createBatch, taskOf, states }: RolloutBench, devices: UpdatingDevice[], packageId: string, version: string, wish: object): Promise<string> {
  const before = devices.map(({ notices }) => notices.length)
  const { batchId } = await createBatch(packageId, { ...wish, needsConfirmation: true, scope: { kind: 'named', deviceNames: [1, 2, 3, 4, 5].map(index => `dev-000${index}`) } })
  const tasks = await Promise.all([2, 3, 4, 5].map(index => taskOf(batchId, `dev-000${index}`)))
  await api.call('batch.confirm', { taskIds: tasks.map(({ taskId }) => taskId) })
  await waitFor(() => devices.every(({ notices }, index) => notices.length > before[index]!))
  await devices[1]!.progress(10)
  await devices[2]!.inform(version)
  await states(batchId, ['CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS', 'SUCCEEDED'])
  return batchId
}

const untouched = ['CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS', 'SUCCEEDED']
const each: [Choice, number][] = [[{ unconfirmed: true }, 0], [{ queued: true }, 1], [{ notified: true }, 2], [{ inProgress: true }, 3], [{ scheduled: true }, -1]]
const all: Choice = { unconfirmed: true, queued: true, notified: true, inProgress: true }

it.each(['static', 'dynamic'])('cancels of a %s batch exactly the tasks in the states that are chosen', async (kind) => {
  const bench = await startRollouts({ count: 5 })
  const { api, states } = bench
  const devices = await Promise.all(['dev-0003', 'dev-0004', 'dev-0005'].map(bench.connect))
  for (const [index, [choice, place]] of each.entries()) {
    const version = `2.${index}`
    const batchId = await inAllStates(bench, devices, await bench.makePackage(version), version, { dynamic: kind === 'dynamic' })
    expect(await api.call('batch.cancel', { batchId, ...choice })).toEqual({ cancelled: place < 0 ? 0 : 1 })
    await states(batchId, untouched.map((state, at) => at === place ? 'CANCELED' : state))
    expect((await api.call('batch.get', { batchId })).state).toBe('IN_PROGRESS')
    await api.call('batch.cancel', { batchId, ...all, policy: kind === 'dynamic' })
    await states(batchId, ['CANCELED', 'CANCELED', 'CANCELED', 'CANCELED', 'SUCCEEDED'])
    expect((await api.call('batch.get', { batchId })).state).toBe('CANCELED')
  }
  // What was cancelled stays so, whatever the devices go on to say.
  const { batches: [last] } = await api.call('batch.list', {})
  await devices[1]!.progress(90)
  await devices[1]!.inform(last!.targetVersion)
  await states(last!.batchId, ['CANCELED', 'CANCELED', 'CANCELED', 'CANCELED', 'SUCCEEDED'])
  expect(await api.call('otaModule.versions', { productKey: 'a1Test' })).toEqual({ versions: [{ version: last!.targetVersion, deviceCount: 2 }] })
}, 40_000)

it('ends only the policy of a dynamic batch when no tasks are chosen, and its tasks go on to their ends', async () => {
  const bench = await startRollouts({ count: 5 })
  const { api, states } = bench
  const devices = await Promise.all(['dev-0003', 'dev-0004', 'dev-0005'].map(bench.connect))
  const batchId = await inAllStates(bench, devices, await bench.makePackage('2.0'), '2.0', { dynamic: true, retryMinutes: 0.001 })
  expect(await api.call('batch.cancel', { batchId, policy: true })).toEqual({ cancelled: 0 })
  await states(batchId, untouched)
  expect((await api.call('batch.get', { batchId })).state).toBe('CANCELED')
  await devices[1]!.progress(-1)
  await waitFor(() => devices[1]!.notices.length === 2)
  await devices[1]!.inform('2.0')
  const two = await bench.connect('dev-0002')
  await waitFor(() => two.notices.length === 1)
  await devices[2]!.inform('1.0')
  await api.call('batch.confirm', { batchId })
  await states(batchId, ['QUEUED', 'NOTIFIED', 'NOTIFIED', 'SUCCEEDED', 'SUCCEEDED'])
})

it('ends a planned batch at once, when its scheduled tasks are cancelled and none waits for the app', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, createBatch, states } = bench
  const packageId = await bench.makePackage('2.0')
  const startAt = Date.now() + 600_000
  const planned = await createBatch(packageId, { startAt })
  expect(await api.call('batch.cancel', { batchId: planned.batchId, queued: true, notified: true, inProgress: true, unconfirmed: true })).toEqual({ cancelled: 0 })
  expect(await api.call('batch.cancel', { batchId: planned.batchId, scheduled: true })).toEqual({ cancelled: 2 })
  expect((await api.call('batch.get', { batchId: planned.batchId })).state).toBe('CANCELED')
  const unconfirmed = await createBatch(packageId, { startAt, needsConfirmation: true })
  expect(await api.call('batch.cancel', { batchId: unconfirmed.batchId, scheduled: true })).toEqual({ cancelled: 0 })
  expect(await api.call('batch.cancel', { batchId: unconfirmed.batchId, unconfirmed: true })).toEqual({ cancelled: 2 })
  await states(unconfirmed.batchId, ['CANCELED', 'CANCELED'])
  expect((await api.call('batch.get', { batchId: unconfirmed.batchId })).state).toBe('CANCELED')
})

it('is under way while a device is, also after all else was cancelled, and over as cancelled with it', async () => {
  const before = await startRollouts({ count: 3 })
  const one = await before.connect('dev-0001')
  await one.inform('1.0')
  const { batchId } = await before.createBatch(await before.makePackage('2.0'))
  await waitFor(() => one.notices.length === 1)
  await one.progress(1)
  expect(await before.api.call('batch.cancel', { batchId, queued: true, notified: true })).toEqual({ cancelled: 2 })
  expect((await before.api.call('batch.get', { batchId })).state).toBe('IN_PROGRESS')
  await before.close()
  const bench = await startRollouts({ count: 3, workspaceDir: before.dir })
  const again = await bench.connect('dev-0001')
  await waitFor(() => again.notices.length === 1)
  await again.inform('2.0')
  await bench.states(batchId, ['SUCCEEDED', 'CANCELED', 'CANCELED'])
  expect((await bench.api.call('batch.get', { batchId })).state).toBe('CANCELED')
})

it('lets tasks begin anew, counts their devices once, and not after the planned end or without the package', async () => {
  const bench = await startRollouts({ count: 2, clock: createFastClock(20) })
  const { api, createBatch, states, taskOf } = bench
  const one = await bench.connect('dev-0001')
  const packageId = await bench.makePackage('2.0')
  const first = await createBatch(packageId, { retryMinutes: null })
  await waitFor(() => one.notices.length === 1)
  await one.progress(-3)
  await states(first.batchId, ['FAILED', 'QUEUED'])
  const { taskId } = await taskOf(first.batchId, 'dev-0001')
  expect(await api.call('batch.retry', { batchId: first.batchId, taskIds: [taskId, taskId] })).toEqual({ queued: 1 })
  await waitFor(() => one.notices.length === 2)
  expect(await taskOf(first.batchId, 'dev-0001')).toMatchObject({ taskId, state: 'NOTIFIED', percent: 0, cause: null, retries: 0 })
  expect(await api.call('batch.retry', { batchId: first.batchId, taskIds: [taskId] })).toEqual({ queued: 0 })
  await api.call('batch.cancel', { batchId: first.batchId, queued: true, notified: true })
  await states(first.batchId, ['CANCELED', 'CANCELED'])

  // By the engine's clock, which is not the machine's.
  const { modifiedAt } = await api.call('batch.get', { batchId: first.batchId })
  const planned = await createBatch(packageId, { startAt: Math.round(modifiedAt) + 20_000, endAt: Math.round(modifiedAt) + 40_000 })
  await states(planned.batchId, ['CANCELED', 'CANCELED'])
  expect(await taskOf(planned.batchId, 'dev-0002')).toMatchObject({ remark: 'The schedule of the batch ended.' })
  const tasks = [(await taskOf(planned.batchId, 'dev-0001')).taskId]
  await expect(api.call('batch.retry', { batchId: planned.batchId, taskIds: tasks })).rejects.toMatchObject({ code: 'ota/batch-refused' })

  await api.call('otaPackage.delete', { packageId })
  await expect(api.call('batch.retry', { batchId: first.batchId, taskIds: [taskId] })).rejects.toMatchObject({ code: 'ota/package-not-found' })
  // Its batches are kept.
  expect((await api.call('batch.tasks', { batchId: first.batchId })).total).toBe(2)
})
