import type { RolloutBench } from '../support/rollout-bench.ts'
import { expect, it } from 'vitest'
import { startRollouts } from '../support/rollout-bench.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

/** Makes packages of modules, each with a name of its own. */
async function withModules(bench: RolloutBench, names: string[]): Promise<(module: string, version: string) => Promise<string>> {
  for (const name of names)
    await bench.api.call('otaModule.create', { productKey, name })
  return (module, version) => bench.makePackage(version, { module, name: `${module}-${version.replace('.', '-')}` })
}

it('updates several modules of a device at once, five with the cloud\'s limits and any number without', async () => {
  const bench = await startRollouts()
  const { api, connect, createBatch, states } = bench
  const modules = ['mod1', 'mod2', 'mod3', 'mod4', 'mod5', 'mod6']
  const pack = await withModules(bench, modules)
  await api.call('settings.set', { name: 'limits.applyCloud', value: true })
  const one = await connect('dev-0001')
  const batches: string[] = []
  for (const module of modules) {
    const { batchId } = await createBatch(await pack(module, '2.0'), { severalModules: true, rate: { kind: 'constant', perMinute: 10_000 } })
    batches.push(batchId)
    await states(batchId, [module === 'mod6' ? 'FAILED' : 'NOTIFIED'])
  }
  expect((await bench.taskOf(batches[5]!, 'dev-0001')).cause).toBe('conflict')
  expect(one.notices.map(({ message }) => message.data.module)).toEqual(modules.slice(0, 5))
  await api.call('settings.set', { name: 'limits.applyCloud', value: false })

  // Each task follows what is said of its own module, whatever the case of the name.
  await one.progress(30, '', 'mod2')
  await one.inform('2.0', 'MOD3')
  await one.inform('2.0')
  expect(await one.ask('mod4')).toMatchObject({ module: 'mod4', version: '2.0' })
  expect(await one.ask()).toEqual({})
  const seen = await Promise.all(batches.map(async batchId => (await bench.taskOf(batchId, 'dev-0001')).state))
  expect(seen).toEqual(['NOTIFIED', 'IN_PROGRESS', 'SUCCEEDED', 'NOTIFIED', 'NOTIFIED', 'FAILED'])
  for (const module of ['mod3', 'mod6'])
    await states((await createBatch(await pack(module, '3.0'), { severalModules: true })).batchId, ['NOTIFIED'])
})

it('lets a new task take the place of an older one of the same module, but not of one in progress, when several modules are updated', async () => {
  const bench = await startRollouts({ count: 2 })
  const { api, connect, createBatch, states, taskOf } = bench
  const pack = await withModules(bench, ['mcu', 'wifi'])
  const one = await connect('dev-0001')
  const mcu = await createBatch(await pack('mcu', '2.0'), { severalModules: true })
  const wifi = await createBatch(await pack('wifi', '2.0'), { severalModules: true, needsConfirmation: true })
  await states(mcu.batchId, ['NOTIFIED', 'QUEUED'])
  await states(wifi.batchId, ['CONFIRM', 'CONFIRM'])
  const newer = await createBatch(await pack('mcu', '2.1'), { severalModules: true })
  await states(mcu.batchId, ['CANCELED', 'CANCELED'])
  await states(newer.batchId, ['NOTIFIED', 'QUEUED'])
  await states(wifi.batchId, ['CONFIRM', 'CONFIRM'])
  expect(await taskOf(mcu.batchId, 'dev-0001')).toMatchObject({ remark: 'A newer batch took its place.', cause: null })
  await one.progress(1, '', 'mcu')
  const last = await createBatch(await pack('mcu', '2.2'), { severalModules: true })
  await states(last.batchId, ['FAILED', 'QUEUED'])
  await states(newer.batchId, ['IN_PROGRESS', 'CANCELED'])
  expect(await taskOf(last.batchId, 'dev-0001')).toMatchObject({ cause: 'conflict' })

  // Neither in one batch nor in two of the product do several modules and overriding go together, as long as one is under way.
  await expect(createBatch(await pack('wifi', '2.3'), { overrides: true })).rejects.toMatchObject({ code: 'ota/batch-refused' })
  for (const { batchId } of [wifi, newer, last])
    await api.call('batch.cancel', { batchId, unconfirmed: true, queued: true, notified: true, inProgress: true })
  const overriding = await createBatch(await pack('wifi', '2.4'), { overrides: true })
  await states(overriding.batchId, ['NOTIFIED', 'QUEUED'])
  await expect(api.call('batch.retry', { batchId: last.batchId, taskIds: [(await taskOf(last.batchId, 'dev-0001')).taskId] })).rejects.toMatchObject({ code: 'ota/batch-refused' })
})

it('looks at tasks of all modules when only one is updated at a time', async () => {
  const bench = await startRollouts({ count: 3 })
  const { connect, createBatch, states, makePackage } = bench
  const pack = await withModules(bench, ['mcu'])
  const one = await connect('dev-0001')
  await connect('dev-0002')
  const firmware = await createBatch(await makePackage('2.0'))
  await states(firmware.batchId, ['NOTIFIED', 'NOTIFIED', 'QUEUED'])
  await one.progress(10)
  await states(firmware.batchId, ['IN_PROGRESS', 'NOTIFIED', 'QUEUED'])
  const refused = await createBatch(await pack('mcu', '2.0'))
  await states(refused.batchId, ['FAILED', 'FAILED', 'FAILED'])
  await states(firmware.batchId, ['IN_PROGRESS', 'NOTIFIED', 'QUEUED'])
  expect((await bench.api.call('batch.get', { batchId: refused.batchId })).state).toBe('COMPLETED')
  const overriding = await createBatch(await pack('mcu', '2.1'), { overrides: true })
  await states(overriding.batchId, ['FAILED', 'NOTIFIED', 'QUEUED'])
  await states(firmware.batchId, ['IN_PROGRESS', 'CANCELED', 'CANCELED'])
})

it('overrides what waits for the app and what is planned, and tells of it in the timeline', async () => {
  const bench = await startRollouts()
  const { api, createBatch, states, makePackage, taskOf } = bench
  const packageId = await makePackage('2.0')
  const unconfirmed = await createBatch(packageId, { needsConfirmation: true })
  const planned = await createBatch(packageId, { overrides: true, startAt: Date.now() + 600_000 })
  await states(unconfirmed.batchId, ['CANCELED'])
  await states(planned.batchId, ['QUEUED'])
  const now = await createBatch(packageId, { overrides: true })
  await states(planned.batchId, ['CANCELED'])
  const { steps } = await api.call('batch.timeline', { taskId: (await taskOf(planned.batchId, 'dev-0001')).taskId })
  expect(steps.map(({ event, state }) => `${event} ${state}`)).toEqual(['created QUEUED', 'overridden CANCELED'])
  // What has ended stays, and is not told to a device that connects.
  const one = await bench.connect('dev-0001')
  await waitFor(() => one.notices.length === 1)
  await one.inform('2.0')
  await states(now.batchId, ['SUCCEEDED'])
  await states(planned.batchId, ['CANCELED'])
})
