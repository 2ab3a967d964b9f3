import type { Batch, BatchTask } from '../../src/shared/contract/batch.ts'
import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { UpdateAccount, UpdateConduct, UpdateEnding } from '../../src/shared/contract/fleet-updates.ts'
import type { Fleet } from '../../src/shared/contract/fleet.ts'
import type { OtaPackage } from '../../src/shared/contract/ota-package.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { updateEndings } from '../../src/shared/contract/fleet-updates.ts'
import { imageOf, uploadFile, withDownloads } from '../support/ota-bench.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const quick: Partial<UpdateConduct> = { flashMs: 100, restartMs: 100 }

interface Bench {
  api: ApiClient
  fleet: () => Promise<Fleet>
  fleetId: string
  accounts: () => Promise<UpdateAccount[]>
  /** Makes a package of files of these sizes and starts a batch over the fleet. */
  release: (version: string, sizes?: number[], more?: Partial<MethodInput<'batch.create'>>) => Promise<Batch>
  tasks: (batchId: string) => Promise<BatchTask[]>
  connected: (count: number) => Promise<void>
}

/** An engine from which devices download, and a fleet that says nothing but what concerns updates. */
async function startFleet(updates: Partial<UpdateConduct> = {}, count = 1): Promise<Bench> {
  const { api } = await startEngine(withDownloads)
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  const { fleetId } = await api.call('fleet.create', { productKey, count, intervalSec: 3_600, seed: 7, conversation: quietConversation, updates: { ...quick, ...updates } })
  const fleet = (): Promise<Fleet> => api.call('fleet.get', { fleetId })
  const connected = async (wanted: number): Promise<void> => {
    await waitFor(async () => (await fleet()).stats.connected === wanted, { what: `${wanted} devices online` })
  }
  await api.call('fleet.start', { fleetId })
  await connected(count)
  await waitFor(async () => (await api.call('trace.page', { filter: { topic: 'ota/device/inform' } })).rows.length === count, { what: 'their versions' })
  return {
    api,
    fleetId,
    fleet,
    connected,
    accounts: async () => (await api.call('fleet.updates', { fleetId, limit: 1_000 })).accounts,
    release: async (version, sizes = [100_000], more = {}) => {
      const { packageId } = await makePackage(api, version, sizes)
      return api.call('batch.create', { packageId, sourceVersions: ['1.0.0'], ...more })
    },
    tasks: async batchId => (await api.call('batch.tasks', { batchId, limit: 1_000 })).tasks,
  }
}

async function makePackage(api: ApiClient, version: string, sizes: number[], more: Partial<MethodInput<'otaPackage.create'>> = {}): Promise<OtaPackage> {
  const uploadIds: string[] = []
  for (const [index, size] of sizes.entries())
    uploadIds.push(await uploadFile(api, `app${index}.bin`, imageOf(size, index + 3)))
  return api.call('otaPackage.create', { productKey, name: `p${version.replaceAll('.', '_')}`, version, verify: false, uploadIds, ...more })
}

const said = ({ steps }: UpdateAccount): string[] => steps.map(({ what }) => what)
const ofEnding = (ending: UpdateEnding): Pick<UpdateConduct, 'endings'> => ({ endings: [{ ending, share: 1 }] })

describe('a simulated device that is told of an update', () => {
  it('downloads it, tells how far it is, starts again and reports the new version', async () => {
    const { api, release, tasks, accounts, fleet } = await startFleet()
    const { batchId } = await release('2.0.0')
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'SUCCEEDED', { what: 'the update' })
    const [account] = await accounts()
    expect({ ...account, steps: [] }).toEqual({ deviceName: 'sim-0001', module: 'default', ending: 'succeeds', stage: 'ended', fromVersion: '1.0.0', toVersion: '2.0.0', percent: 100, bytes: 100_000, size: 100_000, steps: [] })
    expect(said(account!).filter(what => !/^progress \d\d?$/.test(what) && what !== 'told again')).toEqual(['told', 'download', 'flash', 'progress 100', 'restart', 'online', 'version 2.0.0'])
    const [task] = await tasks(batchId)
    const { steps } = await api.call('batch.timeline', { taskId: task!.taskId })
    expect(steps.map(({ event }) => event)).toEqual(expect.arrayContaining(['created', 'pushed', 'progress 100', 'version 2.0.0']))
    expect((await api.call('device.get', { productKey, deviceName: 'sim-0001' })).versions).toMatchObject([{ module: 'default', version: '2.0.0' }])
    await waitFor(async () => (await fleet()).stats.updates.updated === 1)
    expect((await fleet()).stats).toMatchObject({ errors: {}, updates: { ended: 1, updated: 1, notUpdated: 0, updateBytes: 100_000, downloading: 0 }, life: { reboots: 1, boots: 1, crashes: 0, flashing: 0 } })
  })

  it('shows as flashing while the update starts it again, and boots then', async () => {
    const { api, release, fleet, fleetId } = await startFleet({ restartMs: 600_000 })
    await release('2.0.0')
    await waitFor(async () => (await fleet()).stats.life.flashing === 1, { what: 'the restart' })
    await waitFor(async () => (await api.call('device.get', { productKey, deviceName: 'sim-0001' })).state === 'OFFLINE')
    await api.call('fleet.update', { fleetId, change: { life: { bootSec: 600 }, updates: { restartMs: 0 } } })
    await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0001'] }, steering: { do: 'power-off' } })
    await waitFor(async () => (await fleet()).stats.life.off === 1)
    await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0001'] }, steering: { do: 'power-on' } })
    await waitFor(async () => (await fleet()).stats.life.booting === 1)
  })

  it('goes on with a range where its link dropped, and takes no second update from a notice that is repeated meanwhile', async () => {
    const { release, tasks, accounts, fleet } = await startFleet({ ...ofEnding('resumes'), percent: 30 })
    const { batchId } = await release('2.0.0')
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'SUCCEEDED', { what: 'the update' })
    const [account] = await accounts()
    expect(said(account!).filter(what => !what.startsWith('progress'))).toEqual(['told', 'download', 'offline', 'online', 'resume 30000', 'told again', 'flash', 'restart', 'online', 'version 2.0.0'])
    await waitFor(async () => (await fleet()).stats.updates.updated === 1)
    // Had it begun anew, more bytes would have come than there are.
    expect((await fleet()).stats.updates.updateBytes).toBe(100_000)
  })

  it('fetches several files one after the other and checks each', async () => {
    const { release, tasks, accounts } = await startFleet({ ...ofEnding('resumes'), percent: 60 })
    const { batchId } = await release('2.0.0', [1_000, 30_000, 9])
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'SUCCEEDED', { what: 'the update' })
    const [account] = await accounts()
    expect(account).toMatchObject({ bytes: 31_009, size: 31_009, percent: 100 })
    expect(said(account!).filter(what => /^(?:download|resume)/.test(what))).toEqual(['download', 'download', 'resume 17605', 'download'])
  })

  it('updates a module and leaves its firmware as it is, and fetches what it was told of meanwhile afterwards', async () => {
    const { api, tasks } = await startFleet({ flashMs: 600 })
    await api.call('otaModule.create', { productKey, name: 'MCU', alias: 'MCU-1' })
    const mcu = await makePackage(api, '5.1', [1_000], { module: 'MCU' })
    const app = await makePackage(api, '2.0.0', [1_000])
    const more = { severalModules: true }
    const first = await api.call('batch.create', { packageId: mcu.packageId, ...more })
    const second = await api.call('batch.create', { packageId: app.packageId, ...more })
    await waitFor(async () => (await Promise.all([first, second].map(({ batchId }) => tasks(batchId)))).every(([task]) => task?.state === 'SUCCEEDED'), { what: 'both updates' })
    expect((await api.call('device.get', { productKey, deviceName: 'sim-0001' })).versions).toMatchObject([{ module: 'default', version: '2.0.0' }, { module: 'MCU', version: '5.1' }])
  })

  it.each<[UpdateEnding, number]>([['succeeds', 100_000], ['resumes', 40_000], ['succeeds', 1]])('downloads over MQTT in blocks when it is told so (%s, %i bytes)', async (ending, size) => {
    const { release, tasks, accounts, fleet } = await startFleet(ofEnding(ending))
    const { batchId } = await release('2.0.0', [size], { protocol: 'MQTT' })
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'SUCCEEDED', { what: 'the update' })
    expect(await accounts()).toMatchObject([{ bytes: size, size, stage: 'ended' }])
    await waitFor(async () => (await fleet()).stats.updates.updated === 1)
    expect((await fleet()).stats).toMatchObject({ errors: {}, repliedRefused: 0, updates: { updateBytes: size } })
  })

  it('asks for an update that is not pushed when it is told to ask', async () => {
    const { api, release, tasks, accounts, fleetId } = await startFleet()
    const { batchId } = await release('2.0.0', [1_000], { pushes: false })
    await api.call('fleet.update', { fleetId, change: { updates: { asksEverySec: 1 } } })
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'SUCCEEDED', { what: 'the update' })
    expect(await accounts()).toMatchObject([{ stage: 'ended', toVersion: '2.0.0' }])
    const { rows } = await api.call('trace.page', { filter: { topic: 'ota/device/upgrade' } })
    expect(rows).toEqual([])
  })

  it('takes no notice of updates when it takes none, and reports no version when it has none', async () => {
    const { api } = await startEngine(withDownloads)
    await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
    const { fleetId } = await api.call('fleet.create', { productKey, count: 1, intervalSec: 3_600, conversation: quietConversation, updates: { takes: false, version: '' } })
    await api.call('fleet.start', { fleetId })
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === 1)
    const { packageId } = await makePackage(api, '2.0.0', [100])
    const { batchId } = await api.call('batch.create', { packageId })
    await waitFor(async () => (await api.call('batch.tasks', { batchId })).tasks[0]?.state === 'NOTIFIED')
    await api.call('device.rrpc', { productKey, deviceName: 'sim-0001', payloadBase64: 'AQL6' })
    expect(await api.call('fleet.updates', { fleetId })).toEqual({ accounts: [], total: 0 })
    const { rows } = await api.call('trace.page', { filter: { topic: 'ota/device/inform' } })
    expect(rows).toEqual([])
  })
})

/** What the platform makes of each ending by its rulebook, once the time that a device may take is up. */
const verdicts: Record<UpdateEnding, [BatchTask['state'], BatchTask['cause'], string]> = {
  succeeds: ['SUCCEEDED', null, '2.0.0'],
  neverStarts: ['NOTIFIED', null, '1.0.0'],
  stalls: ['FAILED', 'timeout', '1.0.0'],
  resumes: ['SUCCEEDED', null, '2.0.0'],
  badDigest: ['FAILED', 'progress', '1.0.0'],
  noRoom: ['FAILED', 'progress', '1.0.0'],
  updateFails: ['FAILED', 'progress', '1.0.0'],
  downloadFails: ['FAILED', 'progress', '1.0.0'],
  checkFails: ['FAILED', 'progress', '1.0.0'],
  flashFails: ['FAILED', 'progress', '1.0.0'],
  oldVersion: ['FAILED', 'timeout', '1.0.0'],
  wrongVersion: ['FAILED', 'version', '0.0.0-other'],
  reportsTwice: ['SUCCEEDED', null, '2.0.0'],
  silent: ['FAILED', 'timeout', '1.0.0'],
  powerCut: ['FAILED', 'timeout', '1.0.0'],
}

describe('a fleet whose updates end in every way', () => {
  it('ends each task by the rulebook, and tells of each device what it did', async () => {
    const count = 60
    const { api, release, tasks, accounts, fleet, connected, fleetId } = await startFleet({ endings: updateEndings.map(ending => ({ ending, share: 1 })), downloadsMax: 5 }, count)
    const { batchId } = await release('2.0.0', [50_000], { timeoutMinutes: 0.1 })
    await waitFor(async () => (await fleet()).stats.updates.told + (await fleet()).stats.updates.ended + (await fleet()).stats.updates.downloading === count, { what: 'the devices to have done what they do', timeoutMs: 20_000 })
    const told = await accounts()
    expect(new Set(told.map(({ ending }) => ending))).toEqual(new Set(updateEndings))
    const { counts } = await waitFor(async () => {
      const batch = await api.call('batch.get', { batchId })
      return batch.counts.IN_PROGRESS === 0 && batch.counts.QUEUED === 0 && batch
    }, { what: 'the time to be up', timeoutMs: 20_000 })
    const versions = new Map((await api.call('device.list', { productKey, limit: 100 })).devices.map(({ deviceName }) => [deviceName, '']))
    for (const deviceName of versions.keys())
      versions.set(deviceName, (await api.call('device.get', { productKey, deviceName })).versions[0]!.version)
    const taskOf = new Map((await tasks(batchId)).map(task => [task.deviceName, task]))
    expect(told.map(({ deviceName, ending }) => [ending, taskOf.get(deviceName)!.state, taskOf.get(deviceName)!.cause, versions.get(deviceName)]))
      .toEqual(told.map(({ ending }) => [ending, ...verdicts[ending]]))
    const silent = told.filter(({ ending }) => ending === 'silent').length
    await connected(count - silent)
    expect(counts.FAILED + counts.SUCCEEDED + counts.NOTIFIED).toBe(count)
    const succeeded = told.filter(({ ending }) => verdicts[ending][0] === 'SUCCEEDED').length
    expect((await fleet()).stats).toMatchObject({ errors: {}, updates: { updated: succeeded, waiting: 0, checking: 0, flashing: 0, restarting: 0 } })

    const pages = await Promise.all([api.call('fleet.updates', { fleetId, limit: 10 }), api.call('fleet.updates', { fleetId, offset: 50, limit: 20 }), api.call('fleet.updates', { fleetId, deviceNames: ['sim-0007', 'sim-0001', 'nobody'] })])
    expect(pages.map(({ accounts: page, total }) => [page.length, total, page[0]!.deviceName])).toEqual([[10, count, 'sim-0001'], [10, count, 'sim-0051'], [2, 2, 'sim-0001']])
  }, 60_000)

  it('ends the same way for every device in a run with the same seed', async () => {
    const { api, fleetId, release, accounts, connected } = await startFleet({ endings: [{ ending: 'noRoom', share: 2 }, { ending: 'neverStarts', share: 1 }] }, 12)
    const drawn = async (): Promise<string[]> => (await waitFor(async () => {
      const list = await accounts()
      return list.length === 12 && list
    }, { what: 'every device to be told' })).map(({ deviceName, ending }) => `${deviceName} ${ending}`)
    const { packageId } = await release('2.0.0', [10])
    const first = await drawn()
    await api.call('fleet.stop', { fleetId })
    expect(await accounts()).toEqual([])
    await api.call('fleet.start', { fleetId })
    await connected(12)
    await api.call('batch.create', { packageId, overrides: true })
    expect(await drawn()).toEqual(first)
    expect(new Set(first.map(line => line.split(' ')[1]))).toEqual(new Set(['noRoom', 'neverStarts']))
  })

  it('is told again when a task is tried again, and ends the same way', async () => {
    const { release, tasks, accounts } = await startFleet(ofEnding('downloadFails'))
    const { batchId } = await release('2.0.0', [1_000], { retryMinutes: 0, retriesMax: 2 })
    await waitFor(async () => (await tasks(batchId))[0]?.state === 'FAILED', { what: 'the last try to fail' })
    expect((await tasks(batchId))[0]).toMatchObject({ cause: 'progress', retries: 2, remark: expect.stringContaining('download failed') as string })
    const [account] = await accounts()
    expect(said(account!).filter(what => what === 'report -2')).toHaveLength(3)
  })
  it('reports -2 and says why when the address has expired by its turn', async () => {
    const { api, release, tasks, accounts, fleet } = await startFleet({ downloadsMax: 1, bytesPerSec: 40_000 }, 2)
    await api.call('settings.set', { name: 'ota.urlValidSec', value: 1 })
    const { batchId } = await release('2.0.0', [150_000])
    await waitFor(async () => (await tasks(batchId)).every(({ state }) => state === 'SUCCEEDED' || state === 'FAILED'), { what: 'both to end', timeoutMs: 15_000 })
    const why = 'the server refused the file: 403, the address has expired or was changed'
    expect((await tasks(batchId)).find(({ state }) => state === 'FAILED')).toMatchObject({ cause: 'progress', remark: expect.stringContaining(why) as string })
    expect((await accounts()).flatMap(said).filter(what => /^(?:report|failed)/.test(what))).toEqual([`failed: ${why}`, 'report -2'])
    await waitFor(async () => (await fleet()).stats.errors[`update: ${why}`] === 1)
  })
})

it('updates sub-devices through their gateways, with packages of their own product, and configures them', async () => {
  const { api } = await startEngine(withDownloads)
  for (const [key, nodeType] of [['a1Gateway', 'gateway'], ['a1Meter', 'sub-device']] as const)
    await api.call('product.importModel', { text: JSON.stringify({ ...talkingModel, profile: { productKey: key } }), nodeType })
  await api.call('remoteConfig.setEnabled', { productKey: 'a1Meter', enabled: true })
  await api.call('remoteConfig.save', { productKey: 'a1Meter', text: '{"interval":30}' })
  const conversation = { ...quietConversation, subDevices: { productKey: 'a1Meter', perGateway: 2, register: false } }
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Gateway', count: 1, intervalSec: 3_600, seed: 1, conversation, updates: { ...quick, ...ofEnding('resumes') } })
  await api.call('fleet.start', { fleetId })
  const states = async (batchId: string): Promise<string> => (await api.call('batch.tasks', { batchId })).tasks.map(({ state }) => state).join()
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.conversation.subDevicesOnline === 2, { what: 'sub-devices online' })
  const { packageId } = await makePackage(api, '2.0.0', [50_000], { productKey: 'a1Meter' })
  const { batchId } = await api.call('batch.create', { packageId })
  await waitFor(async () => await states(batchId) === 'SUCCEEDED,SUCCEEDED', { what: 'the sub-devices to be updated' })
  expect(await api.call('fleet.updates', { fleetId })).toMatchObject({ total: 2, accounts: [{ deviceName: 'sim-0001-01', toVersion: '2.0.0' }, { deviceName: 'sim-0001-02', stage: 'ended' }] })
  expect((await api.call('device.get', { productKey: 'a1Gateway', deviceName: 'sim-0001' })).versions).toMatchObject([{ version: '1.0.0' }])
  await api.call('remoteConfig.push', { productKey: 'a1Meter' })
  await waitFor(async () => (await api.call('remoteConfig.devices', { productKey: 'a1Meter' })).devices.filter(({ answered, fetched }) => answered?.code === 200 && fetched?.version === 1).length === 2, { what: 'the sub-devices to be configured' })
  expect((await api.call('fleet.get', { fleetId })).stats.errors).toEqual({})
})
