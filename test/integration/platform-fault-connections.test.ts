import type { MqttClient } from 'mqtt'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { FaultsOn, FaultWish } from '../../src/shared/contract/platform-fault.ts'
import { createHmac } from 'node:crypto'
import { connect } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { buildClientId, buildUsername, connectSignContent } from '../../src/shared/alink/sign.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { makeDevice, startEngine } from '../support/test-engine.ts'
import { waitFor } from '../support/wait-for.ts'

const scope = { productKey: 'a1Test', deviceName: 'dev-0001' }
const set = (api: ApiClient, ...faults: FaultWish[]) => api.call('platformFault.set', { ...scope, faults })

/** Logs in with MQTT 5 or 3.1.1; resolves with what CONNACK says, 0 when the device is let in. */
async function login(address: { host: string, port: number }, { productKey, deviceName, deviceSecret }: DeviceCertificate, protocolVersion: 4 | 5, seen?: (client: MqttClient) => void): Promise<number> {
  const clientId = `${productKey}.${deviceName}`
  const client = connect({
    ...address,
    protocolVersion,
    clientId: buildClientId(clientId, { securemode: 3, signmethod: 'hmacsha256' }),
    username: buildUsername({ productKey, deviceName }),
    password: createHmac('sha256', deviceSecret).update(connectSignContent({ clientId, deviceName, productKey })).digest('hex'),
    reconnectPeriod: 0,
  })
  onTestFinished(() => void client.end(true))
  client.on('error', () => {})
  seen?.(client)
  return new Promise((resolve) => {
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'connack')
        resolve(packet.reasonCode ?? packet.returnCode ?? 0)
    })
  })
}

async function newestRecord(api: ApiClient, operation: string) {
  return waitFor(async () => {
    const { rows } = await api.call('trace.page', { filter: { ...scope, direction: 'record', topic: operation }, limit: 1 })
    return rows[0] && api.call('trace.get', { id: rows[0].id })
  })
}

describe('faults of connections', () => {
  it('refuse a login that is right with the CONNACK code that was chosen, and its meaning in MQTT 5', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    await set(api, { kind: 'refuseConnect', returnCode: 5 })
    expect(await login(mqtt, certificate, 4)).toBe(5)
    expect(await login(mqtt, certificate, 5)).toBe(0x87)
    expect(await newestRecord(api, 'connect')).toMatchObject({ code: 522, explanation: expect.stringMatching(/^\[injected\] The login was right/) })
    await api.call('platformFault.clear', { ...scope, kinds: ['refuseConnect'] })
    expect(await login(mqtt, certificate, 4)).toBe(0)
  })

  it('kick a device now, which MQTT 5 tells the device', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const packets: string[] = []
    expect(await login(mqtt, certificate, 5, client => client.on('packetreceive', packet => packets.push(packet.cmd === 'disconnect' ? `disconnect ${packet.reasonCode}` : packet.cmd)))).toBe(0)
    expect(await api.call('platformFault.disconnect', scope)).toEqual({ devices: 1 })
    await waitFor(() => packets.includes(`disconnect ${0x8E}`))
    expect(await newestRecord(api, 'offline')).toMatchObject({ code: 427, explanation: expect.stringMatching(/^\[injected\]/) })
    expect(await api.call('platformFault.disconnect', scope)).toEqual({ devices: 0 })
  })

  it('break a connection off now without a word', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const packets: string[] = []
    let isClosed = false
    await login(mqtt, certificate, 5, (client) => {
      client.on('packetreceive', packet => packets.push(packet.cmd))
      client.on('close', () => isClosed = true)
    })
    await api.call('platformFault.disconnect', { productKey: 'a1Test', how: 'close' })
    await waitFor(() => isClosed)
    expect(packets).toEqual(['connack'])
    expect(await newestRecord(api, 'offline')).toMatchObject({ code: 1911, explanation: expect.stringContaining('without a word') })
  })

  it('kick at intervals, and close some time after the login, and count it', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    for (const fault of [{ kind: 'kick', everySec: 1 }, { kind: 'close', afterSec: 1 }] satisfies FaultWish[]) {
      await set(api, fault)
      let isClosed = false
      expect(await login(mqtt, certificate, 4, client => client.on('close', () => isClosed = true))).toBe(0)
      await waitFor(() => isClosed)
      expect((await api.call('platformFault.list', scope)).faults).toMatchObject([{ fault, struck: 1 }])
      await api.call('platformFault.clear', scope)
    }
  })

  it('throttle to rates, and raise the quota event of the cloud once for its second', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const { client } = await connectDevice(mqtt, certificate)
    await set(api, { kind: 'throttle', upQos0PerSec: 2, downPerSec: 1, connectsPerMinute: 0 })
    const { topic, payload } = buildPropertyPost({ ...scope, id: '1', properties: { Counter: 1 } })
    for (let at = 0; at < 20; at++)
      client.publish(topic, payload)
    const event = await newestRecord(api, 'Device_Uplink_QPS_Limit')
    expect(event).toMatchObject({ explanation: expect.stringMatching(/^\[injected\] The device sends too much on .*2 messages with QoS 0/) })
    await waitFor(async () => (await api.call('trace.page', { filter: { ...scope, direction: 'up', code: 1942 }, limit: 100 })).rows.length > 0)
    expect(await newestRecord(api, 'Device_Downlink_QPS_Limit')).toMatchObject({ code: 9324 })
    expect(await login(mqtt, certificate, 4)).toBe(3)
    expect(await newestRecord(api, 'Device_Connect_QPM_Limit')).toMatchObject({ code: 429 })
  })

  it('throttle the account where the fault is on for everything', async () => {
    const { api, mqtt } = await startEngine()
    const certificate = await makeDevice(api)
    const { client } = await connectDevice(mqtt, certificate)
    await api.call('platformFault.set', { faults: [{ kind: 'throttle', accountUpPerSec: 3, accountConnectsPerSec: 0, accountDownPerSec: 0 }] })
    const { topic, payload } = buildPropertyPost({ ...scope, id: '1', properties: { Counter: 1 } })
    for (let at = 0; at < 20; at++)
      client.publish(topic, payload)
    expect(await login(mqtt, certificate, 4)).toBe(3)
    for (const name of ['Account_Uplink_QPS_Limit', 'Account_Downlink_QPS_Limit', 'Account_Connect_QPS_Limit'])
      await waitFor(async () => (await api.call('trace.page', { filter: { direction: 'record', topic: name }, limit: 1 })).rows.length === 1)
  })
})

it('leave records of a business type of their own, whatever else they are, by which the log finds them', async () => {
  const { api, mqtt } = await startEngine()
  const certificate = await makeDevice(api)
  await set(api, { kind: 'refuseConnect' })
  expect(await login(mqtt, certificate, 4)).toBe(3)
  await api.call('platformFault.clear', scope)
  const { client } = await connectDevice(mqtt, certificate)
  await set(api, { kind: 'delay', minMs: 1, maxMs: 2 }, { kind: 'throttle', upQos0PerSec: 1 })
  const { topic, payload } = buildPropertyPost({ ...scope, id: '1', properties: { Counter: 1 } })
  client.publish(topic, payload)
  client.publish(topic, payload)
  await newestRecord(api, 'Device_Uplink_QPS_Limit')
  await api.call('platformFault.disconnect', scope)
  const found = await waitFor(async () => {
    const { records } = await api.call('log.search', { filter: { ...scope, bizCodes: ['FaultInjection'] }, limit: 50 })
    return records.some(({ operation }) => operation === 'kick') && records.some(({ operation }) => operation === 'delay') && records
  })
  expect(found.every(({ bizCode, content }) => bizCode === 'FaultInjection' && String(content.Message).startsWith('[injected]'))).toBe(true)
  expect(new Set(found.map(({ operation, code }) => `${operation} ${code}`))).toEqual(new Set(['refuseConnect 429', 'delay 200', 'throttle 1942', 'kick 427']))
  const { records: others } = await api.call('log.search', { filter: { ...scope, bizCodes: ['device'], code: 427 } })
  expect(others).toMatchObject([{ operation: 'offline' }])
})

describe('what is on', () => {
  it('survives a restart with its counts, and goes off by itself', async () => {
    const first = await startEngine()
    const certificate = await makeDevice(first.api)
    await first.api.call('platformFault.set', { ...scope, faults: [{ kind: 'refuseConnect' }], seed: 5 })
    await first.api.call('platformFault.set', { productKey: 'a1Test', faults: [{ kind: 'drop', share: 0 }], forSec: 1 })
    await login(first.mqtt, certificate, 4)
    await waitFor(async () => (await first.api.call('platformFault.list', {})).faults.length === 1)
    await first.close()
    const second = await startEngine({ workspaceDir: first.dir })
    const { faults } = await second.api.call('platformFault.list', {})
    expect(faults).toMatchObject([{ ...scope, fault: { kind: 'refuseConnect', returnCode: 3, share: 1 }, seed: 5, struck: 1, until: null }])
    expect(await login(second.mqtt, certificate, 4)).toBe(3)
    await waitFor(async () => {
      let faultsOn = 0
      const over = new AbortController()
      await second.api.subscribe('app.status', {}, (status) => {
        faultsOn = status.faultsOn
        over.abort()
      }, { signal: over.signal })
      return faultsOn === 1
    })
  })

  it('is that of the device before that of its product before that of everything, for each kind', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await makeDevice(api, 'dev-0002')
    await api.call('platformFault.set', { faults: [{ kind: 'drop', share: 0.1 }, { kind: 'duplicate' }] })
    await api.call('platformFault.set', { productKey: 'a1Test', faults: [{ kind: 'drop', share: 0.2 }] })
    await api.call('platformFault.set', { ...scope, faults: [{ kind: 'drop', share: 0.3 }] })
    const shares = async (deviceName: string) => (await api.call('platformFault.list', { productKey: 'a1Test', deviceName })).faults.map(({ fault }) => `${fault.kind} ${'share' in fault ? fault.share : ''}`).sort()
    expect(await shares('dev-0001')).toEqual(['drop 0.3', 'duplicate 1'])
    expect(await shares('dev-0002')).toEqual(['drop 0.2', 'duplicate 1'])
  })

  it('ends with its device or its product, and everywhere at once', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    await api.call('platformFault.set', { ...scope, faults: [{ kind: 'drop' }] })
    await api.call('platformFault.set', { productKey: 'a1Test', faults: [{ kind: 'drop' }] })
    await api.call('platformFault.set', { faults: [{ kind: 'drop' }, { kind: 'delay' }] })
    await api.call('device.delete', scope)
    expect((await api.call('platformFault.list', {})).faults).toHaveLength(3)
    await api.call('product.delete', { productKey: 'a1Test' })
    expect((await api.call('platformFault.list', {})).faults).toHaveLength(2)
    expect(await api.call('platformFault.clear', { everywhere: true })).toMatchObject({ cleared: [{ fault: { kind: 'drop' } }, { fault: { kind: 'delay' } }], exercisesEnded: 0 })
    expect(await api.call('platformFault.list', {})).toEqual({ faults: [], exercises: [] })
  })

  it('is watched as it changes, and refuses what makes no sense', async () => {
    const { api } = await startEngine()
    await makeDevice(api)
    const seen: FaultsOn[] = []
    const over = new AbortController()
    const watching = api.subscribe('platformFault.watch', {}, item => void seen.push(item), { signal: over.signal })
    await waitFor(() => seen.length === 1)
    await api.call('platformFault.set', { ...scope, faults: [{ kind: 'wrongDigest' }] })
    await waitFor(() => seen.at(-1)!.faults.length === 1)
    over.abort()
    await watching
    await expect(api.call('platformFault.set', { deviceName: 'dev-0001', faults: [{ kind: 'drop' }] })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('platformFault.set', { ...scope, faults: [{ kind: 'delay', minMs: 9, maxMs: 8 }] })).rejects.toMatchObject({ code: 'input/invalid' })
    await expect(api.call('platformFault.list', { productKey: 'a1None' })).rejects.toMatchObject({ code: 'product/not-found' })
  })
})
