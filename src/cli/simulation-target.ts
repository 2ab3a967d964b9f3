import type { FleetSpec } from '../engine/fleet/fleet-host.ts'
import type { ApiClient } from '../shared/contract/contract.ts'
import type { DeviceCertificate } from '../shared/contract/device.ts'
import type { ThingModel } from '../shared/thing-model/types.ts'
import type { ConversationWish } from './conversation-options.ts'
import type { UpdatesWish } from './update-options.ts'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { reachableHost } from '../engine/network-address.ts'
import { startServing } from '../host/serving.ts'
import { productKeySchema } from '../shared/contract/product.ts'
import { AppError } from '../shared/errors.ts'
import { parseDevicesFile } from './devices-file.ts'
import { rendererDir, resourcesDir, spawnFleet } from './place.ts'
import { productNameOf } from './product-name.ts'
import { readTextFile } from './read-text-file.ts'
import { version } from './version.ts'
import { connectToRunning } from './workspace-access.ts'

/** What `simulate` was asked for. */
export interface SimulationWish extends ConversationWish, UpdatesWish {
  /** Thing model file. */
  product: string
  /** Undefined: all of the devices file, or a hundred. */
  devices: number | undefined
  /** Seconds. */
  interval: number
  duration: number
  workspace: string | undefined
  broker: string | undefined
  devicesFile: string | undefined
  /** JSON file of how properties move. */
  behaviours: string | undefined
  seed: number | undefined
  json: boolean
}

/** Where a simulated fleet connects, and as whom. */
export interface SimulationTarget extends Pick<FleetSpec, 'broker' | 'devices'> {
  /** Only the platform delivers replies unasked; elsewhere devices subscribe to them. */
  subscribe: boolean
  /** For the person who watches: `mqtt://127.0.0.1:1883`. */
  about: string
}

export interface SimulatedModel { text: string, model: ThingModel }

const devicesDefault = 100
/** For made-up devices when the thing model names no product. */
const productKeyDefault = 'a1Simulated'
const devicesFileBytesMax = 64 * 1024 * 1024

/**
 * The platform itself: the engine that has the named workspace open, or one of our own until the stack is disposed of,
 * without `--workspace` on a temporary folder. The product and devices of its own are made there.
 */
export async function openEngineTarget(wish: SimulationWish, { text, model }: SimulatedModel, stack: AsyncDisposableStack): Promise<SimulationTarget> {
  const workspaceDir = wish.workspace === undefined
    ? await makeTemporaryFolder(stack)
    : path.resolve(wish.workspace)
  const client = await connectToRunning(workspaceDir, stack) ?? await serve(workspaceDir, stack)
  const { mqtt } = await client.call('app.info', {})
  const host = reachableHost(mqtt.host)

  const productKey = await importProduct(client, wish.product, { text, model })
  const devices = await createDevices(client, productKey, wish.devices ?? devicesDefault)
  return { broker: { host, port: mqtt.port }, devices, subscribe: false, about: `mqtt://${host}:${mqtt.port}` }
}

/** A second run in the same workspace uses the product of the first, with the thing model it is given now. */
async function importProduct(client: ApiClient, file: string, { text, model }: SimulatedModel): Promise<string> {
  const products = await client.call('product.list', {})
  const update = products.some(product => product.productKey === model.profile.productKey)
  const { productKey } = await client.call('product.importModel', { text, update, ...(update ? {} : { name: productNameOf(file) }) })
  return productKey
}

async function makeTemporaryFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'thingbench-simulate-'))
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

async function serve(workspaceDir: string, stack: AsyncDisposableStack): Promise<ApiClient> {
  const serving = await startServing({
    workspaceDir,
    isOwnWorkspace: false,
    addSample: false,
    resumeFleets: false,
    deviceHost: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    consolePort: 0,
    openApi: null,
  }, { version, resourcesDir, rendererDir, spawnFleet }, () => {})
  stack.defer(() => serving.close())
  return serving.client
}

/** New devices `simulated-1`, `simulated-2` …; with a number behind the word when an earlier run has used that. */
async function createDevices(client: ApiClient, productKey: string, count: number): Promise<DeviceCertificate[]> {
  for (let run = 1; ; run++) {
    try {
      const { certificates } = await client.call('device.create', { productKey, deviceName: run === 1 ? 'simulated' : `simulated${run}`, count })
      return certificates
    }
    catch (error) {
      if (!(error instanceof AppError) || error.code !== 'device/exists')
        throw error
    }
  }
}

/** Any MQTT broker: its devices come from a file, or are made up from the seed, so that the same seed means the same devices. */
export async function openBrokerTarget(wish: SimulationWish & { broker: string }, { model }: SimulatedModel, seed: number): Promise<SimulationTarget> {
  const broker = parseBroker(wish.broker)
  const devices = wish.devicesFile === undefined
    ? makeUpDevices(model.profile.productKey, wish.devices ?? devicesDefault, seed)
    : await readDevices(wish.devicesFile, wish.devices)
  return { broker, devices, subscribe: true, about: wish.broker }
}

const portDefaults = { 'mqtt:': 1883, 'mqtts:': 8883 }

function parseBroker(text: string): FleetSpec['broker'] {
  const url = new URL(text)
  const isTls = url.protocol === 'mqtts:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? portDefaults[isTls ? 'mqtts:' : 'mqtt:'] : Number(url.port),
    tls: isTls ? { caPem: null, verify: true } : null,
  }
}

async function readDevices(file: string, wanted: number | undefined): Promise<DeviceCertificate[]> {
  const devices = parseDevicesFile(await readTextFile(file, devicesFileBytesMax), file)
  if (devices.length < (wanted ?? 1))
    throw new AppError('input/invalid', `${file}: expected at least ${wanted ?? 1} devices, got ${devices.length}.`, { file, expected: wanted ?? 1, got: devices.length })
  return devices.slice(0, wanted)
}

function makeUpDevices(modelKey: string | undefined, count: number, seed: number): DeviceCertificate[] {
  const productKey = productKeySchema.safeParse(modelKey).data ?? productKeyDefault
  return Array.from({ length: count }, (_, index) => {
    const deviceName = `simulated-${index + 1}`
    return { productKey, deviceName, deviceSecret: createHash('sha256').update(`${seed}/${deviceName}`).digest('hex').slice(0, 32) }
  })
}
