import type { Clock } from '../../shared/clock.ts'
import type { Log } from '../../shared/log.ts'
import type { Connection, ConnectionHost } from './connection.ts'
import type { Sessions } from './sessions.ts'
import type { AccountRate, ConnectRate } from './throttle.ts'
import type { BrokerClient, BrokerHooks } from './types.ts'

/** A sub-device's login, and the connection of its gateway that carries it. */
export interface Attachment { client: BrokerClient, connection: Connection }

/** What the parts of one broker share. */
export interface BrokerCore extends ConnectionHost {
  readonly clock: Clock
  readonly log: Log
  readonly hooks: BrokerHooks
  readonly strictSubscriptions: boolean
  readonly applyLimits: () => boolean
  readonly connectRate: ConnectRate
  readonly accountRate: AccountRate
  readonly sessions: Sessions
  /** Every socket that speaks MQTT, logged in or not, ended ones included until they are gone. */
  readonly connections: Set<Connection>
  /** The connection of each device that is online. */
  readonly online: Map<number, Connection>
  /** The sub-devices that are logged in on the connections of their gateways; none of them is in `online`. */
  readonly attached: Map<number, Attachment>
  /** The store has no room. */
  hasPressure: boolean
  lastConnectionId: number
  /** Called when the last of `connections` is gone. */
  onEmpty: (() => void) | undefined
}
