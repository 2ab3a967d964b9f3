import type { FleetTarget, ForeignTarget, KeptSecrets, TargetSecrets } from '../../../shared/contract/fleet-target.ts'
import type { FleetSettings } from '../../../shared/contract/fleet.ts'
import type { FleetBroker, FleetDevice } from '../messages.ts'
import type { FleetSpec } from '../running-fleet.ts'
import type { SecretFile, SecretKind } from './secret-file.ts'
import { quietConversation } from '../../../shared/contract/fleet-conversation.ts'
import { quietConfigConduct, quietUpdates } from '../../../shared/contract/fleet-updates.ts'
import { fleetDeviceName } from '../../../shared/contract/fleet.ts'
import { AppError } from '../../../shared/errors.ts'
import { loopbackOf } from '../broker-address.ts'
import { tlsOptionsOf } from '../dial.ts'
import { readDevicesCsv } from './read-devices-csv.ts'

export interface FleetTargetsContext {
  secrets: SecretFile
  /** Where the local broker listens; null while the engine has none. */
  localBroker: () => { host: string, port: number } | null
  /** The certificates of devices of these names on the local platform, made where they are missing. */
  ensureDevices: (productKey: string, names: string[]) => Promise<FleetDevice[]>
  /** Devices have no sockets then and reach this platform only. */
  hasVirtualTime: boolean
}

/** What a target needs to know of a fleet; `fleetId` is empty for one that is yet to be made. */
export interface TargetedFleet { fleetId: string, productKey: string, prefix: string, settings: Pick<FleetSettings, 'count' | 'target'> }

/** How the devices of a fleet reach their broker, and how they speak there. */
type TargetWays = Pick<FleetSpec, 'foreign' | 'subscribe'> & { broker: FleetBroker }

const wrongLinesTold = 5

/** Where the fleets of a workspace report, with the secrets that takes. */
export class FleetTargets {
  readonly #context: FleetTargetsContext
  /** Devices of clouds, as they have been read. */
  readonly #devices = new Map<string, FleetDevice[]>()

  constructor(context: FleetTargetsContext) {
    this.#context = context
  }

  /** Which secrets of a fleet are set. */
  kept(fleetId: string): KeptSecrets {
    return this.#context.secrets.kept(fleetId)
  }

  /** Throws AppError input/invalid when a fleet cannot report where it is to, with the secrets it would have then. */
  async check({ fleetId, productKey, prefix, settings }: Omit<TargetedFleet, 'settings'> & { settings: FleetSettings }, change: TargetSecrets): Promise<void> {
    const { target, transport, conversation, count } = settings
    if (target.kind === 'local')
      return
    if (transport === 'in-process')
      throw refusal('transport', 'tcp for devices that report to another broker', transport)
    if (conversation.subDevices !== null)
      throw refusal('conversation.subDevices', 'none: sub-devices come with a fleet of the local platform only', conversation.subDevices.productKey)
    if (target.kind === 'cloud') {
      const all = await this.#all({ fleetId, productKey, prefix, settings }, change)
      if (count > all.length)
        throw refusal('count', `at most ${all.length}, as many devices as the file has`, count)
    }
    if (target.kind === 'broker' && target.username === null && (change.password === undefined ? this.kept(fleetId).password : change.password) !== null)
      throw refusal('target.username', 'a user name, because MQTT 3.1.1 has no password without one', 'none')
    if (target.tls !== null)
      checkTls(target.host, await this.#tls(fleetId, target, change))
  }

  /** Keeps what is set of a fleet's secrets; a fleet that reports here needs none. */
  async keep(fleetId: string, target: FleetTarget, { password, clientKey, devices }: TargetSecrets): Promise<void> {
    const { secrets } = this.#context
    if (target.kind === 'local')
      return this.forget(fleetId)
    if (password !== undefined)
      await secrets.set(fleetId, 'password', password)
    if (clientKey !== undefined)
      await secrets.set(fleetId, 'clientKey', clientKey)
    if (devices === undefined)
      return
    const read = devices === null ? null : readOrRefuse(devices)
    await secrets.set(fleetId, 'devices', read && { text: JSON.stringify(read) }, read?.length)
    this.#devices.delete(fleetId)
  }

  /** Forgets the secrets of a fleet. */
  async forget(fleetId: string): Promise<void> {
    this.#devices.delete(fleetId)
    await this.#context.secrets.forget(fleetId)
  }

  /** The devices of a fleet with what they log in by; those of this platform are made where they are missing. */
  async devicesOf(fleet: TargetedFleet, change: TargetSecrets = {}): Promise<FleetDevice[]> {
    const { productKey, settings: { count, target } } = fleet
    if (target.kind === 'cloud')
      return (await this.#all(fleet, change)).slice(0, count)
    const names = this.#madeUpNames(fleet)
    return target.kind === 'local' ? this.#context.ensureDevices(productKey, names) : names.map(deviceName => ({ productKey, deviceName, deviceSecret: '' }))
  }

  /** The names of a fleet's devices in their order. */
  async namesOf(fleet: TargetedFleet): Promise<string[]> {
    return fleet.settings.target.kind === 'cloud' ? (await this.devicesOf(fleet)).map(({ deviceName }) => deviceName) : this.#madeUpNames(fleet)
  }

  /** Throws AppError fleet/failed where there is no way, and fleet/secret-lost for a secret that cannot be read. */
  async waysOf({ fleetId, settings: { target } }: TargetedFleet, change: TargetSecrets = {}): Promise<TargetWays> {
    if (target.kind === 'local') {
      const broker = this.#context.localBroker()
      if (broker === null)
        throw new AppError('fleet/failed', 'The fleet cannot start: this engine does not listen for devices.', { fleetId })
      return { broker: { host: loopbackOf(broker.host), port: broker.port, tls: null } }
    }
    if (this.#context.hasVirtualTime)
      throw new AppError('fleet/failed', 'The fleet cannot start: with virtual time devices have no sockets, and so reach the local platform only.', { fleetId })
    return {
      broker: { host: target.host, port: target.port, tls: await this.#tls(fleetId, target, change) },
      subscribe: target.kind === 'cloud' || target.topic === null,
      foreign: target.kind === 'cloud'
        ? { login: null, report: null, subscriptions: [] }
        : {
            login: { clientId: target.clientId, username: target.username, password: await this.#secret(fleetId, 'password', change) },
            report: target.topic === null ? null : { topic: target.topic, payload: target.payload },
            subscriptions: target.subscriptions,
          },
    }
  }

  async #tls(fleetId: string, { tls }: ForeignTarget, change: TargetSecrets): Promise<FleetBroker['tls']> {
    if (tls === null)
      return null
    const { caPem, verify, certificatePem } = tls
    if (certificatePem === null)
      return { caPem, verify }
    const keyPem = await this.#secret(fleetId, 'clientKey', change)
    if (keyPem === null)
      throw refusal('secrets.clientKey', 'the key of the client certificate', 'none')
    return { caPem, verify, client: { certificatePem, keyPem } }
  }

  /** A secret as it will be with a change. */
  async #secret(fleetId: string, kind: Exclude<SecretKind, 'devices'>, change: TargetSecrets): Promise<string | null> {
    const { secrets } = this.#context
    const given = change[kind]
    if (given === undefined)
      return await secrets.get(fleetId, kind)
    return given === null ? null : await secrets.reveal(given)
  }

  /** All devices that a cloud's file has. Throws AppError input/invalid without one, or with wrong lines. */
  async #all({ fleetId }: TargetedFleet, change: TargetSecrets): Promise<FleetDevice[]> {
    if (change.devices)
      return readOrRefuse(change.devices)
    const known = this.#devices.get(fleetId)
    if (known !== undefined)
      return known
    const text = change.devices === null ? null : await this.#context.secrets.get(fleetId, 'devices')
    if (text === null)
      throw refusal('secrets.devices', 'a CSV of devices that the cloud knows, with ProductKey, DeviceName and DeviceSecret', 'none')
    const devices = JSON.parse(text) as FleetDevice[]
    this.#devices.set(fleetId, devices)
    return devices
  }

  #madeUpNames({ prefix, settings: { count } }: TargetedFleet): string[] {
    return Array.from({ length: count }, (_, index) => fleetDeviceName(prefix, index))
  }
}

/** What devices say beside reports, and how they report: nothing, and each sample by itself, where their reports are not the platform's. */
export function mannersOf({ target, conversation, updates, config, report, life }: FleetSettings): Pick<FleetSettings, 'conversation' | 'updates' | 'config' | 'report' | 'life'> {
  return target.kind === 'broker' && target.topic !== null
    ? { conversation: quietConversation, updates: quietUpdates, config: quietConfigConduct, report: { ...report, batch: 1, offline: 'skip' }, life }
    : { conversation, updates, config, report, life }
}

function readOrRefuse(csv: NonNullable<TargetSecrets['devices']>): FleetDevice[] {
  const { devices, wrong } = readDevicesCsv(csv)
  if (wrong.length === 0)
    return devices
  const told = wrong.slice(0, wrongLinesTold).map(({ line, expected, got }) => `line ${line}: expected ${expected}, got ${got}`)
  throw new AppError('input/invalid', `secrets.devices: ${told.join('; ')}${wrong.length > told.length ? `; and ${wrong.length - told.length} more wrong lines` : ''}.`, { field: 'secrets.devices', wrong: wrong.slice(0, wrongLinesTold).map(line => ({ ...line })) })
}

/** Certificates that cannot be read are told when they are set, and not by each device. */
function checkTls(host: string, tls: FleetBroker['tls']): void {
  try {
    if (tls !== null)
      tlsOptionsOf(host, tls)
  }
  catch (error) {
    throw refusal('target.tls', 'certificates and a key that belong together', (error as Error).message)
  }
}

function refusal(field: string, expected: string, got: string | number): AppError {
  return new AppError('input/invalid', `${field}: expected ${expected}, got ${got}.`, { field, expected, got })
}
