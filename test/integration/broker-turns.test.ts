import type { Packet } from 'mqtt-packet'
import { Buffer } from 'node:buffer'
import mqttPacket from 'mqtt-packet'
import { expect, it, onTestFinished } from 'vitest'
import { device } from '../support/broker-devices.ts'
import { login } from '../support/raw-client.ts'
import { startTestBroker, systemTopic } from '../support/test-broker.ts'
import { waitFor } from '../support/wait-for.ts'

const devices = Array.from({ length: 60 }, (_, index) => device(index + 1, `dev-${index + 1}`))
const messagesEach = 600

it('handles what thousands of messages at once bring in short turns, each device in its order, and lets a new device in between', { timeout: 60_000 }, async () => {
  const seen = new Map(devices.map(({ deviceName }) => [deviceName, [] as number[]]))
  let inTurn = 0
  let mostInTurn = 0
  let handled = 0
  const late = device(1_000, 'late')
  let handledAtLogin: number | undefined
  const { port, broker } = await startTestBroker({
    devices: [...devices, late],
    hooks: {
      onPublish: ({ device: { deviceName } }, { payload }) => {
        mostInTurn = Math.max(mostInTurn, ++inTurn)
        handled++
        seen.get(deviceName)?.push(Number(new TextDecoder().decode(payload)))
      },
      onOnline: (client) => {
        if (client.device.deviceName === 'late')
          handledAtLogin = handled
      },
    },
  })
  const clients = await Promise.all(devices.map(one => login(port, one)))
  let isOver = false
  onTestFinished(() => void (isOver = true))
  const countTurn = (): void => {
    inTurn = 0
    if (!isOver)
      setImmediate(countTurn)
  }
  countTurn()

  clients.forEach((client, at) => {
    const packets = Array.from({ length: messagesEach }, (_, number): Packet => ({ cmd: 'publish', topic: systemTopic(devices[at]!, 'thing/event/property/post'), payload: String(number), qos: 0, dup: false, retain: false }))
    client.write(Buffer.concat(packets.map(packet => mqttPacket.generate(packet))))
  })
  await login(port, late)
  const total = devices.length * messagesEach
  await waitFor(() => handled === total, { timeoutMs: 50_000, what: 'all messages' })
  expect(mostInTurn).toBeLessThan(6_000)
  expect(handledAtLogin).toBeLessThan(total)
  expect([...seen.values()].every(numbers => numbers.every((number, index) => number === index))).toBe(true)
  expect(broker.stats()).toMatchObject({ publishesIn: total, malformedPackets: 0, connections: devices.length + 1 })
})
