import type { MqttClient } from 'mqtt'
import type { Batch } from '../../src/shared/contract/batch.ts'
import type { ApiClient, MethodInput } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { BenchServer } from '../bench/bench-server.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { createRandom } from '../../src/engine/fleet/behaviour/random-streams.ts'
import { startBenchServer } from '../bench/bench-server.ts'
import { connectDevice } from '../support/mqtt-device.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait-for.ts'

const productKey = 'a1Test'

/** Inside a test: a server on a workspace, killed when the test is over. */
async function serve(workspace: string): Promise<BenchServer> {
  const server = await startBenchServer(workspace)
  onTestFinished(() => server.kill())
  return server
}

async function makePackage(api: ApiClient, version: string): Promise<string> {
  const { uploadId } = await api.call('otaUpload.begin', { name: 'app.bin' })
  await api.call('otaUpload.part', { uploadId, offset: 0, bytes: Buffer.from(`HELLO-OTA ${version}`) })
  return (await api.call('otaPackage.create', { productKey, name: `p${version.replace('.', '-')}`, version, verify: false, uploadIds: [uploadId] })).packageId
}

/** How many tasks of a batch each device has. */
async function tasksByDevice(api: ApiClient, batchId: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let offset = 0, total = 1; offset < total; offset += 10_000) {
    const page = await api.call('batch.tasks', { batchId, offset, limit: 10_000 })
    total = page.total
    for (const { deviceName } of page.tasks)
      counts.set(deviceName, (counts.get(deviceName) ?? 0) + 1)
  }
  return counts
}

it('chooses the same devices, each once, when it is killed while it chooses among thousands', async () => {
  const workspace = tempFolder()
  const count = 6_000
  let server = await serve(workspace)
  await server.client.call('product.create', { productKey, name: 'Lamp' })
  const { certificates } = await server.client.call('device.create', { productKey, deviceName: 'lamp', count })
  const packageId = await makePackage(server.client, '2.0')
  let cutShort = 0
  const wishes: Partial<MethodInput<'batch.create'>>[] = [
    {},
    { scope: { kind: 'phased', percent: 40 }, needsConfirmation: true },
    { dynamic: true, scope: { kind: 'named', deviceNames: certificates.filter((_, index) => index % 2 === 0).map(({ deviceName }) => deviceName) } },
  ]
  for (const [seed, wish] of wishes.entries()) {
    const random = createRandom(seed + 1, 'kills')
    const { client } = server
    let isDone = false
    const known = (await client.call('batch.list', {})).total
    // The answer never comes when the kill is early enough.
    client.call('batch.create', { packageId, overrides: true, ...wish }).then(() => { isDone = true }, () => {})
    await waitFor(async () => (await client.call('batch.list', {})).total > known)
    const [{ batchId }] = (await client.call('batch.list', {})).batches as [Batch]
    await delay(random.next() * 120)
    cutShort += isDone ? 0 : 1
    await server.kill()

    server = await serve(workspace)
    const batch = await waitFor(async () => {
      const found = await server.client.call('batch.get', { batchId })
      return !found.selecting && found
    })
    const tasks = await tasksByDevice(server.client, batchId)
    const expected = batch.scope.kind === 'phased' ? count * batch.scope.percent / 100 : batch.scope.kind === 'named' ? count / 2 : count
    expect([seed, tasks.size, Math.max(...tasks.values()), batch.state]).toEqual([seed, expected, 1, 'IN_PROGRESS'])
    expect(Object.values(batch.counts).reduce((sum, tasksInState) => sum + tasksInState)).toBe(expected)
    expect(batch.counts[batch.needsConfirmation ? 'CONFIRM' : 'QUEUED']).toBe(expected)
  }
  expect(cutShort).toBeGreaterThan(0)
}, 180_000)

/** A device with a memory of its own: it updates when it is told, after as many failures as it is to have, whatever becomes of the server. */
class Device {
  readonly certificate: DeviceCertificate
  version = '1.0'
  failuresLeft = 0
  #client: MqttClient | undefined

  constructor(certificate: DeviceCertificate) {
    this.certificate = certificate
  }

  async connect(address: { host: string, port: number }): Promise<void> {
    const { client } = await connectDevice(address, this.certificate, { _ss: '1' }, found => found.on('message', (topic, payload) => {
      if (topic.startsWith('/ota/device/upgrade/'))
        void this.#update(found, (JSON.parse(payload.toString()) as { data: { version: string } }).data.version)
    }))
    this.#client = client
    this.#say(client, 'inform', { version: this.version })
  }

  leave(): void {
    this.#client?.end(true)
  }

  async #update(client: MqttClient, version: string): Promise<void> {
    for (const step of [1, 60]) {
      this.#say(client, 'progress', { step, desc: '' })
      await delay(15)
    }
    if (this.failuresLeft > 0) {
      this.failuresLeft -= 1
      this.#say(client, 'progress', { step: -2, desc: 'no route' })
      return
    }
    this.version = version
    this.#say(client, 'progress', { step: 100, desc: '' })
    this.#say(client, 'inform', { version })
  }

  /** What is said to a server that has been killed is lost, as on a real line. */
  #say(client: MqttClient, what: 'inform' | 'progress', params: object): void {
    if (client.connected)
      client.publish(`/ota/device/${what}/${productKey}/${this.certificate.deviceName}`, JSON.stringify({ id: '1', params }), { qos: 1 }, () => {})
  }
}

it('brings every device to the end that it should have, wherever in its update the server is killed', async () => {
  const workspace = tempFolder()
  let server = await serve(workspace)
  await server.client.call('product.create', { productKey, name: 'Lamp' })
  const { certificates } = await server.client.call('device.create', { productKey, deviceName: 'lamp', count: 13 })
  const devices = certificates.slice(0, 12).map(certificate => new Device(certificate))
  const reconnect = (): Promise<unknown> => Promise.all(devices.map(device => device.connect(server.ready.mqtt)))
  await reconnect()
  for (let seed = 1; seed <= 3; seed++) {
    const random = createRandom(seed, 'kills')
    const version = `${seed + 1}.0`
    for (const [index, device] of devices.entries())
      device.failuresLeft = index === 0 ? 1_000 : index % 3
    const { batchId } = await server.client.call('batch.create', {
      packageId: await makePackage(server.client, version),
      rate: { kind: 'constant', perMinute: 3_000 },
      retryMinutes: 0.003,
      retriesMax: 8,
      timeoutMinutes: 60,
      overrides: true,
    })
    for (let kill = 1; kill <= (seed === 1 ? 2 : 1); kill++) {
      await delay(random.next() * 250)
      await server.kill()
      devices.forEach(device => device.leave())
      server = await serve(workspace)
      await reconnect()
    }
    const batch = await waitFor(async () => {
      const found = await server.client.call('batch.get', { batchId })
      return found.counts.SUCCEEDED === 11 && found.counts.FAILED === 1 && found
    }, { timeoutMs: 20_000, what: `the end of seed ${seed}` })
    expect(batch).toMatchObject({ state: 'IN_PROGRESS', counts: { QUEUED: 1, NOTIFIED: 0, IN_PROGRESS: 0 } })
    expect(devices.map(device => device.version).slice(1)).toEqual(Array.from({ length: 11 }).fill(version))
    const { tasks } = await server.client.call('batch.tasks', { batchId })
    expect(new Set(tasks.map(({ deviceName }) => deviceName)).size).toBe(13)
    expect(tasks).toHaveLength(13)
    expect(tasks[0]).toMatchObject({ state: 'FAILED', cause: 'progress', retries: 8, remark: 'The download failed (-2): no route.' })
    expect(tasks[12]).toMatchObject({ state: 'QUEUED', waitsFor: 'device', retries: 0 })
    // A task ends once, and nothing happens to it after that.
    for (const { taskId } of tasks.slice(0, 12)) {
      const { steps } = await server.client.call('batch.timeline', { taskId })
      const ends = steps.filter(({ state }) => state === 'SUCCEEDED' || state === 'FAILED')
      expect([ends.length, ends[0]]).toEqual([1, steps.at(-1)])
    }
    // The one that never connects would conflict with the next batch otherwise only.
    await server.client.call('batch.cancel', { batchId, queued: true })
    devices[0]!.version = version
    devices[0]!.leave()
    await devices[0]!.connect(server.ready.mqtt)
  }
}, 180_000)
