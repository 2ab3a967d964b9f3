import { expect, it } from 'vitest'
import { createFastClock } from '../support/fast-clock.ts'
import { connectGateway, makeGateways, subProductKey } from '../support/gateway.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

it('updates sub-devices through their gateway, and waits for them while it is away', async () => {
  const bench = await startRollouts()
  const { api, mqtt, createBatch, makePackage } = bench
  const { gateways, subs } = await makeGateways(api, { subs: 2 })
  const [one, two] = subs.map(({ deviceName }) => deviceName)
  const packageId = await makePackage('2.0', { productKey: subProductKey })
  const { batchId } = await createBatch(packageId, { timeoutMinutes: 60 })
  const look = async (): Promise<string[]> => (await api.call('batch.tasks', { batchId })).tasks.map(({ state, waitsFor }) => `${state} ${waitsFor}`)
  const notice = (deviceName: string): string => `/ota/device/upgrade/${subProductKey}/${deviceName}`
  expect(await look()).toEqual(['QUEUED device', 'QUEUED device'])

  const first = await connectGateway(mqtt, gateways[0]!)
  const say = async (what: string, deviceName: string, params: object): Promise<void> => {
    await first.client.publishAsync(`/ota/device/${what}/${subProductKey}/${deviceName}`, JSON.stringify({ id: '1', params }), { qos: 1 })
  }
  await first.bringUp(subs[0]!)
  await waitFor(() => first.on(notice(one!)).length === 1)
  expect(JSON.parse(first.on(notice(one!))[0]!)).toMatchObject({ data: { version: '2.0' } })
  expect(await look()).toEqual(['NOTIFIED null', 'QUEUED device'])
  await say('inform', one!, { version: '1.0' })
  await say('progress', one!, { step: 30, desc: '' })
  await waitFor(async () => (await look())[0] === 'IN_PROGRESS null')
  const { tasks: [before] } = await api.call('batch.tasks', { batchId })

  // With the gateway its sub-devices are away; what they were told they are told again, and the clock has gone on.
  first.client.end(true)
  const second = await connectGateway(mqtt, gateways[0]!)
  await second.bringUp(...subs)
  await waitFor(() => second.on(notice(one!)).length === 1 && second.on(notice(two!)).length === 1)
  expect(await look()).toEqual(['IN_PROGRESS null', 'NOTIFIED null'])
  const { tasks: [after] } = await api.call('batch.tasks', { batchId })
  expect(after!.deadlineAt).toBe(before!.deadlineAt)
  for (const { deviceName } of subs)
    await second.client.publishAsync(`/ota/device/inform/${subProductKey}/${deviceName}`, '{"id":"2","params":{"version":"2.0"}}', { qos: 1 })
  await waitFor(async () => (await api.call('batch.get', { batchId })).state === 'COMPLETED')
  expect(await look()).toEqual(['SUCCEEDED null', 'SUCCEEDED null'])
})

it('keeps the tasks of a disabled device, and cancels those of a deleted one, also in progress', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, createBatch, states } = bench
  const [one, two] = await Promise.all([connect('dev-0001'), connect('dev-0002')])
  const { batchId } = await createBatch(await bench.makePackage('2.0'))
  await waitFor(() => one.notices.length + two.notices.length === 2)
  await one.progress(10)
  await api.call('device.setEnabled', { productKey, deviceName: 'dev-0002', enabled: false })
  await states(batchId, ['IN_PROGRESS', 'NOTIFIED'])
  await api.call('device.setEnabled', { productKey, deviceName: 'dev-0002', enabled: true })
  const again = await connect('dev-0002')
  await waitFor(() => again.notices.length === 1)
  await api.call('device.delete', { productKey, deviceName: 'dev-0001' })
  await waitFor(async () => (await api.call('batch.get', { batchId })).counts.CANCELED === 1)
  const { tasks } = await api.call('batch.tasks', { batchId, states: ['CANCELED'] })
  expect(tasks).toMatchObject([{ deviceName: 'dev-0001', remark: 'The device was deleted.' }])
  await again.inform('2.0')
  await waitFor(async () => (await api.call('batch.get', { batchId })).state === 'COMPLETED')
})

it('lets the batches of a product go with it, so that a later product of the same key begins without any', async () => {
  const bench = await startRollouts()
  const { api, createBatch } = bench
  const { batchId } = await createBatch(await bench.makePackage('2.0'), { dynamic: true, sourceVersions: ['1.0'] })
  await api.call('device.delete', { productKey, deviceName: 'dev-0001' })
  await api.call('product.delete', { productKey })
  await expect(api.call('batch.get', { batchId })).rejects.toMatchObject({ code: 'ota/batch-not-found' })
  await api.call('product.create', { productKey, name: 'Lamp' })
  const { certificates } = await api.call('device.create', { productKey, deviceName: 'lamp' })
  const { client } = await connectDevice(bench.mqtt, certificates[0]!)
  await client.publishAsync(`/ota/device/inform/${productKey}/lamp`, '{"id":"1","params":{"version":"1.0"}}', { qos: 1 })
  expect((await api.call('batch.list', {})).total).toBe(0)
  expect((await api.call('batch.tasks', { device: { productKey, deviceName: 'lamp' } })).total).toBe(0)
  await bench.close()
  const after = await startRollouts({ count: 0, workspaceDir: bench.dir })
  expect((await after.api.call('batch.list', {})).total).toBe(0)
})

it('tells a device that has to subscribe once it has, and not before', async () => {
  const before = await startRollouts()
  await before.api.call('settings.set', { name: 'platform.strictSubscriptions', value: true })
  const { batchId } = await before.createBatch(await before.makePackage('2.0'))
  await before.close()
  const bench = await startRollouts({ workspaceDir: before.dir })
  const topics: string[] = []
  const { client } = await connectDevice(bench.mqtt, bench.certificates[0]!, {}, found => found.on('message', topic => topics.push(topic)))
  await client.publishAsync(`/ota/device/inform/${productKey}/dev-0001`, '{"id":"1","params":{"version":"1.0"}}', { qos: 1 })
  expect((await bench.taskOf(batchId, 'dev-0001')).state).toBe('QUEUED')
  await client.subscribeAsync(`/ota/device/upgrade/${productKey}/dev-0001`)
  await waitFor(() => topics.length === 1)
  await bench.states(batchId, ['NOTIFIED'])
})

it('lets a retry that comes due while the device is away wait until it is back', async () => {
  const bench = await startRollouts({ clock: createFastClock(20) })
  const one = await bench.connect('dev-0001')
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { retryMinutes: 0.2, retriesMax: 2 })
  await waitFor(() => one.notices.length === 1)
  await one.progress(50)
  await one.progress(-2)
  expect(await bench.taskOf(batchId, 'dev-0001')).toMatchObject({ state: 'IN_PROGRESS', percent: 50, retries: 1 })
  one.client.end(true)
  await waitFor(async () => (await bench.taskOf(batchId, 'dev-0001')).retryAt === null)
  const again = await bench.connect('dev-0001')
  await waitFor(() => again.notices.length === 1)
  await again.inform('0.7')
  await again.inform('0.7')
  await bench.states(batchId, ['IN_PROGRESS'])
  await again.inform('2.0')
  await bench.states(batchId, ['SUCCEEDED'])
})

it('does not run the clock of a device that reports no progress, nor start it anew by what is told again', async () => {
  const bench = await startRollouts({ count: 2, clock: createFastClock(20) })
  const [one, two] = await Promise.all([bench.connect('dev-0001'), bench.connect('dev-0002')])
  const { batchId } = await bench.createBatch(await bench.makePackage('2.0'), { timeoutMinutes: 0.5, retryMinutes: 0.4, retriesMax: 5 })
  await waitFor(() => one.notices.length + two.notices.length === 2)
  await one.progress(1)
  const { deadlineAt } = await bench.taskOf(batchId, 'dev-0001')
  await one.progress(-1)
  one.client.end(true)
  const again = await bench.connect('dev-0001')
  await waitFor(() => again.notices.length === 1)
  await again.progress(2)
  expect((await bench.taskOf(batchId, 'dev-0001')).deadlineAt).toBe(deadlineAt)
  await bench.states(batchId, ['FAILED', 'NOTIFIED'])
  expect(await bench.taskOf(batchId, 'dev-0001')).toMatchObject({ cause: 'timeout', retryAt: null })
})

it('leaves a package verified that has been, whatever a later trial comes to, and one alone that needs no verification', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, createBatch } = bench
  const one = await bench.connect('dev-0001')
  const packageId = await bench.makePackage('2.0', { verify: true })
  const state = async (id: string): Promise<[string, number]> => {
    const { state, verifyProgress } = await api.call('otaPackage.get', { packageId: id })
    return [state, verifyProgress]
  }
  const trial = (deviceNames: string[], id = packageId): Promise<{ batchId: string }> => createBatch(id, { kind: 'verify', scope: { kind: 'named', deviceNames } })
  const first = await trial(['dev-0001', 'dev-0002'])
  await waitFor(() => one.notices.length === 1)
  await one.inform('2.0')
  await waitFor(async () => (await state(packageId)).join() === 'verifying,50')
  await api.call('batch.cancel', { batchId: first.batchId, queued: true })
  await waitFor(async () => (await state(packageId))[0] === 'unverified')
  await expect(createBatch(packageId)).rejects.toMatchObject({ code: 'ota/batch-refused' })

  await one.inform('1.0')
  await trial(['dev-0001'])
  await waitFor(() => one.notices.length === 2)
  await one.progress(-1)
  await waitFor(async () => (await state(packageId)).join() === 'failed,0')
  await expect(createBatch(packageId)).rejects.toMatchObject({ code: 'ota/batch-refused' })
  await trial(['dev-0001'])
  await waitFor(() => one.notices.length === 3)
  await one.inform('2.0')
  await waitFor(async () => (await state(packageId)).join() === 'verified,100')
  await one.inform('1.0')
  await trial(['dev-0001'])
  await waitFor(() => one.notices.length === 4)
  await one.progress(-1)
  expect(await state(packageId)).toEqual(['verified', 100])

  const free = await bench.makePackage('3.0')
  await trial(['dev-0001'], free)
  await waitFor(() => one.notices.length === 5)
  expect(await state(free)).toEqual(['none', 0])
  expect((await createBatch(free, { scope: { kind: 'named', deviceNames: ['dev-0002'] } })).counts.QUEUED).toBe(1)
})
