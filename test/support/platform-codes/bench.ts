import type { MqttClient } from 'mqtt'
import type { Buffer } from 'node:buffer'
import type { DeviceCertificate } from '../../../src/shared/contract/device.ts'
import type { LogRecord } from '../../../src/shared/contract/log.ts'
import type { JsonValue } from '../../../src/shared/json.ts'
import type { TestEngine } from '../test-engine.ts'
import { expect } from 'vitest'
import { groupOfRecord, logCodes } from '../../../src/shared/alink/log-codes.ts'
import { everyTypeModel, everyTypeProductKey as productKey } from '../every-type-product.ts'
import { connectDevice } from '../mqtt-device.ts'
import { waitFor } from '../wait-for.ts'

/** What a cause has at hand: an engine and one device of a product with every type. */
export interface Bench extends TestEngine {
  certificate: DeviceCertificate
  deviceName: string
  /** `/sys/{product key}/{device name}`. */
  root: string
  connect: (parameters?: Record<string, string>) => Promise<MqttClient>
  /** Connects and publishes with QoS 1. */
  say: (topic: string, payload: string | Buffer) => Promise<unknown>
  /** Connects and reports. */
  report: (params: JsonValue) => Promise<unknown>
  /** Connects, sets a property and answers with this text. */
  setAndAnswer: (answer: (id: string) => string) => Promise<void>
  /** Sends something to the device on a custom topic that it may subscribe to. */
  push: () => Promise<unknown>
  set: (properties: Record<string, JsonValue>) => Promise<unknown>
  invoke: (service: string, input?: Record<string, JsonValue>) => Promise<unknown>
}

let benches = 0

/** Makes a device with a name of its own, and its product when there is none. */
export async function makeBench(engine: TestEngine): Promise<Bench> {
  const { api, mqtt } = engine
  const products = await api.call('product.list', {})
  if (!products.some(product => product.productKey === productKey))
    await api.call('product.importModel', { text: JSON.stringify(everyTypeModel) })
  const deviceName = `device-${String(++benches).padStart(3, '0')}`
  const certificate = (await api.call('device.create', { productKey, deviceName })).certificates[0]!
  const root = `/sys/${productKey}/${deviceName}`
  const connect = async (parameters = {}): Promise<MqttClient> => (await connectDevice(mqtt, certificate, parameters)).client
  const say: Bench['say'] = async (topic, payload) => (await connect()).publishAsync(topic, payload, { qos: 1 })
  const refused = (error: unknown): unknown => error
  return {
    ...engine,
    certificate,
    deviceName,
    root,
    connect,
    say,
    report: params => say(`${root}/thing/event/property/post`, JSON.stringify({ id: '1', params })),
    setAndAnswer: async (answer) => {
      const client = await connect()
      client.on('message', (topic, bytes) => void client.publish(`${topic}_reply`, answer((JSON.parse(bytes.toString()) as { id: string }).id)))
      await api.call('device.setProperties', { productKey, deviceName, properties: { Int: 1 } })
    },
    push: () => api.call('device.publish', { productKey, deviceName, topic: 'user/get', text: 'x' }),
    set: properties => api.call('device.setProperties', { productKey, deviceName, properties, timeoutMs: 100 }).catch(refused),
    invoke: (service, input = {}) => api.call('device.invokeService', { productKey, deviceName, service, input, timeoutMs: 100 }).catch(refused),
  }
}

/** The device has been there, and is gone. */
export async function goOffline({ connect, api, deviceName }: Bench): Promise<void> {
  await (await connect()).endAsync()
  await waitFor(async () => (await api.call('device.get', { productKey, deviceName })).state === 'OFFLINE')
}

/**
 * The newest record of a code, `{group}/{code}`, that is about the device, one named after it, or nobody, once there is one.
 * A code that stands in several groups means something else in each, so then the record has to be of that group.
 */
export async function recordOf({ api, deviceName }: Bench, key: string): Promise<LogRecord> {
  const [group, digits] = key.split('/')
  const code = Number(digits)
  const isShared = logCodes.filter(entry => entry.code === code).length > 1
  return waitFor(async () => {
    const { records } = await api.call('log.search', { filter: code === 200 ? {} : { state: 'failed' }, limit: 1_000 })
    return records.find(record => record.code === code
      && (!isShared || groupOfRecord(record.bizCode, code, record.content.ResultData !== undefined) === group)
      && (record.deviceName.startsWith(deviceName) || record.deviceName === '' || record.content.Message?.toString().includes(deviceName)))
  }, { what: `a record of ${key}` })
}

export interface Cause {
  provoke: (bench: Bench) => Promise<unknown>
  /** A concrete value that the record has to name. */
  names: RegExp
}

/** What makes codes arise, by group and code: `{group}/{code}`. */
export type Causes = Readonly<Record<string, Cause>>

/** Lets each cause come about with a device of its own, and holds its record to what it has to name. */
export async function proveAll(engine: TestEngine, causes: Causes): Promise<void> {
  for (const [key, { provoke, names }] of Object.entries(causes)) {
    const bench = await makeBench(engine)
    await provoke(bench)
    const record = await recordOf(bench, key)
    expect.soft([key, record.code === 200 ? JSON.stringify(record.content.Params) : record.content.Message]).toEqual([key, expect.stringMatching(names)])
  }
}
