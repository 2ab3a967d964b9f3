import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { Network } from '../../src/shared/contract/fleet-network.ts'
import type { Fleet, FleetSettingsChange } from '../../src/shared/contract/fleet.ts'
import { describe, expect, it, onTestFinished } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { networkSchema, weatherProfiles } from '../../src/shared/contract/fleet-network.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { startScriptedBroker } from '../support/scripted-broker.ts'
import { certificates, startFleet } from '../support/simulated-fleet.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const calm = weatherProfiles.perfect
const own = (weather: Partial<Network['weather'] & object>): Network => networkSchema.parse({ weather: { ...calm, ...weather } })
const late = (ms: number) => ({ ...calm.up, latencyMsMin: ms, latencyMsMax: ms })

interface Bench { api: ApiClient, get: () => Promise<Fleet>, change: (change: FleetSettingsChange) => Promise<Fleet>, steer: (name: string, network: Network | null) => Promise<unknown> }

/** An engine with a running fleet of 10 devices. */
async function startBench(settings: { transport?: 'tcp' | 'in-process', network?: Network, intervalSec?: number } = {}): Promise<Bench> {
  const { api } = await startEngine()
  await makeDevice(api)
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 10, intervalSec: 0.5, conversation: quietConversation, seed: 1, ...settings })
  await api.call('fleet.start', { fleetId })
  const get = () => api.call('fleet.get', { fleetId })
  await waitFor(async () => (await get()).stats.connected === 10, { what: '10 devices online' })
  return { api, get, change: change => api.call('fleet.update', { fleetId, change }), steer: (name, network) => api.call('fleet.steer', { fleetId, devices: { names: [name] }, steering: { do: 'weather', network } }) }
}

describe.each(['tcp', 'in-process'] as const)('weather over %s', (transport) => {
  it('makes acknowledgements late at once, loses none of them, and clears again', async () => {
    const { get, change } = await startBench({ transport })
    await change({ network: own({ up: late(150), down: late(150) }) })
    await waitFor(async () => (await get()).stats.latencyMs.p99 >= 300)
    expect((await get()).stats.network).toEqual({ devices: 10, linksBroken: 0, dialsFailed: 0 })
    await change({ network: null, intervalSec: 3_600 })
    const { stats } = await waitFor(async () => {
      const fleet = await get()
      return fleet.stats.acknowledged === fleet.stats.published && fleet.stats.network.devices === 0 && fleet
    })
    expect(stats).toMatchObject({ connected: 10, errors: {} })
  })

  it('is there from the first login on, and steers single devices', async () => {
    const { get, steer } = await startBench({ transport, network: own({ up: late(50) }) })
    expect((await get()).stats.network.devices).toBe(10)
    await steer('sim-0004', own({ up: { ...calm.up, lossPercent: 100 } }))
    await waitFor(async () => (await get()).stats.network.linksBroken > 0, { timeoutMs: 18_000, what: 'a link that broke' })
    expect((await get()).stats).toMatchObject({ steered: { weathered: 1 }, errors: { 'the weather of the network broke the link': expect.any(Number) } })
    await steer('sim-0004', null)
    await waitFor(async () => (await get()).stats.connected === 10, { timeoutMs: 18_000 })
  }, 60_000)
})

describe('a fleet whose links drop', () => {
  it('is gone at one instant, knows that there is nothing to connect to, and comes back as a storm', async () => {
    const broker = await startScriptedBroker()
    onTestFinished(() => broker.close())
    const fleet = startFleet(broker, { devices: certificates(20), network: networkSchema.parse({ weather: 'mast-restarts' }) }, createFastClock(20))
    await waitFor(() => fleet.counters().online === 20)
    await waitFor(() => fleet.status().network.linksBroken >= 20)
    await waitFor(() => fleet.status().network.dialsFailed > 0)
    await waitFor(() => fleet.counters().online === 20)
    expect(fleet.errors()).toMatchObject({ 'the weather of the network broke the link': expect.any(Number), 'the weather of the network left nothing to connect to': expect.any(Number) })
    expect(broker.clients.length).toBeGreaterThanOrEqual(40)
  })

  it('gives links up on which nothing comes down any more, and reports on when something does', async () => {
    const broker = await startScriptedBroker()
    onTestFinished(() => broker.close())
    const fleet = startFleet(broker, { intervalMs: 86_400_000 }, createFastClock(100))
    await waitFor(() => fleet.counters().online === 3)
    fleet.update({ network: own({ oneWayCut: { way: 'down', everySec: 1, forSec: 1 } }) })
    await waitFor(() => (fleet.errors()['no answer to PINGREQ within 60 s'] ?? 0) >= 3)
    await waitFor(() => (fleet.errors()['no answer to CONNECT within 10 s'] ?? 0) >= 3)
    fleet.update({ network: null })
    await waitFor(() => fleet.counters().online === 3)
  })
})
