/**
 * Healthy devices in a process of their own: each reports a number and waits for the platform's answer, all the time, so
 * that whatever the fuzzer does to the engine shows as a gap. The first message tells it where to connect.
 */
import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { FuzzTarget, ProbeSays } from './fuzz-messages.ts'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { connectAsync } from 'mqtt'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { credentialsOf } from '../support/device-login.ts'

const say = (message: ProbeSays): void => void process.send?.(message)
const result = { asked: 0, answered: 0, longestMs: 0, values: {} as Record<string, number> }
const resting = new AbortController()
let clients: MqttClient[] = []
let running: Promise<unknown> = Promise.resolve()

const versions = [{ protocolId: 'MQIsdp', protocolVersion: 3 }, { protocolVersion: 4 }, { protocolVersion: 5 }, { protocolVersion: 4, protocol: 'ws' }] as const

async function connect(certificate: DeviceCertificate, at: number, port: number): Promise<MqttClient> {
  const client = await connectAsync({
    host: '127.0.0.1',
    port,
    ...versions[at % versions.length],
    ...credentialsOf(certificate),
    reconnectPeriod: 0,
    keepalive: 60,
  } as never)
  client.on('error', error => say({ kind: 'finding', text: `a healthy device saw an error: ${error.message}` }))
  client.on('close', () => {
    if (!resting.signal.aborted)
      say({ kind: 'finding', text: `the healthy device ${certificate.deviceName} lost its connection` })
  })
  return client
}

async function reportOn(client: MqttClient, { productKey, deviceName }: DeviceCertificate): Promise<void> {
  let answer = (_id: string): void => {}
  client.on('message', (_topic, payload) => answer((JSON.parse(payload.toString()) as { id: string }).id))
  for (let count = 1; !resting.signal.aborted; count++) {
    const { topic, payload } = buildPropertyPost({ productKey, deviceName, id: String(count), properties: { battery: count % 100 } })
    const from = performance.now()
    const answered = new Promise<void>((resolve) => { answer = id => id === String(count) && resolve() })
    result.asked++
    await client.publishAsync(topic, payload, { qos: 1 })
    const late = setTimeout(say, 20_000, { kind: 'finding', text: `${deviceName} was not answered within 20 s` })
    await answered
    clearTimeout(late)
    result.answered++
    result.values[deviceName] = count % 100
    result.longestMs = Math.max(result.longestMs, performance.now() - from)
    await delay(20)
  }
}

process.on('message', async (message: FuzzTarget | 'rest' | 'stop') => {
  if (message === 'rest') {
    resting.abort()
    await running
    say({ kind: 'result', ...result })
  }
  else if (message === 'stop') {
    await Promise.all(clients.map(client => client.endAsync(true)))
    process.disconnect()
  }
  else {
    clients = await Promise.all(message.healthy.map((certificate, at) => connect(certificate, at, message.mqttPort)))
    running = Promise.all(clients.map((client, at) => reportOn(client, message.healthy[at]!)))
    say({ kind: 'ready' })
  }
})
