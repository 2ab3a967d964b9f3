import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { ConfigConduct } from '../../src/shared/contract/fleet-updates.ts'
import type { ConfigDevice } from '../../src/shared/contract/remote-config.ts'
import { describe, expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { withDownloads } from '../support/ota-bench.ts'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Bench { api: ApiClient, fleetId: string, devices: () => Promise<ConfigDevice[]>, applied: (count: number) => Promise<void> }

/** An engine with a saved configuration and a fleet that says nothing but what concerns it. */
async function startFleet(config: Partial<ConfigConduct>, count = 4): Promise<Bench> {
  const { api } = await startEngine(withDownloads)
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  await api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  await api.call('remoteConfig.save', { productKey, text: '{"interval":30}' })
  const { fleetId } = await api.call('fleet.create', { productKey, count, intervalSec: 3_600, seed: 1, conversation: quietConversation, config })
  await api.call('fleet.start', { fleetId })
  await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.connected === count, { what: 'the devices to be online' })
  return {
    api,
    fleetId,
    devices: async () => (await api.call('remoteConfig.devices', { productKey })).devices.sort((a, b) => a.deviceName < b.deviceName ? -1 : 1),
    applied: async (wanted) => {
      await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.updates.configsApplied === wanted, { what: `${wanted} configurations applied` })
    },
  }
}

describe('a fleet and the remote configuration of its product', () => {
  it('asks after connecting, downloads, checks and applies it, so that the platform shows which version each device runs', async () => {
    const { devices, applied, api, fleetId } = await startFleet({ asks: true })
    await applied(4)
    await waitFor(async () => (await devices()).every(({ fetched }) => fetched !== null) && (await devices()).length === 4)
    expect(await devices()).toMatchObject(Array.from({ length: 4 }, () => ({ askedAt: expect.any(Number) as number, pushed: null, answered: null, fetched: { version: 1 } })))
    expect((await api.call('fleet.get', { fleetId })).stats.errors).toEqual({})
  })

  it('applies what is pushed and answers 200, without a second download of what it has', async () => {
    const { api, devices, applied } = await startFleet({})
    await api.call('remoteConfig.push', { productKey })
    await applied(4)
    await waitFor(async () => (await devices()).length === 4 && (await devices()).every(({ answered }) => answered !== null))
    expect(await devices()).toMatchObject(Array.from({ length: 4 }, () => ({ askedAt: null, pushed: { version: 1 }, answered: { code: 200 }, fetched: { version: 1 } })))
    await api.call('remoteConfig.push', { productKey, deviceNames: ['sim-0001'], again: true })
    const first = (await devices())[0]!.pushed!.at
    await waitFor(async () => (await devices())[0]!.answered!.at >= first)
    await applied(4)
  })

  it('refuses it by share, with the code it was told to answer, and the same devices each time', async () => {
    const { api, devices, fleetId } = await startFleet({ refusesPercent: 50, refusalCode: 100_042 }, 12)
    await api.call('remoteConfig.push', { productKey })
    await waitFor(async () => (await devices()).length === 12 && (await devices()).every(({ answered }) => answered !== null), { what: 'every answer' })
    const list = await devices()
    expect(new Set(list.map(({ answered }) => answered!.code))).toEqual(new Set([200, 100_042]))
    expect(list.every(({ answered, fetched }) => (answered!.code === 200) === (fetched?.version === 1))).toBe(true)
    const refused = list.filter(({ answered }) => answered!.code !== 200).length
    await waitFor(async () => (await api.call('fleet.get', { fleetId })).stats.updates.configsRefused === refused)
  })

  it('takes no notice of it when it is to take none', async () => {
    const { api, devices, fleetId } = await startFleet({ asks: true, takes: false }, 1)
    await api.call('remoteConfig.push', { productKey })
    await api.call('device.rrpc', { productKey, deviceName: 'sim-0001', payloadBase64: 'AQL6' })
    expect(await devices()).toMatchObject([{ askedAt: null, answered: null, fetched: null }])
    await api.call('fleet.update', { fleetId, change: { config: { takes: true } } })
    await waitFor(async () => (await devices())[0]!.fetched?.version === 1, { what: 'the configuration, once it is to take it' })
  })
})
