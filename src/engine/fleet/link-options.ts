import type { Buffer } from 'node:buffer'
import type { Clock } from '../../shared/clock.ts'
import type { DialOptions } from './dial.ts'
import type { LinkSocket } from './link-socket.ts'
import type { FleetBroker } from './messages.ts'

export interface LinkOptions {
  broker: FleetBroker
  /** Opens a way to the broker for a device. */
  dial: (options: DialOptions, index: number) => LinkSocket
  connectPerSec: number
  handshakesMax: number
  spreadSources: boolean
  /** CONNECT of a device. */
  connectOf: (index: number) => Uint8Array
  /** For the jitter of repeated connections only. */
  seed: number
  clock: Clock
  /** Milliseconds that really pass, for latencies. */
  stopwatch: () => number
  /** Topics to subscribe to after CONNACK; none: no SUBSCRIBE. */
  subscriptionsOf: (index: number) => readonly string[]
}

/** What links tell the fleet. */
export interface LinkEvents {
  /** CONNACK 0. */
  onOnline: (index: number) => void
  /** The link of an online device has ended, for whatever reason. */
  onOffline: (index: number) => void
  onAcknowledged: (index: number, latencyMs: number) => void
  /** A message of the platform; the payload is valid during the call only. */
  onMessage: (index: number, topic: string, payload: Buffer) => void
  /** Something went wrong, in words that are the same for the same cause. */
  onProblem: (cause: string) => void
}
