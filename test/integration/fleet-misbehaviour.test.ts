import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { MisbehaviourKind } from '../../src/shared/contract/fleet-misbehaviour.ts'
import type { Fleet, FleetSettingsChange, FleetTransport } from '../../src/shared/contract/fleet.ts'
import { expect, it } from 'vitest'
import { quietConversation } from '../../src/shared/contract/fleet-conversation.ts'
import { defaultMisbehaviour } from '../../src/shared/contract/fleet-misbehaviour.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

interface Bench { api: ApiClient, fleetId: string, get: () => Promise<Fleet>, change: (change: FleetSettingsChange) => Promise<Fleet> }

/** An engine with a running fleet of 5 devices that report once an hour. */
async function startBench(transport: FleetTransport): Promise<Bench> {
  const { api } = await startEngine()
  await makeDevice(api)
  const { fleetId } = await api.call('fleet.create', { productKey: 'a1Test', prefix: 'sim', count: 5, intervalSec: 3_600, conversation: quietConversation, seed: 1, transport, behaviours: { Switch: { kind: 'off' }, Label: { kind: 'off' } } })
  await api.call('fleet.start', { fleetId })
  const get = () => api.call('fleet.get', { fleetId })
  await waitFor(async () => (await get()).stats.connected === 5, { what: '5 devices online' })
  return { api, fleetId, get, change: change => api.call('fleet.update', { fleetId, change }) }
}

const misdeeds = async ({ get }: Bench) => (await get()).stats.misdeeds
function counted(bench: Bench, kind: MisbehaviourKind, sent: number, answered = sent) {
  return waitFor(async () => {
    const { sent: said = 0, taken = 0, refused = 0 } = (await misdeeds(bench))[kind] ?? {}
    return said >= sent && taken + refused >= answered
  }, { what: `${sent} of ${kind}, ${answered} of them answered` })
}

it.each(['tcp', 'in-process'] as const)('sends messages that are wrong in every way, over %s, and counts which of them the platform took and refused', async (transport) => {
  const bench = await startBench(transport)
  const { api, fleetId } = bench
  for (const kind of ['malformedJson', 'outOfRange', 'wrongType', 'unknownProperty', 'oversized', 'wrongTopic', 'staleTimestamp', 'messageStorm'] as const)
    await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0002'] }, steering: { do: 'misbehave', kind, times: 2 } })
  await counted(bench, 'messageStorm', 60)
  expect(await misdeeds(bench)).toEqual({
    malformedJson: { sent: 2, taken: 0, refused: 0 },
    outOfRange: { sent: 2, taken: 0, refused: 2 },
    wrongType: { sent: 2, taken: 0, refused: 2 },
    unknownProperty: { sent: 2, taken: 0, refused: 2 },
    oversized: { sent: 2, taken: 0, refused: 0 },
    wrongTopic: { sent: 2, taken: 0, refused: 0 },
    staleTimestamp: { sent: 2, taken: 2, refused: 0 },
    messageStorm: { sent: 60, taken: 60, refused: 0 },
  })
  const { rows } = await api.call('trace.page', { filter: { deviceName: 'sim-0002', direction: 'up', topic: 'property/post' }, limit: 200 })
  const codes = [...new Set(rows.map(({ code }) => code))].toSorted()
  expect(codes).toEqual(expect.arrayContaining([200, 6207, 6320, 9236, 9320]))
})

it('dates the reports of a device whose clock is wrong, by as much as it is', async () => {
  const bench = await startBench('tcp')
  const { api, fleetId } = bench
  await bench.change({ misbehaviour: [{ ...defaultMisbehaviour('clockSkew'), seconds: -86_400, perHour: 0 }] })
  await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0003'] }, steering: { do: 'report' } })
  await counted(bench, 'clockSkew', 1)
  const { values } = await api.call('device.getProperties', { productKey: 'a1Test', deviceName: 'sim-0003' })
  expect(Math.abs(values.Counter!.time - (Date.now() - 86_400_000))).toBeLessThan(600_000)
  await bench.change({ misbehaviour: [] })
  await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0003'] }, steering: { do: 'misbehave', kind: 'clockSkew', times: 1 } })
  for (let report = 0; report < 2; report++) {
    const { stats: { replied } } = await bench.get()
    await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0003'] }, steering: { do: 'report' } })
    await waitFor(async () => (await bench.get()).stats.replied > replied)
  }
  expect((await misdeeds(bench)).clockSkew).toEqual({ sent: 2, taken: 2, refused: 0 })
})

it('logs in with a wrong signature without harm to the device, and a second time with the right one, which pushes it out until the other leaves', async () => {
  const bench = await startBench('tcp')
  const { api, fleetId, get } = bench
  await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0004'] }, steering: { do: 'misbehave', kind: 'badSignature', times: 3 } })
  await counted(bench, 'badSignature', 3)
  expect((await get()).stats).toMatchObject({ connected: 5, misdeeds: { badSignature: { sent: 3, taken: 0, refused: 3 } } })
  await api.call('fleet.steer', { fleetId, devices: { names: ['sim-0004'] }, steering: { do: 'misbehave', kind: 'duplicateIdentity', times: 1 } })
  await waitFor(async () => (await get()).stats.connected === 4)
  expect(await misdeeds(bench)).toMatchObject({ duplicateIdentity: { sent: 1, taken: 1, refused: 0 } })
  await waitFor(async () => (await get()).stats.connected === 5, { timeoutMs: 18_000 })
}, 40_000)

it('lets a share of the devices misbehave at a rate, at once when told so, and no more when it is taken back', async () => {
  const bench = await startBench('in-process')
  await bench.change({ misbehaviour: [{ ...defaultMisbehaviour('wrongType'), devicesPercent: 60, perHour: 36_000 }] })
  await counted(bench, 'wrongType', 30)
  const { rows } = await bench.api.call('trace.page', { filter: { direction: 'up', topic: 'property/post' }, limit: 200 })
  expect(new Set(rows.map(({ deviceName }) => deviceName)).size).toBeLessThan(5)
  await bench.change({ count: 3 })
  await bench.change({ count: 6, misbehaviour: [] })
  await bench.change({ misbehaviour: [{ ...defaultMisbehaviour('unknownProperty'), perHour: 36_000 }] })
  await counted(bench, 'unknownProperty', 20)
  // What came before has been counted by now.
  const before = (await misdeeds(bench)).wrongType!.sent
  await counted(bench, 'unknownProperty', 40)
  expect((await misdeeds(bench)).wrongType!.sent).toBe(before)
  const stop = new AbortController()
  let inTrouble = 0
  void bench.api.subscribe('app.status', {}, ({ fleetsInTrouble }) => { inTrouble = fleetsInTrouble }, { signal: stop.signal }).catch(() => {})
  await waitFor(() => inTrouble === 1)
  await bench.change({ misbehaviour: [] })
  await waitFor(() => inTrouble === 0)
  stop.abort()
})

it('refuses a kind that is named twice', async () => {
  const bench = await startBench('in-process')
  await expect(bench.change({ misbehaviour: [defaultMisbehaviour('oversized'), defaultMisbehaviour('oversized')] })).rejects.toMatchObject({ code: 'input/invalid' })
})
