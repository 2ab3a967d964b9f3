import type { MethodInput } from '../../src/shared/contract/contract.ts'
import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

it('says before a batch is made what it would do to how many devices, and refuses as making it would, naming the field', async () => {
  const { api, connect, makePackage, createBatch, states } = await startRollouts({ count: 5 })
  const devices = await Promise.all([1, 2, 3].map(index => connect(`dev-000${index}`)))
  for (const [index, version] of ['1.0', '1.1', '2.0'].entries())
    await devices[index]!.inform(version)
  const packageId = await makePackage('2.0')
  expect(await api.call('batch.preview', { packageId })).toEqual({ inScope: 5, onTarget: 1, otherVersion: 0, unreported: 0, fulfilling: 4, tasks: 4, offline: 2, conflicting: 0, overridden: 0 })
  expect(await api.call('batch.preview', { packageId, sourceVersions: ['1.1'] })).toMatchObject({ onTarget: 1, otherVersion: 1, unreported: 2, fulfilling: 1, tasks: 1, offline: 0 })
  expect(await api.call('batch.preview', { packageId, scope: { kind: 'phased', percent: 50 } })).toMatchObject({ fulfilling: 4, tasks: 2 })
  expect(await api.call('batch.preview', { packageId, scope: { kind: 'named', deviceNames: ['dev-0003', 'dev-0004'] } })).toMatchObject({ inScope: 2, onTarget: 1, tasks: 1, offline: 1 })
  expect(await api.call('batch.preview', { packageId, dynamic: true, sourceVersions: ['1.0'], newlyReportedOnly: true })).toMatchObject({ fulfilling: 1, tasks: 0 })
  const { groupId } = await api.call('group.create', { name: 'wave_one' })
  await api.call('group.addDevices', { group: groupId, devices: [{ productKey, deviceName: 'dev-0001' }] })
  expect(await api.call('batch.preview', { packageId, scope: { kind: 'group', group: groupId } })).toMatchObject({ inScope: 1, tasks: 1 })

  const { batchId } = await createBatch(packageId)
  await states(batchId, ['NOTIFIED', 'NOTIFIED', 'QUEUED', 'QUEUED'])
  await devices[0]!.progress(10)
  await states(batchId, ['IN_PROGRESS', 'NOTIFIED', 'QUEUED', 'QUEUED'])
  expect(await api.call('batch.preview', { packageId })).toMatchObject({ tasks: 4, conflicting: 4, overridden: 0 })
  expect(await api.call('batch.preview', { packageId, overrides: true })).toMatchObject({ tasks: 4, conflicting: 1, overridden: 3 })
  expect((await api.call('batch.list', { packageId })).total).toBe(1)

  for (const [wish, field] of [
    [{ dynamic: true }, 'sourceVersions'],
    [{ retryMinutes: 60, timeoutMinutes: 60 }, 'retryMinutes'],
    [{ startAt: 1 }, 'startAt'],
    [{ scope: { kind: 'named', deviceNames: ['nobody'] } }, 'scope'],
  ] satisfies [Partial<MethodInput<'batch.preview'>>, string][])
    await expect(api.call('batch.preview', { packageId, ...wish })).rejects.toMatchObject({ code: 'ota/batch-refused', details: { field } })
  await expect(api.call('batch.preview', { packageId: 'nothing' })).rejects.toMatchObject({ code: 'ota/package-not-found' })
})

it('takes a list of device names in pieces, tells which lines are wrong, and makes a batch of the right ones, once', async () => {
  const { api, makePackage, createBatch } = await startRollouts({ count: 3 })
  await api.call('product.importModel', { text: JSON.stringify({ profile: { productKey: 'a1Other' }, properties: [], events: [], services: [] }) })
  await api.call('device.create', { productKey: 'a1Other', deviceName: 'other-1' })
  const text = '\uFEFFDeviceName\r\ndev-0001\r\nnobody\r\n\r\nother-1\r\nx\r\n"dev-0002"\r\ndev-0001'
  const bytes = Buffer.from(text)
  const { namesId, valid } = await api.call('batchNames.begin', { productKey })
  expect(valid).toBe(0)
  // Cut inside the byte-order mark and inside a name.
  for (const [from, to] of [[0, 2], [2, 20], [20, bytes.length]] as const)
    await api.call('batchNames.part', { namesId, offset: from, bytes: bytes.subarray(from, to) })
  await expect(api.call('batchNames.part', { namesId, offset: 0, bytes })).rejects.toMatchObject({ code: 'input/invalid', details: { field: 'offset' } })
  const packageId = await makePackage('2.0')
  const scope = { kind: 'list', namesId } as const
  await expect(createBatch(packageId, { scope })).rejects.toMatchObject({ code: 'ota/batch-refused', details: { field: 'scope' } })
  const check = await api.call('batchNames.end', { namesId })
  expect(check).toMatchObject({ received: bytes.length, valid: 2, invalid: { malformed: 1, unknown: 1, otherProduct: 1, repeated: 1 } })
  const wrong = [[3, 'nobody', 'unknown'], [5, 'other-1', 'otherProduct'], [6, 'x', 'malformed'], [8, 'dev-0001', 'repeated']].map(([line, name, fault]) => ({ line, name, fault }))
  expect(check.sample).toEqual(wrong)
  expect(await api.call('batchNames.invalid', { namesId, offset: 1, limit: 2 })).toEqual({ names: wrong.slice(1, 3), total: 4 })

  expect(await api.call('batch.preview', { packageId, scope })).toMatchObject({ inScope: 2, tasks: 2, offline: 2 })
  const batch = await createBatch(packageId, { scope })
  expect(batch.scope).toEqual({ kind: 'named', deviceCount: 2 })
  expect((await api.call('batch.tasks', { batchId: batch.batchId })).tasks.map(({ deviceName }) => deviceName)).toEqual(['dev-0001', 'dev-0002'])
  await expect(createBatch(packageId, { scope })).rejects.toMatchObject({ code: 'ota/names-not-found' })

  const second = await api.call('batchNames.begin', { productKey })
  await api.call('batchNames.drop', { namesId: second.namesId })
  await expect(api.call('batchNames.invalid', { namesId: second.namesId })).rejects.toMatchObject({ code: 'ota/names-not-found' })
})

it('forgets a list of device names after an hour', async () => {
  const { api } = await startRollouts({ clock: createFastClock(10_000) })
  const { namesId } = await api.call('batchNames.begin', { productKey })
  for (let more = 1; more < limits.nameListsMax; more++)
    await api.call('batchNames.begin', { productKey })
  await waitFor(() => api.call('batchNames.begin', { productKey }).then(() => true, () => false), { what: 'old lists to make room for a new one' })
  await expect(api.call('batchNames.end', { namesId })).rejects.toMatchObject({ code: 'ota/names-not-found' })
})

it('switches the verification of a package off and on again', async () => {
  const { api, makePackage, createBatch } = await startRollouts()
  const packageId = await makePackage('2.0', { verify: true })
  await expect(createBatch(packageId)).rejects.toMatchObject({ code: 'ota/batch-refused', details: { field: 'packageId' } })
  expect((await api.call('otaPackage.update', { packageId, verify: false })).state).toBe('none')
  const { batchId } = await createBatch(packageId)
  expect((await api.call('batch.get', { batchId })).state).toBe('IN_PROGRESS')
  expect((await api.call('otaPackage.update', { packageId, verify: true })).state).toBe('unverified')
})

it('counts devices by version, and updates that succeeded or failed by source version and cause', async () => {
  const { api, connect, makePackage, createBatch, states } = await startRollouts({ count: 5 })
  const devices = await Promise.all([1, 2, 3, 4].map(index => connect(`dev-000${index}`)))
  for (const [index, version] of ['1.0', '1.0', '1.1', '0.9'].entries())
    await devices[index]!.inform(version)
  expect(await api.call('otaStatistics.versions', { productKey })).toEqual({
    deviceCount: 5,
    reportedCount: 4,
    versions: [{ version: '1.0', deviceCount: 2 }, { version: '0.9', deviceCount: 1 }, { version: '1.1', deviceCount: 1 }],
    moreVersions: 0,
  })
  const named = async (more: object): Promise<string[]> => (await api.call('otaStatistics.versionDevices', { productKey, ...more })).devices.map(({ deviceName }) => deviceName)
  expect(await named({ version: '1.0' })).toEqual(['dev-0001', 'dev-0002'])
  expect(await named({ notVersions: ['1.0', '1.1'] })).toEqual(['dev-0004'])
  expect(await named({ offset: 1, limit: 2 })).toEqual(['dev-0002', 'dev-0003'])
  await expect(api.call('otaStatistics.versions', { productKey, module: 'mcu' })).rejects.toMatchObject({ code: 'ota/module-not-found' })

  const packageId = await makePackage('2.0')
  const { batchId } = await createBatch(packageId)
  await states(batchId, ['NOTIFIED', 'NOTIFIED', 'NOTIFIED', 'NOTIFIED', 'QUEUED'])
  await devices[0]!.inform('2.0')
  await devices[1]!.progress(-2, 'no route')
  await devices[2]!.progress(50)
  await devices[2]!.inform('7.7')
  await states(batchId, ['SUCCEEDED', 'FAILED', 'FAILED', 'NOTIFIED', 'QUEUED'])
  const second = await createBatch(packageId, { sourceVersions: ['0.9'] })
  await states(second.batchId, ['FAILED'])
  await api.call('batch.cancel', { batchId, queued: true, notified: true })

  const all = await api.call('otaStatistics.success', { packageId })
  expect(all).toEqual({
    succeeded: 1,
    failed: 3,
    sources: [{ sourceVersion: '1.0', succeeded: 1, failed: 1 }, { sourceVersion: '0.9', succeeded: 0, failed: 1 }, { sourceVersion: '1.1', succeeded: 0, failed: 1 }],
    causes: [{ cause: 'conflict', count: 1 }, { cause: 'progress', count: 1 }, { cause: 'version', count: 1 }],
  })
  expect(await api.call('otaStatistics.success', { packageId, batchId: second.batchId })).toEqual({ succeeded: 0, failed: 1, sources: [{ sourceVersion: '0.9', succeeded: 0, failed: 1 }], causes: [{ cause: 'conflict', count: 1 }] })
  const tasks = async (more: object): Promise<string[]> => (await api.call('otaStatistics.tasks', { packageId, ...more })).tasks.map(({ deviceName }) => deviceName)
  expect(await tasks({})).toEqual(['dev-0004', 'dev-0003', 'dev-0002', 'dev-0001'])
  expect(await tasks({ state: 'FAILED', sourceVersion: '1.0' })).toEqual(['dev-0002'])
  expect(await tasks({ cause: 'version' })).toEqual(['dev-0003'])
  expect(await tasks({ notSourceVersions: ['1.0', null] })).toEqual(['dev-0004', 'dev-0003'])
  expect(await tasks({ sourceVersion: null })).toEqual([])
  expect(await api.call('otaStatistics.tasks', { packageId, batchId: second.batchId })).toMatchObject({ total: 1, tasks: [{ state: 'FAILED', cause: 'conflict', sourceVersion: '0.9', targetVersion: '2.0' }] })
  await expect(api.call('otaStatistics.success', { packageId: 'nothing' })).rejects.toMatchObject({ code: 'ota/package-not-found' })
})
