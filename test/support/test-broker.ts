import type { Broker, BrokerClient, BrokerDevice, BrokerHooks, BrokerOptions, ConnectAttempt, OfflineReason } from '../../src/engine/broker/types.ts'
import { onTestFinished } from 'vitest'
import { createBroker } from '../../src/engine/broker/broker.ts'
import { VirtualClock } from '../../src/shared/clock.ts'
import { silentLog } from '../../src/shared/log.ts'
import { disabledLamp, lamp, meter } from './broker-devices.ts'

export { customTopic, device, disabledLamp, lamp, meter, systemTopic } from './broker-devices.ts'
export { type Credentials, credentialsOf, type SignOptions } from './device-login.ts'

/** A publish as the hooks saw it, copied. */
export interface SeenPublish {
  deviceName: string
  topic: string
  payload: string
  qos: number
  dup: boolean
  refusal: OfflineReason | null
  acknowledge: () => void
}

export interface TestBroker {
  broker: Broker
  clock: VirtualClock
  port: number
  publishes: SeenPublish[]
  attempts: ConnectAttempt[]
  /** `online lamp`, `offline lamp 427`, in order. */
  presence: string[]
  subscriptions: { deviceName: string, filters: { filter: string, granted: number }[] }[]
  unsubscriptions: { deviceName: string, filters: string[] }[]
  clients: BrokerClient[]
}

export interface TestBrokerOptions extends Partial<Omit<BrokerOptions, 'hooks'>> {
  hooks?: Partial<BrokerHooks>
  devices?: BrokerDevice[]
  /** Acknowledge every publish at once (default), or leave it to the test. */
  acknowledges?: boolean
}

/** A broker on a free port of 127.0.0.1 and a clock that stands still, closed when the test is over. */
export async function startTestBroker({ hooks, devices = [lamp, meter, disabledLamp], acknowledges = true, ...options }: TestBrokerOptions = {}): Promise<TestBroker> {
  const clock = options.clock instanceof VirtualClock ? options.clock : new VirtualClock()
  const seen: Omit<TestBroker, 'broker' | 'port' | 'clock'> = { publishes: [], attempts: [], presence: [], subscriptions: [], unsubscriptions: [], clients: [] }
  const broker = await createBroker({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    ...options,
    clock,
    hooks: {
      findDevice: (productKey, deviceName) => devices.find(known => known.productKey === productKey && known.deviceName === deviceName),
      onConnectAttempt: attempt => seen.attempts.push(attempt),
      onOnline(client) {
        seen.clients.push(client)
        seen.presence.push(`online ${client.device.deviceName}`)
      },
      onOffline: (client, reason) => seen.presence.push(`offline ${client.device.deviceName} ${reason.code}`),
      onPublish(client, { topic, payload, qos, dup }, refusal, acknowledge) {
        seen.publishes.push({ deviceName: client.device.deviceName, topic, payload: new TextDecoder().decode(payload), qos, dup, refusal, acknowledge })
        if (acknowledges)
          acknowledge()
      },
      onSubscribe: (client, filters) => seen.subscriptions.push({ deviceName: client.device.deviceName, filters }),
      onUnsubscribe: (client, filters) => seen.unsubscriptions.push({ deviceName: client.device.deviceName, filters }),
      ...hooks,
    },
  })
  onTestFinished(() => broker.close())
  return { broker, clock, port: broker.address.port, ...seen }
}
