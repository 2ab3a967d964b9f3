import type { IConnectPacket } from './codec.ts'
import type { Connection } from './connection.ts'
import type { BrokerCore } from './core.ts'
import type { BrokerClient, BrokerDevice } from './types.ts'
import { parseClientId } from '../../shared/alink/sign.ts'

/** A connection that has been let in, as the hooks see it. */
export class ConnectedClient implements BrokerClient {
  readonly connectionId: number
  readonly device: BrokerDevice
  readonly clientId: string
  readonly protocolVersion: 3 | 4 | 5
  readonly transport: BrokerClient['transport']
  readonly remoteAddress: string
  readonly localAddress: string
  readonly keepaliveSec: number
  readonly clean: boolean
  readonly connectedAt: number

  constructor(core: BrokerCore, { version, wire }: Connection, packet: IConnectPacket, device: BrokerDevice) {
    this.connectionId = ++core.lastConnectionId
    this.device = device
    this.clientId = packet.clientId
    this.protocolVersion = version
    this.transport = wire.transport
    this.remoteAddress = wire.remoteAddress
    this.localAddress = wire.localAddress
    this.keepaliveSec = packet.keepalive ?? 0
    this.clean = packet.clean ?? true
    this.connectedAt = core.clock.now()
  }

  /** A connection is always a device's own. */
  get gateway(): null {
    return null
  }

  /** Taken apart when asked for: a map for each of ten thousand idle connections would be their largest part. */
  get parameters(): ReadonlyMap<string, string> {
    return parseClientId(this.clientId).parameters
  }
}
