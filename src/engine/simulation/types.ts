import type { Buffer } from 'node:buffer'
import type { Clock } from '../../shared/clock.ts'
import type { PolicyContent, SeatTaker } from '../../shared/contract/device-simulation.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { Log } from '../../shared/log.ts'
import type { CompiledModel } from '../../shared/thing-model/compile.ts'
import type { Store } from '../store/types.ts'

/** The device that is simulated, as the registry knows it. */
export interface SeatDevice {
  deviceId: number
  productKey: string
  deviceName: string
  disabled: boolean
}

/** Whose login a device has at the moment, when it is not the seat's. */
export interface Occupant { by: SeatTaker, remoteAddress: string, connectedAt: number }

/** The connection of a seat. */
export interface SeatLink {
  readonly hasRoom: boolean
  publish: (topic: string, payload: string | Uint8Array, qos: 0 | 1, onAcknowledged?: () => void) => void
  subscribe: (filter: string, qos: 0 | 1) => Promise<number | undefined>
  unsubscribe: (filter: string) => Promise<void>
  close: () => void
}

export interface SeatLinkEvents {
  onOnline: () => void
  onMessage: (topic: string, payload: Buffer, qos: 0 | 1) => void
  onEnded: (cause: string) => void
}

/** What the platform wants of a device. */
export type SeatWish
  = | { kind: 'set' | 'get', params: JsonValue | undefined }
    | { kind: 'service', key: string, params: JsonValue | undefined }
    | { kind: 'raw', payload: Uint8Array }

/** A message that is a command, and where and how its answer goes. */
export interface SeatCommand { wish: SeatWish, idText: string, replyTopic: string, isRrpc: boolean, wantsReply: boolean }

/** Makes the next values of a push policy, `elapsedMs` after it began; `values` is what the device believes its properties are. */
export type Generate = (elapsedMs: number, values: JsonObject) => JsonObject

/** What simulated devices need of the engine they live in. */
export interface SimulationContext {
  clock: Clock
  log: Log
  store: Store
  /** Opens a connection through the platform's own listener; undefined while there is none. */
  connect: (device: SeatDevice, seat: string, events: SeatLinkEvents) => SeatLink | undefined
  /** Undefined for a device that has been deleted. */
  deviceOf: (deviceId: number) => SeatDevice | undefined
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => SeatDevice
  /** Who is logged in as the device and is no seat; null when nobody is. */
  occupantOf: (deviceId: number) => Occupant | null
  /** Null while the product has no model. */
  modelOf: (productKey: string) => CompiledModel | null
  isRaw: (productKey: string) => boolean
  /** What the product's script makes of a JSON message of a device; throws AppError script/failed. */
  toRaw: (productKey: string, json: string) => Promise<Uint8Array>
  applyLimits: () => boolean
  readCommand: (topicText: string, payload: Buffer) => SeatCommand | undefined
  replyText: (command: SeatCommand, code: number, data: JsonValue) => string
  /** Makes up the output of a service. */
  drawOutput: (productKey: string, service: string, given: JsonObject) => JsonObject
  /** Refuses behaviours that look at properties which the product does not have. */
  checkContent: (productKey: string, content: Exclude<PolicyContent, { kind: 'publish' }>) => void
  generator: (productKey: string, content: Exclude<PolicyContent, { kind: 'publish' }>, seed: string) => Generate
  /** Tells the trace, in the words of the platform's log. */
  record: (deviceId: number, operation: string, content: object) => void
  makeId: () => string
}
