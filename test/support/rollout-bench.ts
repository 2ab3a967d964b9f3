import type { MqttClient } from 'mqtt'
import type { Clock } from '../../src/shared/clock.ts'
import type { Batch, BatchTask } from '../../src/shared/contract/batch.ts'
import type { MethodInput } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { TestEngine } from './test-engine.ts'
import { expect } from 'vitest'
import { createDeviceHttp } from '../../src/host/web/device-http.ts'
import { silentLog } from '../../src/shared/log.ts'
import { connectDevice } from './mqtt-device.ts'
import { makeDevice, startEngine } from './test-engine.ts'
import { waitFor } from './wait-for.ts'

const productKey = 'a1Test'

/** A notice as a device gets it. */
export interface Notice { topic: string, message: { code: string, id: number, message: string, data: Record<string, unknown> } }

/** A device on MQTT.js that takes part in updates; what it says has arrived when the promise resolves. */
export interface UpdatingDevice {
  client: MqttClient
  notices: Notice[]
  inform: (version: string, module?: string) => Promise<void>
  progress: (step: number, desc?: string) => Promise<void>
  /** Asks for an update; resolves with the `data` of the answer. */
  ask: () => Promise<Record<string, unknown>>
}

export interface RolloutBench extends TestEngine {
  certificates: DeviceCertificate[]
  connect: (deviceName: string) => Promise<UpdatingDevice>
  /** Makes a package that needs no verification; returns its id. */
  makePackage: (version: string, more?: Partial<MethodInput<'otaPackage.create'>>) => Promise<string>
  createBatch: (packageId: string, more?: Partial<MethodInput<'batch.create'>>) => Promise<Batch>
  taskOf: (batchId: string, deviceName: string) => Promise<BatchTask>
  /** Waits until the tasks of a batch have come to these states, in order of the devices' names. */
  states: (batchId: string, expected: string[]) => Promise<void>
}

/** Inside a test: an engine with downloads and devices `dev-0001` … of one product. */
export async function startRollouts({ count = 1, clock, workspaceDir }: { count?: number, clock?: Clock, workspaceDir?: string } = {}): Promise<RolloutBench> {
  const running = await startEngine({
    openDeviceHttp: (host, routes) => createDeviceHttp({ host, port: 0, log: silentLog, routes }),
    ...(workspaceDir !== undefined && { workspaceDir }),
  }, clock)
  const { api } = running
  const certificates: DeviceCertificate[] = []
  for (let index = 1; index <= count; index++) {
    const deviceName = `dev-${String(index).padStart(4, '0')}`
    const known = workspaceDir === undefined ? undefined : await api.call('device.get', { productKey, deviceName })
    certificates.push(known ? { productKey, deviceName, deviceSecret: known.deviceSecret } : await makeDevice(api, deviceName))
  }
  const taskOf = async (batchId: string, deviceName: string): Promise<BatchTask> => {
    const { tasks: [task] } = await api.call('batch.tasks', { batchId, device: { productKey, deviceName } })
    return task!
  }
  return {
    ...running,
    certificates,
    connect: deviceName => connectUpdating(running, certificates.find(one => one.deviceName === deviceName)!),
    makePackage: async (version, more = {}) => {
      const { uploadId } = await api.call('otaUpload.begin', { name: 'app.bin' })
      await api.call('otaUpload.part', { uploadId, offset: 0, bytes: Buffer.from(`HELLO-OTA ${version}`) })
      await api.call('otaUpload.end', { uploadId })
      const { packageId } = await api.call('otaPackage.create', { productKey, name: `p${version.replaceAll('.', '_')}`, version, verify: false, uploadIds: [uploadId], ...more })
      return packageId
    },
    createBatch: (packageId, more = {}) => api.call('batch.create', { packageId, ...more }),
    taskOf,
    states: async (batchId, expected) => {
      let seen: string[] = []
      await waitFor(async () => {
        const { tasks } = await api.call('batch.tasks', { batchId })
        seen = tasks.sort((a, b) => a.deviceName < b.deviceName ? -1 : 1).map(({ state }) => state)
        return seen.join() === expected.join()
      }, { what: `the tasks to be ${expected.join()}` }).catch((error) => {
        expect(seen).toEqual(expected)
        throw error
      })
    },
  }
}

/** Inside a test: a device on MQTT.js that takes part in updates. */
export async function connectUpdating({ mqtt }: Pick<TestEngine, 'mqtt'>, certificate: DeviceCertificate): Promise<UpdatingDevice> {
  const { deviceName } = certificate
  const notices: Notice[] = []
  const answers: Record<string, unknown>[] = []
  const { client } = await connectDevice(mqtt, certificate, { _ss: '1' }, found => found.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as Notice['message']
    if (topic.startsWith('/ota/device/'))
      notices.push({ topic, message })
    else if (topic.endsWith('/ota/firmware/get_reply'))
      answers.push(message.data)
  }))
  let id = 0
  const say = async (topic: string, params: object): Promise<void> => {
    id += 1
    await client.publishAsync(topic, JSON.stringify({ id: String(id), version: '1.0', params }), { qos: 1 })
  }
  return {
    client,
    notices,
    inform: (version, module) => say(`/ota/device/inform/${productKey}/${deviceName}`, { version, ...(module !== undefined && { module }) }),
    progress: (step, desc = '') => say(`/ota/device/progress/${productKey}/${deviceName}`, { step: String(step), desc }),
    ask: async () => {
      const before = answers.length
      await say(`/sys/${productKey}/${deviceName}/thing/ota/firmware/get`, {})
      await waitFor(() => answers.length > before)
      return answers.at(-1)!
    },
  }
}
