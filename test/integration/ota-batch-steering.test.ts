import { expect, it } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const names = ['dev-0001', 'dev-0002', 'dev-0003', 'dev-0004']

it('tells no device of a paused batch until it goes on, also after the engine was started again', async () => {
  const before = await startRollouts({ count: 3 })
  const one = await before.connect('dev-0001')
  const { batchId } = await before.createBatch(await before.makePackage('2.0'))
  await waitFor(() => one.notices.length === 1)
  const paused = await before.api.call('batch.pause', { batchId })
  expect(paused.pausedAt).toBeGreaterThan(0)
  // Pausing twice keeps the first time.
  expect((await before.api.call('batch.pause', { batchId })).pausedAt).toBe(paused.pausedAt)
  const two = await before.connect('dev-0002')
  expect(await two.ask()).toEqual({})
  expect(await one.ask()).toMatchObject({ version: '2.0' })
  expect((await before.taskOf(batchId, 'dev-0002')).waitsFor).toBe('pause')
  await before.close()

  const after = await startRollouts({ count: 3, workspaceDir: before.dir })
  expect(await after.api.call('batch.get', { batchId })).toMatchObject({ pausedAt: paused.pausedAt, notified: 1 })
  const again = await Promise.all(['dev-0001', 'dev-0002'].map(name => after.connect(name)))
  for (const device of again)
    await device.inform('1.0')
  expect(again.map(({ notices }) => notices.length)).toEqual([0, 0])
  expect((await after.api.call('batch.resume', { batchId })).pausedAt).toBeNull()
  await waitFor(() => again.every(({ notices }) => notices.length === 1))
  await after.states(batchId, ['NOTIFIED', 'NOTIFIED', 'QUEUED'])
  await after.api.call('batch.cancel', { batchId, queued: true, notified: true })
  await expect(after.api.call('batch.pause', { batchId })).rejects.toMatchObject({ code: 'ota/batch-refused' })
})

it('holds back a retry while a batch is paused, and lets the time of a device run on', async () => {
  const clock = createFastClock(60)
  const { api, connect, makePackage, createBatch, states, taskOf } = await startRollouts({ count: 2, clock })
  const one = await connect('dev-0001')
  const two = await connect('dev-0002')
  const { batchId } = await createBatch(await makePackage('2.0'), { retryMinutes: 0.1, retriesMax: 2, timeoutMinutes: 1 })
  await waitFor(() => one.notices.length + two.notices.length === 2)
  await two.progress(10)
  await api.call('batch.pause', { batchId })
  await one.progress(-2)
  await waitFor(async () => (await taskOf(batchId, 'dev-0001')).retryAt === null && (await taskOf(batchId, 'dev-0001')).retries === 1)
  await states(batchId, ['NOTIFIED', 'FAILED'])
  expect(one.notices).toHaveLength(1)
  expect((await taskOf(batchId, 'dev-0002')).cause).toBe('timeout')
  await api.call('batch.resume', { batchId })
  await waitFor(() => one.notices.length === 2)
})

it('groups the reasons for which tasks ended, finds the tasks of each, and lets those begin anew', async () => {
  const { api, connect, makePackage, createBatch, states } = await startRollouts({ count: 4 })
  const devices = await Promise.all(names.map(name => connect(name)))
  const { batchId } = await createBatch(await makePackage('2.0'))
  await waitFor(() => devices.every(({ notices }) => notices.length === 1))
  await devices[0]!.progress(-2, 'no route')
  await devices[1]!.progress(-2, 'no route')
  await devices[2]!.progress(-4)
  await states(batchId, ['FAILED', 'FAILED', 'FAILED', 'NOTIFIED'])
  await api.call('batch.cancel', { batchId, notified: true })
  const noRoute = { cause: 'progress', remark: 'The download failed (-2): no route.' } as const
  expect(await api.call('batch.reasons', { batchId })).toEqual({
    reasons: [
      { state: 'FAILED', ...noRoute, count: 2 },
      { state: 'FAILED', cause: 'progress', remark: 'Writing the file failed (-4).', count: 1 },
      { state: 'CANCELED', cause: null, remark: 'Cancelled by the user.', count: 1 },
    ],
    others: 0,
  })
  expect(await api.call('batch.reasons', { batchId, limit: 1 })).toMatchObject({ reasons: [{ count: 2 }], others: 2 })
  const namesOf = async (more: object): Promise<string[]> => (await api.call('batch.tasks', { batchId, ...more })).tasks.map(({ deviceName }) => deviceName)
  expect(await namesOf({ reason: noRoute, newestFirst: true })).toEqual(['dev-0002', 'dev-0001'])
  expect(await namesOf({ reason: { cause: null, remark: 'Cancelled by the user.' } })).toEqual(['dev-0004'])
  expect(await namesOf({ search: 'EV-0003' })).toEqual(['dev-0003'])
  expect(await api.call('batch.tasks', { batchId, states: ['FAILED'], search: 'dev-', limit: 2 })).toMatchObject({ total: 3, tasks: [{ deviceName: 'dev-0001' }, { deviceName: 'dev-0002' }] })

  expect(await api.call('batch.retry', { batchId, states: ['FAILED'], reason: noRoute })).toEqual({ queued: 2 })
  await states(batchId, ['NOTIFIED', 'NOTIFIED', 'FAILED', 'CANCELED'])
  await api.call('batch.cancel', { batchId, notified: true })
  expect(await api.call('batch.retry', { batchId, states: ['FAILED', 'CANCELED'] })).toEqual({ queued: 4 })
  await states(batchId, ['NOTIFIED', 'NOTIFIED', 'NOTIFIED', 'NOTIFIED'])
  await expect(api.call('batch.retry', { batchId })).rejects.toMatchObject({ code: 'input/invalid' })
})

it('finds the updates of all batches of a package, and refuses to mix a package with a batch', async () => {
  const { api, makePackage, createBatch } = await startRollouts({ count: 3 })
  const packageId = await makePackage('2.0')
  const { batchId: one } = await createBatch(packageId, { scope: { kind: 'named', deviceNames: ['dev-0001'] } })
  const { batchId: other } = await createBatch(packageId, { scope: { kind: 'named', deviceNames: ['dev-0002', 'dev-0003'] } })
  await createBatch(await makePackage('3.0'), { overrides: true, scope: { kind: 'named', deviceNames: ['dev-0003'] } })
  const found = await api.call('batch.tasks', { packageId, newestFirst: true })
  expect(found.total).toBe(3)
  expect(found.tasks.map(({ deviceName, batchId, state }) => [deviceName, batchId, state])).toEqual([['dev-0003', other, 'CANCELED'], ['dev-0002', other, 'QUEUED'], ['dev-0001', one, 'QUEUED']])
  expect((await api.call('batch.tasks', { packageId, states: ['QUEUED'], search: '0001' })).tasks).toMatchObject([{ batchId: one }])
  await expect(api.call('batch.tasks', { packageId: 'nothing' })).rejects.toMatchObject({ code: 'ota/package-not-found' })
  await expect(api.call('batch.tasks', { packageId, batchId: one })).rejects.toMatchObject({ code: 'input/invalid' })
})

it('tells how many devices were told and how many wait for their turn', async () => {
  const { api, connect, makePackage, createBatch } = await startRollouts({ count: 4 })
  for (const name of names.slice(0, 3))
    await connect(name)
  const { batchId } = await createBatch(await makePackage('2.0'), { rate: { kind: 'constant', perMinute: 0.001 } })
  await waitFor(async () => (await api.call('batch.get', { batchId })).notified === 1)
  expect(await api.call('batch.get', { batchId })).toMatchObject({ notified: 1, waitingForTurn: 2, counts: { QUEUED: 3 } })
  expect(await api.call('batch.pause', { batchId })).toMatchObject({ waitingForTurn: 0 })
  await api.call('batch.resume', { batchId })
  // Going on lets one device be told at once, as a start does.
  await waitFor(async () => (await api.call('batch.get', { batchId })).notified === 2)
})
