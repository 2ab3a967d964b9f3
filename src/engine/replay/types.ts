import type { Clock } from '../../shared/clock.ts'
import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { ReplaySource } from '../../shared/contract/replay.ts'
import type { Log } from '../../shared/log.ts'
import type { StoredTrace, TraceDirection } from '../store/types.ts'

/** One recorded row. */
export interface ReplayRow {
  /** Reading from behind here goes on after this row. */
  place: number
  /** Epoch milliseconds. */
  at: number
  /** `line`: a line of a file that is no message. */
  direction: TraceDirection | 'line'
  /** Empty when nobody knows. */
  productKey: string
  deviceName: string
  topic: string
  qos: 0 | 1
  payload: Uint8Array
}

/** Some rows in order; `next` is where reading goes on, null when that was all; `share` is how much of the whole has been read, 0 to 1. */
export interface RowPage { rows: ReplayRow[], next: number | null, share: number }

/** A recording, which can be read again from any of its places; 0 is its beginning. */
export interface RowSource { read: (after: number, signal: AbortSignal, timeLimitMs?: number) => Promise<RowPage> }

/** The device that plays, as the registry knows it. */
export interface PlayingDevice extends DeviceIdentity { deviceId: number }

/** Who has a connection as a device. */
export interface ReplayOccupant { by: 'real' | 'gateway' | 'seat' | 'fleet' | 'replay', remoteAddress: string, replayId: string | null }

/** The connection of a device that plays. */
export interface ReplayLink {
  /** False while its socket is full or too much is not acknowledged. */
  readonly hasRoom: boolean
  publish: (topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged?: () => void) => void
  close: () => void
}

export interface ReplayLinkEvents { onOnline: () => void, onEnded: (cause: string) => void }

/** What replays need of the engine they live in. */
export interface ReplayContext {
  clock: Clock
  log: Log
  makeId: () => string
  /** Throws AppError product/not-found or device/not-found. */
  openKept: (source: Extract<ReplaySource, { kind: 'kept' }>) => RowSource
  isSubDevice: (productKey: string) => boolean
  /** Throws AppError device/not-found. */
  requireDevice: (identity: DeviceIdentity) => PlayingDevice
  /** Makes those devices of a product that it does not have yet. */
  ensureDevices: (productKey: string, names: string[]) => Promise<PlayingDevice[]>
  occupantOf: (deviceId: number) => ReplayOccupant | null
  isListening: () => boolean
  /** Undefined for a device that has been deleted, or while nothing listens. */
  connect: (device: PlayingDevice, replayId: string, events: ReplayLinkEvents) => ReplayLink | undefined
  /** Hears of every row that is kept, with its verdict, until the signal aborts. */
  listen: (signal: AbortSignal, listener: (row: Pick<StoredTrace, 'id' | 'deviceId' | 'direction' | 'code'>) => void) => void
}
