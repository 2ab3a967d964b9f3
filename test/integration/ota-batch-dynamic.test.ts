import type { RolloutBench } from '../support/rollout-bench.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'
const named = (...deviceNames: string[]): { productKey: string, deviceName: string }[] => deviceNames.map(deviceName => ({ productKey, deviceName }))

/** The devices with a task of a batch and its state, `dev-0001 NOTIFIED` …, oldest first. */
async function tasksOf({ api }: RolloutBench, batchId: string): Promise<string[]> {
  return (await api.call('batch.tasks', { batchId })).tasks.map(({ deviceName, state }) => `${deviceName} ${state}`)
}

/** Waits until the tasks of a batch are these, oldest first. */
async function expectTasks(bench: RolloutBench, batchId: string, expected: string[]): Promise<void> {
  await waitFor(async () => (await tasksOf(bench, batchId)).join() === expected.join()).catch(() => {})
  expect(await tasksOf(bench, batchId)).toEqual(expected)
}

it('gives a task to devices that join the group of a dynamic batch and fulfil its conditions, and leaves those alone that leave it', async () => {
  const bench = await startRollouts({ count: 6 })
  const { api, connect, makePackage, createBatch } = bench
  const [one, two, three, four, five, six] = await Promise.all(bench.certificates.map(({ deviceName }) => connect(deviceName)))
  for (const device of [one!, two!, three!, six!])
    await device.inform('1.0')
  await four!.inform('2.0')
  const { groupId } = await api.call('group.create', { name: 'wave' })
  await api.call('group.addDevices', { group: groupId, devices: named('dev-0001', 'dev-0002', 'dev-0005') })
  const { batchId } = await createBatch(await makePackage('2.0', { kind: 'diff', sourceVersion: '1.0' }), { dynamic: true, scope: { kind: 'group', group: groupId } })
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 NOTIFIED'])

  await api.call('group.addDevices', { group: groupId, devices: named('dev-0003', 'dev-0004') })
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 NOTIFIED', 'dev-0003 NOTIFIED'])
  await waitFor(() => three!.notices.length === 1)

  // Of the two that have no task yet, only the one that is still in the group gets one by what it reports.
  await api.call('group.removeDevices', { group: groupId, devices: named('dev-0002', 'dev-0004') })
  await four!.inform('1.0')
  await five!.inform('1.0')
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 NOTIFIED', 'dev-0003 NOTIFIED', 'dev-0005 NOTIFIED'])

  await api.call('group.delete', { group: groupId })
  await four!.inform('1.0')
  await six!.inform('1.0')
  await two!.inform('2.0')
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 SUCCEEDED', 'dev-0003 NOTIFIED', 'dev-0005 NOTIFIED'])
  expect((await api.call('batch.get', { batchId })).state).toBe('IN_PROGRESS')
})

it('triggers a device that failed again when it leaves the group and rejoins it, one whose task was cancelled not', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, makePackage, createBatch, taskOf } = bench
  const [one, two] = await Promise.all([connect('dev-0001'), connect('dev-0002')])
  await one.inform('1.0')
  await two.inform('1.0')
  const devices = named('dev-0001', 'dev-0002')
  const { groupId } = await api.call('group.create', { name: 'wave' })
  await api.call('group.addDevices', { group: groupId, devices })
  const { batchId } = await createBatch(await makePackage('2.0'), { dynamic: true, scope: { kind: 'group', group: groupId } })
  await waitFor(() => one.notices.length + two.notices.length === 2)
  await one.progress(-4, 'flash is worn')
  await api.call('batch.cancelTasks', { taskIds: [(await taskOf(batchId, 'dev-0002')).taskId] })
  await expectTasks(bench, batchId, ['dev-0001 FAILED', 'dev-0002 CANCELED'])
  await api.call('group.removeDevices', { group: groupId, devices })
  await delay(50)
  await api.call('group.addDevices', { group: groupId, devices })
  await expectTasks(bench, batchId, ['dev-0001 FAILED', 'dev-0002 CANCELED', 'dev-0001 NOTIFIED'])
})

it('sets no limit to the matches of a device in a batch by group', async () => {
  const bench = await startRollouts()
  const { api, connect, makePackage, createBatch } = bench
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  const one = await connect('dev-0001')
  await one.inform('1.0')
  const { groupId } = await api.call('group.create', { name: 'wave' })
  await api.call('group.addDevices', { group: groupId, devices: named('dev-0001') })
  const { batchId } = await createBatch(await makePackage('2.0'), { dynamic: true, scope: { kind: 'group', group: groupId }, rate: { kind: 'constant', perMinute: 10_000 } })
  for (let round = 1; round <= 11; round++) {
    await waitFor(() => one.notices.length === round)
    await one.progress(-1)
    await one.inform('1.0')
    // With the cloud's limits a device may send so many messages a second.
    await delay(250)
  }
  await waitFor(() => one.notices.length === 12)
  expect((await api.call('batch.get', { batchId })).counts).toMatchObject({ FAILED: 11, NOTIFIED: 1 })
})

it('considers only devices that report after the batch was made when that is asked, also for a source version that is added', async () => {
  const bench = await startRollouts({ count: 4 })
  const { api, connect, makePackage, createBatch } = bench
  const [one, two, three] = await Promise.all(['dev-0001', 'dev-0002', 'dev-0003'].map(connect))
  await one!.inform('1.0')
  await two!.inform('1.1')
  await three!.inform('1.1')
  const { batchId } = await createBatch(await makePackage('2.0'), { dynamic: true, newlyReportedOnly: true, sourceVersions: ['1.0'] })
  expect(await tasksOf(bench, batchId)).toEqual([])
  await three!.inform('1.1')
  await one!.inform('1.0')
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED'])
  await api.call('batch.update', { batchId, sourceVersions: ['1.0', '1.1'] })
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0003 NOTIFIED'])
  await api.call('batch.cancel', { batchId, policy: true, notified: true })

  // A device that is activated has not reported anything.
  const byName = await createBatch(await makePackage('2.1'), { dynamic: true, newlyReportedOnly: true, scope: { kind: 'named', deviceNames: ['dev-0002', 'dev-0004'] } })
  const four = await connect('dev-0004')
  await two!.inform('1.1')
  await expectTasks(bench, byName.batchId, ['dev-0002 NOTIFIED'])
  await four.inform('0.9')
  await expectTasks(bench, byName.batchId, ['dev-0002 NOTIFIED', 'dev-0004 NOTIFIED'])
})

it('takes a device that is activated where no version is asked, and gives it the newest of several batches', async () => {
  const bench = await startRollouts({ count: 3 })
  const { api, connect, makePackage, createBatch } = bench
  const older = await createBatch(await makePackage('2.0'), { dynamic: true, scope: { kind: 'named', deviceNames: ['dev-0001', 'dev-0002'] } })
  await api.call('batch.cancel', { batchId: older.batchId, queued: true })
  const newer = await createBatch(await makePackage('2.1'), { dynamic: true, scope: { kind: 'named', deviceNames: ['dev-0002', 'dev-0003'] } })
  await api.call('batch.cancel', { batchId: newer.batchId, queued: true })
  for (const name of ['dev-0001', 'dev-0002', 'dev-0003'])
    await connect(name)
  await expectTasks(bench, older.batchId, ['dev-0001 CANCELED', 'dev-0002 CANCELED', 'dev-0001 NOTIFIED'])
  await expectTasks(bench, newer.batchId, ['dev-0002 CANCELED', 'dev-0003 CANCELED', 'dev-0002 NOTIFIED', 'dev-0003 NOTIFIED'])
})

it('lets only the newest dynamic batch take effect for a version, and the one before it again once that is cancelled', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, makePackage, createBatch } = bench
  const first = await makePackage('2.0')
  const older = await createBatch(first, { dynamic: true, sourceVersions: ['1.0'] })
  await expect(createBatch(first, { dynamic: true, sourceVersions: ['1.1'] })).rejects.toMatchObject({ code: 'ota/batch-refused' })
  const newer = await createBatch(await makePackage('2.1'), { dynamic: true, sourceVersions: ['1.0'] })
  const one = await connect('dev-0001')
  await one.inform('1.0')
  await expectTasks(bench, newer.batchId, ['dev-0001 NOTIFIED'])
  expect(await tasksOf(bench, older.batchId)).toEqual([])

  expect(await api.call('batch.cancel', { batchId: newer.batchId, policy: true })).toEqual({ cancelled: 0 })
  const two = await connect('dev-0002')
  await two.inform('1.0')
  await expectTasks(bench, older.batchId, ['dev-0002 NOTIFIED'])
  // What the cancelled one had begun goes on to its end, and the package may have a new dynamic batch.
  await one.inform('2.1')
  await expectTasks(bench, newer.batchId, ['dev-0001 SUCCEEDED'])
  await api.call('batch.cancel', { batchId: older.batchId, policy: true, queued: true, notified: true })
  await expectTasks(bench, older.batchId, ['dev-0002 CANCELED'])
  expect((await createBatch(first, { dynamic: true, sourceVersions: ['1.1'] })).state).toBe('IN_PROGRESS')
})

it('prefers a batch by group for several modules to a newer one by version', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, makePackage, createBatch } = bench
  const { groupId } = await api.call('group.create', { name: 'wave' })
  await api.call('group.addDevices', { group: groupId, devices: named('dev-0001') })
  const [one, two] = await Promise.all([connect('dev-0001'), connect('dev-0002')])
  await one.inform('9.0')
  await two.inform('9.0')
  const byGroup = await createBatch(await makePackage('2.0'), { dynamic: true, newlyReportedOnly: true, severalModules: true, scope: { kind: 'group', group: groupId } })
  const byVersion = await createBatch(await makePackage('2.1'), { dynamic: true, severalModules: true, sourceVersions: ['1.0'] })
  await one.inform('1.0')
  await two.inform('1.0')
  await expectTasks(bench, byVersion.batchId, ['dev-0002 NOTIFIED'])
  await expectTasks(bench, byGroup.batchId, ['dev-0001 NOTIFIED'])
  // The dynamic batches of a group agree on these settings.
  await expect(createBatch(await makePackage('2.2'), { dynamic: true, scope: { kind: 'group', group: groupId } })).rejects.toMatchObject({ code: 'ota/batch-refused' })
})

it('leads a device from one version to the next, each by its own batch', async () => {
  const bench = await startRollouts()
  const { connect, makePackage, createBatch } = bench
  const second = await createBatch(await makePackage('2.0'), { dynamic: true, sourceVersions: ['1.0'] })
  const third = await createBatch(await makePackage('3.0'), { dynamic: true, sourceVersions: ['2.0'] })
  const one = await connect('dev-0001')
  for (const [index, version] of ['1.0', '2.0', '3.0'].entries()) {
    await one.inform(version)
    await waitFor(() => one.notices.length === Math.min(2, index + 1))
  }
  expect(one.notices.map(({ message }) => message.data.version)).toEqual(['2.0', '3.0'])
  await expectTasks(bench, second.batchId, ['dev-0001 SUCCEEDED'])
  await expectTasks(bench, third.batchId, ['dev-0001 SUCCEEDED'])
})

it('uses a changed timeout for later tasks only, and leaves tasks alone whose source version is taken away', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, makePackage, createBatch, taskOf } = bench
  const [one, two] = await Promise.all([connect('dev-0001'), connect('dev-0002')])
  await one.inform('1.0')
  const { batchId } = await createBatch(await makePackage('2.0'), { dynamic: true, sourceVersions: ['1.0', '1.1'], timeoutMinutes: 60 })
  await waitFor(() => one.notices.length === 1)
  await api.call('batch.update', { batchId, timeoutMinutes: null, sourceVersions: ['1.1'] })
  await two.inform('1.1')
  await waitFor(() => two.notices.length === 1)
  await one.progress(1)
  await two.progress(1)
  await expectTasks(bench, batchId, ['dev-0001 IN_PROGRESS', 'dev-0002 IN_PROGRESS'])
  expect((await taskOf(batchId, 'dev-0001')).deadlineAt).not.toBeNull()
  expect((await taskOf(batchId, 'dev-0002')).deadlineAt).toBeNull()
  await expect(api.call('batch.update', { batchId, sourceVersions: [] })).rejects.toMatchObject({ code: 'ota/batch-refused' })
})

it('looks again and again at a group that is a query, and lets a device in as soon as what it reports makes it a member', async () => {
  const bench = await startRollouts({ count: 3 })
  const { api, connect, makePackage, createBatch } = bench
  const [one, two] = await Promise.all([connect('dev-0001'), connect('dev-0002')])
  const { groupId } = await api.call('group.create', { name: 'online', query: 'status = "ONLINE"' })
  const { batchId } = await createBatch(await makePackage('2.0'), { dynamic: true, scope: { kind: 'group', group: groupId } })
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 NOTIFIED'])
  const three = await connect('dev-0003')
  // Others that report all the time do not put the look off.
  await waitFor(async () => {
    await one.inform('1.0')
    await two.inform('1.0')
    return three.notices.length === 1
  })
  await expectTasks(bench, batchId, ['dev-0001 NOTIFIED', 'dev-0002 NOTIFIED', 'dev-0003 NOTIFIED'])
})
