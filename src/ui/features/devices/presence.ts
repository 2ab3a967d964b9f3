import type { PastConnection } from '../../../shared/contract/connection.ts'

/** A part of the strip. `unknown` is before the first connection that is kept. */
export interface PresenceSpan { fromAt: number, toAt: number, state: 'online' | 'offline' | 'unknown', connection: PastConnection | null }

export interface Presence {
  spans: PresenceSpan[]
  /** Refused attempts, each where the last of its kind was. */
  refusals: { at: number, count: number, connection: PastConnection }[]
  /** Milliseconds online, and of what is known. */
  onlineMs: number
  knownMs: number
  /** How often it came online within the range. */
  logins: number
}

/**
 * When a device was online within a range, out of its past connections in any order. `knownFromAt` is where the history that
 * is kept begins; what comes before is unknown. The present ends the range at the latest. Pure.
 */
export function presenceOf(connections: readonly PastConnection[], range: { fromAt: number, toAt: number }, now: number, knownFromAt: number): Presence {
  const toAt = Math.min(range.toAt, now)
  const presence: Presence = { spans: [], refusals: [], onlineMs: 0, knownMs: 0, logins: 0 }
  if (toAt <= range.fromAt)
    return presence
  const push = (fromAt: number, until: number, state: PresenceSpan['state'], connection: PastConnection | null): void => {
    if (until > fromAt)
      presence.spans.push({ fromAt, toAt: until, state, connection })
  }
  let at = Math.min(toAt, Math.max(range.fromAt, knownFromAt))
  push(range.fromAt, at, 'unknown', null)
  presence.knownMs = toAt - at
  for (const connection of connections.toSorted((a, b) => a.beganAt - b.beganAt)) {
    const endedAt = connection.endedAt ?? toAt
    if (connection.kind === 'refused') {
      if (endedAt >= range.fromAt && endedAt <= toAt)
        presence.refusals.push({ at: endedAt, count: connection.count, connection })
      continue
    }
    if (connection.beganAt >= range.fromAt && connection.beganAt <= toAt)
      presence.logins++
    const from = Math.max(at, connection.beganAt)
    const until = Math.min(toAt, endedAt)
    if (until < from)
      continue
    push(at, from, 'offline', null)
    push(from, until, 'online', connection)
    presence.onlineMs += until - from
    at = until
  }
  push(at, toAt, 'offline', null)
  return presence
}
