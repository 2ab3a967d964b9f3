import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { login } from '../support/raw-client.ts'
import { customTopic, device, lamp, meter, startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

const gateway = lamp
const other = device(11, 'gate-0011')
const down = (topic: string, qos: 0 | 1 = 0) => ({ topic, payload: Buffer.from('x'), qos })
const set = systemTopic(meter, 'thing/service/property/set')

it('speaks and listens for an attached device over the connection of its gateway', async () => {
  const { broker, port, publishes } = await startTestBroker()
  const client = await login(port, gateway)
  expect(broker.attach(other.deviceId, meter, 'meter')).toBeUndefined()
  expect(broker.deliver(meter.deviceId, down(set))).toBe('offline')
  const attached = broker.attach(gateway.deviceId, meter, 'meter|_v=1|')
  expect(attached).toMatchObject({ device: meter, gateway, clientId: 'meter|_v=1|', transport: 'tcp' })
  expect(broker.clientOf(meter.deviceId)).toBe(attached)
  expect(broker.attachedCount(gateway.deviceId)).toBe(1)
  expect(broker.deliver(meter.deviceId, down(set, 1))).toBe('sent')
  expect(await client.next('publish')).toMatchObject({ topic: set, qos: 0 })
  expect(broker.deliver(meter.deviceId, down(customTopic(meter, 'get'), 1))).toBe('unsubscribed')

  for (const [index, topic] of [systemTopic(meter, 'thing/event/property/post'), systemTopic(gateway, 'thing/event/property/post'), systemTopic(meter, 'thing/event/property/post')].entries())
    client.send({ cmd: 'publish', topic, payload: 'x', qos: 1, messageId: index + 1, dup: false, retain: false })
  await waitFor(() => publishes.length === 3)
  expect(publishes.map(({ deviceName, refusal }) => [deviceName, refusal])).toEqual([['meter-03', null], ['lamp-0007', null], ['meter-03', null]])

  broker.detach(meter.deviceId)
  client.send({ cmd: 'publish', topic: systemTopic(meter, 'thing/event/property/post'), payload: 'x', qos: 0, dup: false, retain: false })
  await waitFor(() => publishes.length === 4)
  expect(publishes[3]).toMatchObject({ deviceName: 'lamp-0007', refusal: { code: 9236 } })
  expect(broker.deliver(meter.deviceId, down(set))).toBe('offline')
})

it('grants the subscriptions of an attached device and tells of them under its name', async () => {
  const { broker, port, subscriptions, unsubscriptions } = await startTestBroker()
  const client = await login(port, gateway)
  const filters = [customTopic(meter, 'get'), customTopic(gateway, 'get'), customTopic(other, 'get')]
  broker.attach(gateway.deviceId, meter, '')
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map(topic => ({ topic, qos: 1 })) })
  expect(await client.next('suback')).toMatchObject({ granted: [1, 1, 0x80] })
  expect(subscriptions.map(({ deviceName, filters: granted }) => [deviceName, granted.length])).toEqual([['meter-03', 1], ['lamp-0007', 2]])
  expect(broker.deliver(meter.deviceId, down(customTopic(meter, 'get')))).toBe('sent')
  await client.next('publish')
  client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: [filters[0]!] })
  await client.next('unsuback')
  expect(unsubscriptions).toEqual([{ deviceName: 'meter-03', filters: [filters[0]] }])
})

it('moves an attached device from one gateway to another, to a connection of its own and back', async () => {
  const { broker, port, presence } = await startTestBroker({ devices: [gateway, meter, other] })
  const first = await login(port, gateway)
  await login(port, other)
  broker.attach(gateway.deviceId, meter, '')
  expect(broker.attach(other.deviceId, meter, '')).toMatchObject({ gateway: other })
  expect(broker.attachedCount(gateway.deviceId)).toBe(0)
  await login(port, meter)
  broker.attach(gateway.deviceId, meter, '')
  expect(presence.slice(2)).toEqual(['offline meter-03 427', 'offline meter-03 427', 'online meter-03', 'offline meter-03 427'])
  first.socket.destroy()
  await waitFor(() => presence.length === 8)
  expect(presence.slice(6)).toEqual(['offline lamp-0007 1911', 'offline meter-03 1913'])
})

it('ends the session of an attached device alone, for a reason of the platform', async () => {
  const { broker, port, presence } = await startTestBroker()
  await login(port, gateway)
  broker.attach(gateway.deviceId, meter, '')
  broker.disconnect(meter.deviceId, { code: 522, message: 'The device was disabled.' })
  expect(presence).toEqual(['online lamp-0007', 'offline meter-03 522'])
  expect(broker.clientOf(gateway.deviceId)).toBeDefined()
})

it('lets a foreign topic pass or refuses it as the platform says', async () => {
  const { port, publishes } = await startTestBroker({ hooks: {
    onForeignTopic: (_publisher, topic) => topic.endsWith('_reply') ? null : topic.includes('meter') ? { code: 520, message: 'no session' } : undefined,
  } })
  const client = await login(port, gateway)
  for (const topic of [systemTopic(meter, 'thing/disable_reply'), systemTopic(meter, 'thing/topo/get'), systemTopic(other, 'thing/topo/get'), systemTopic(gateway, 'thing/service/property/set')])
    client.send({ cmd: 'publish', topic, payload: 'x', qos: 0, dup: false, retain: false })
  await waitFor(() => publishes.length === 4)
  expect(publishes.map(({ deviceName, refusal }) => [deviceName, refusal?.code ?? null])).toEqual([['lamp-0007', null], ['lamp-0007', 520], ['lamp-0007', 9236], ['lamp-0007', 9236]])
})
