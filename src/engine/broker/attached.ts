import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { BrokerClient, BrokerDevice, OfflineReason } from './types.ts'
import { identityIn } from '../../shared/alink/topic.ts'
import { platformCode } from './platform-code.ts'

/** A sub-device that is logged in on the connection of its gateway, as the hooks see it. */
class AttachedClient implements BrokerClient {
  readonly connectionId: number
  readonly device: BrokerDevice
  readonly gateway: BrokerDevice
  readonly clientId: string
  readonly connectedAt: number
  readonly #through: BrokerClient

  constructor(core: BrokerCore, through: BrokerClient, device: BrokerDevice, clientId: string) {
    this.connectionId = ++core.lastConnectionId
    this.device = device
    this.gateway = through.device
    this.clientId = clientId
    this.connectedAt = core.clock.now()
    this.#through = through
  }

  /** Those of the gateway: it is the gateway's client that has subscribed or not, and that takes RRPC one way or the other. */
  get parameters(): ReadonlyMap<string, string> {
    return this.#through.parameters
  }

  get protocolVersion(): 3 | 4 | 5 {
    return this.#through.protocolVersion
  }

  get transport(): BrokerClient['transport'] {
    return this.#through.transport
  }

  get remoteAddress(): string {
    return this.#through.remoteAddress
  }

  get localAddress(): string {
    return this.#through.localAddress
  }

  get keepaliveSec(): number {
    return this.#through.keepaliveSec
  }

  get clean(): boolean {
    return this.#through.clean
  }
}

/** Logs a sub-device in on the connection of its gateway and ends any other login of it; see `Broker.attach`. */
export function attach(core: BrokerCore, gatewayDeviceId: number, device: BrokerDevice, clientId: string): BrokerClient | undefined {
  const connection = core.online.get(gatewayDeviceId)
  if (connection === undefined || connection.client === null)
    return undefined
  const client = new AttachedClient(core, connection.client, device, clientId)
  core.attached.set(device.deviceId, { client, connection })
  connection.subDevices ??= new Set()
  connection.subDevices.add(client)
  return client
}

/** Logs a sub-device out without telling anybody. */
export function detach(core: BrokerCore, deviceId: number): BrokerClient | undefined {
  const attached = core.attached.get(deviceId)
  if (attached === undefined)
    return undefined
  core.attached.delete(deviceId)
  const { client, connection } = attached
  connection.subDevices?.delete(client)
  if (connection.subDevices?.size === 0)
    connection.subDevices = null
  if (connection.permittedClient === client)
    connection.permittedTopic = ''
  return client
}

/** Ends the session of a sub-device for a reason of the platform; nothing happens when it has none. */
export function endAttached(core: BrokerCore, deviceId: number, reason: OfflineReason): void {
  const client = detach(core, deviceId)
  if (client !== undefined)
    core.hooks.onOffline(client, reason)
}

/** The same identity has logged in elsewhere; `how` is a sentence up to the name of the gateway that had it. */
export function kickAttached(core: BrokerCore, deviceId: number, how: string): void {
  const gateway = core.attached.get(deviceId)?.client.gateway
  if (gateway)
    endAttached(core, deviceId, { code: platformCode.kicked, message: `${how} the gateway ${gateway.productKey}/${gateway.deviceName}.` })
}

/** A gateway has gone, and its sub-devices with it (Alink 1.4). */
export function detachAll(core: BrokerCore, { subDevices }: Connection, { productKey, deviceName }: BrokerDevice): void {
  for (const { device } of [...subDevices ?? []])
    endAttached(core, device.deviceId, { code: platformCode.gatewayGone, message: `Its gateway ${productKey}/${deviceName} went offline.` })
}

/** Who speaks when a gateway uses a topic: a sub-device that is logged in through it when the topic names one, otherwise itself. */
export function speakerOn(core: BrokerCore, connection: Connection, topic: string): BrokerClient {
  const client = connection.client!
  const named = identityIn(topic)
  if (connection.subDevices === null || named === null)
    return client
  const device = core.hooks.findDevice(named.productKey, named.deviceName)
  const attached = device && core.attached.get(device.deviceId)
  return attached?.connection === connection ? attached.client : client
}
