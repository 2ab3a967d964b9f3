import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { describe, expect, it } from 'vitest'
import { cellStates } from '../../src/shared/contract/fleet.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { connectNpmDevice } from '../support/npm-sdk.ts'
import { makeTalkingDevice, talkingProductKey as productKey } from '../support/talking-product.ts'
import { startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const lamp = { productKey, deviceName: 'lamp-0001' }

function seatIn(api: ApiClient, state: string) {
  return waitFor(async () => {
    const seat = await api.call('deviceSimulation.get', lamp)
    return seat.state === state && seat
  }, { what: `the seat to be ${state}` })
}

const connectionOf = async (api: ApiClient) => (await api.call('device.get', lamp)).connection

describe('the seat of a simulated device', () => {
  it('is not taken from a real device that is online, unless that is said, and then the real one is thrown out', async () => {
    const { api, mqtt } = await startEngine()
    const real = await connectDevice(mqtt, await makeTalkingDevice(api))
    expect((await api.call('deviceSimulation.get', lamp)).obstacle).toMatchObject({ reason: 'online', canTakeOver: true, message: expect.stringContaining('127.0.0.1') })
    await expect(api.call('deviceSimulation.start', lamp)).rejects.toMatchObject({ code: 'simulation/refused', details: { reason: 'online', canTakeOver: true } })
    expect(real.client.connected).toBe(true)
    expect(await api.call('deviceSimulation.start', { ...lamp, takeOver: true })).toMatchObject({ state: 'online', obstacle: null })
    await waitFor(() => !real.client.connected)
    expect(await connectionOf(api)).toMatchObject({ simulated: 'seat' })
  })

  it('is given to a real device that logs in: it is told apart, policies pause, and its history goes on in one place', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    await api.call('deviceSimulation.start', lamp)
    await api.call('deviceSimulation.setPolicy', { ...lamp, content: { kind: 'properties', behaviours: { Brightness: { kind: 'constant', value: 11 } } }, when: { kind: 'every', intervalMs: 50 } })
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).policies[0]!.sent >= 2)
    const real = await connectDevice(mqtt, certificate)
    const seat = await seatIn(api, 'swapped')
    expect(seat.swap).toMatchObject({ by: 'real', remoteAddress: '127.0.0.1', at: expect.any(Number), leftAt: null, bounces: 0, returnsAt: null })
    expect(await connectionOf(api)).toMatchObject({ simulated: null })
    await expect(api.call('deviceSimulation.postProperties', { ...lamp, properties: { Brightness: 1 } })).rejects.toMatchObject({ code: 'simulation/not-running', details: { state: 'swapped' } })
    await real.post({ Brightness: 22 })
    await waitFor(async () => (await api.call('device.getProperties', lamp)).values.Brightness?.value === 22)
    const sent = (await api.call('deviceSimulation.get', lamp)).policies[0]!.sent
    await real.post({ Brightness: 23 })
    expect((await api.call('deviceSimulation.get', lamp)).policies[0]).toMatchObject({ sent, state: 'running' })
    const { rows } = await api.call('trace.page', { filter: { deviceName: 'lamp-0001', direction: 'record' } })
    const told = await Promise.all(rows.filter(row => row.topic === 'online' || row.topic === 'simulation').map(async row => (await api.call('trace.get', { id: row.id })).payload))
    const texts = told.map(payload => new TextDecoder().decode(payload))
    expect(texts[0]).toContain('taken by a real device from 127.0.0.1')
    expect(texts.filter(text => text.includes('"simulated":"seat"'))).toHaveLength(1)
    expect(texts.filter(text => text.includes('"simulated":null'))).toHaveLength(1)
  })

  it('is taken back when that is said, which throws the real one out, and its policies go on', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    await api.call('deviceSimulation.start', lamp)
    await api.call('deviceSimulation.setPolicy', { ...lamp, content: { kind: 'properties', behaviours: { Brightness: { kind: 'constant', value: 11 } } }, when: { kind: 'every', intervalMs: 50 } })
    const real = await connectDevice(mqtt, certificate)
    const { policies: [before] } = await seatIn(api, 'swapped')
    await expect(api.call('deviceSimulation.start', lamp)).rejects.toMatchObject({ code: 'simulation/refused' })
    expect(await api.call('deviceSimulation.start', { ...lamp, takeOver: true })).toMatchObject({ state: 'online', swap: null })
    await waitFor(() => !real.client.connected)
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).policies[0]!.sent > before!.sent)
  })

  it('is left to a real device on the npm SDK that comes right back: nobody fights, and it is told how often', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    await api.call('deviceSimulation.start', lamp)
    const board = await connectNpmDevice(mqtt, certificate)
    expect((await seatIn(api, 'swapped')).swap).toMatchObject({ by: 'real', bounces: 0 })
    await api.call('deviceSimulation.start', { ...lamp, takeOver: true })
    // The SDK reconnects by itself within seconds.
    const seat = await waitFor(async () => {
      const now = await api.call('deviceSimulation.get', lamp)
      return now.state === 'swapped' && now
    }, { timeoutMs: 20_000 })
    expect(seat.swap).toMatchObject({ by: 'real', bounces: 1, leftAt: null })
    expect(await connectionOf(api)).toMatchObject({ simulated: null })
    board.end(true)
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).swap?.leftAt)
    expect(await api.call('deviceSimulation.get', lamp)).toMatchObject({ state: 'swapped', obstacle: null, swap: { returnsAt: null } })
    expect(await api.call('deviceSimulation.start', lamp)).toMatchObject({ state: 'online' })
  })

  it('is taken again by itself when the real device has left, if that is wished', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    await api.call('deviceSimulation.start', lamp)
    await api.call('deviceSimulation.configure', { ...lamp, returns: true })
    const real = await connectDevice(mqtt, certificate)
    await seatIn(api, 'swapped')
    await real.client.endAsync()
    const waiting = await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).swap?.returnsAt)
    expect(waiting).toEqual(expect.any(Number))
    await seatIn(api, 'online')
  })

  it('stays with a real device that is back before the simulated one', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeTalkingDevice(api)
    await api.call('deviceSimulation.start', lamp)
    await api.call('deviceSimulation.configure', { ...lamp, returns: true })
    const first = await connectDevice(mqtt, certificate)
    await seatIn(api, 'swapped')
    await first.client.endAsync()
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).swap?.returnsAt)
    const second = await connectDevice(mqtt, certificate)
    await waitFor(async () => (await api.call('deviceSimulation.get', lamp)).swap?.leftAt === null)
    expect((await api.call('deviceSimulation.get', lamp)).swap).toMatchObject({ returnsAt: null })
    expect(second.client.connected).toBe(true)
  })
})

describe('a device of a running fleet', () => {
  async function startFleet() {
    const started = await startEngine()
    const { productKey: key, fleetId } = await started.api.call('app.addSample', { count: 3 })
    await started.api.call('fleet.update', { fleetId, change: { intervalSec: 0.2 } })
    let cells: string[] = []
    void started.api.subscribe('fleet.watch', { fleetId }, (item) => {
      if (item.cells)
        cells = Array.from(item.cells, byte => cellStates[byte]!)
    }).catch(() => {})
    const cellsAre = (...expected: string[]) => waitFor(() => cells.join() === expected.join(), { timeoutMs: 20_000, what: `the cells to be ${expected.join()}` })
    await cellsAre('online', 'online', 'online')
    const { deviceSecret } = await started.api.call('device.get', { productKey: key, deviceName: 'sim-0002' })
    const named = { productKey: key, deviceName: 'sim-0002' }
    return { ...started, cellsAre, named, board: { productKey: key, deviceName: 'sim-0002', deviceSecret } }
  }

  it('hands its seat over to a real board, does not fight for it, and takes it again when the board has left', async () => {
    const { api, mqtt, cellsAre, named, board } = await startFleet()
    const real = await connectNpmDevice(mqtt, board)
    await cellsAre('online', 'swapped', 'online')
    expect((await api.call('device.get', named)).connection).toMatchObject({ simulated: null })
    real.end(true)
    await cellsAre('online', 'online', 'online')
    expect((await api.call('device.get', named)).connection).toMatchObject({ simulated: 'fleet' })
    const kicks = (await api.call('trace.page', { filter: { code: 427 } })).rows
    expect(kicks).toHaveLength(1)
  })

  it('does not throw out a board that has only restarted', async () => {
    const { api, mqtt, cellsAre, named, board } = await startFleet()
    const first = await connectDevice(mqtt, board)
    await cellsAre('online', 'swapped', 'online')
    await first.client.endAsync()
    const second = await connectDevice(mqtt, board)
    await second.post({ Temperature: 20 })
    await waitFor(async () => (await api.call('device.get', named)).connection?.simulated === null)
    expect((await api.call('trace.page', { filter: { code: 427 } })).rows).toHaveLength(1)
    expect(second.client.connected).toBe(true)
  })

  it('lends its seat to the console as well', async () => {
    const { api, cellsAre, named } = await startFleet()
    await expect(api.call('deviceSimulation.start', named)).rejects.toMatchObject({ message: expect.stringContaining('of a fleet') })
    await api.call('deviceSimulation.start', { ...named, takeOver: true })
    await cellsAre('online', 'swapped', 'online')
    await api.call('deviceSimulation.stop', named)
    await cellsAre('online', 'online', 'online')
  })
})
