/**
 * The stations of a message and its answer, in order of time. A message of a device: `sent`, `received`, `checked`, `stored`,
 * `replied`, `arrived`. A message to a device: `called`, `written`, `arrived`, `acted`, `answered`, `received`, `judged`.
 */
export const hopNames = ['sent', 'received', 'checked', 'stored', 'replied', 'called', 'written', 'arrived', 'acted', 'answered', 'judged'] as const
export type HopName = (typeof hopNames)[number]

/**
 * How the time of a hop is known: `measured` to the microsecond on this machine, `kept` with its row to the millisecond,
 * `claimed` by the clock of the device, `acknowledged` by the device's PUBACK, which it may send before or after it has looked.
 */
export type HopSource = 'measured' | 'kept' | 'claimed' | 'acknowledged'

/**
 * Why the time of a hop is not known: a `real` board does not tell; it was not kept any longer (`gone`); it is still awaited
 * (`waiting`); it never came (`missing`); the device has not subscribed (`unsubscribed`); the message could not be delivered
 * (`undelivered`); there is none, because nobody asked for an answer or none is given (`none`).
 */
export type HopGap = 'real' | 'gone' | 'waiting' | 'missing' | 'unsubscribed' | 'undelivered' | 'none'

/** What a simulated device did with a message. */
export type HopDeed = 'noted' | 'applied' | 'refused' | 'ignored' | 'waits'

/** One station of a message's way. */
export interface JourneyHop {
  name: HopName
  /** Milliseconds, with fractions, from the moment the row that begins the way was kept; null when it is not known. */
  afterMs: number | null
  source?: HopSource
  gap?: HopGap
  deed?: HopDeed
  /** The row of the trace whose records tell of it; null for what happens in the device. */
  rowId: number | null
  /** The code that the hop ended with, where it has one. */
  code?: number
}

/** The whole way of one message and its answer. */
export interface MessageWay {
  /** Who began: the device (`up`) or the platform (`down`). */
  direction: 'up' | 'down'
  requestId: number
  answerId: number | null
  /** Whether the device is one that Thingbench simulates: then both ends are known. */
  simulated: boolean
  hops: JourneyHop[]
  /** The first hop that should have come and did not; null when nothing is missing. */
  missing: HopName | null
}
