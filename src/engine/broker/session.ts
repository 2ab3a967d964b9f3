import { matchesFilter } from './topic-filter.ts'

export interface Subscription {
  qos: 0 | 1
  /** MQTT 5 subscription identifier; 0: none. */
  id: number
  /** Epoch milliseconds; null for one of an older workspace. */
  at: number | null
}

/** A QoS 1 message on its way to a device, from being accepted to being acknowledged. */
export interface HeldMessage {
  /** Its row in the store, growing; also tells messages apart. */
  seq: number
  topic: string
  payload: Uint8Array
  expiresAt: number
  /** Whether the sender limited its life: then MQTT 5 tells the device what is left of it. */
  hasExpiry: boolean
  /** MQTT 5 properties as they go on the wire, without those that the platform adds; null for none. */
  properties: Uint8Array | null
  /** 0 until it has been sent for the first time; kept for every resend (MQTT 4.4.0-1). */
  packetId: number
  /** Told when it is lost with its connection. */
  onLost?: (() => void) | undefined
  /** Told when the device acknowledges it. */
  onAcknowledged?: (() => void) | undefined
}

/** What the broker remembers of a device beyond one connection, or for the length of it (MQTT 4.1). */
export class Session {
  readonly deviceId: number
  /** Survives the connection and has a row in the store. */
  isKept: boolean
  /** How long it lives without a connection; 0: it ends with it. */
  expiryMs: number
  /** When it ends unless the device comes back; null while it is connected. */
  expiresAt: number | null = null
  subscriptions: Map<string, Subscription> | null = null
  /** Accepted and not sent on this connection, in order. */
  waiting: HeldMessage[] | null = null
  /** Sent and not acknowledged, by packet id, in order. */
  inflight: Map<number, HeldMessage> | null = null
  #lastPacketId = 0

  constructor(deviceId: number, isKept: boolean, expiryMs: number) {
    this.deviceId = deviceId
    this.isKept = isKept
    this.expiryMs = expiryMs
  }

  /** True when some subscription matches `topic`; the answer to an RRPC topic may also be expected under its inner topic. */
  matches(topic: string): boolean {
    if (this.subscriptions === null)
      return false
    if (this.subscriptions.has(topic))
      return true
    const inner = innerTopic(topic)
    for (const filter of this.subscriptions.keys()) {
      if (matchesFilter(filter, topic) || (inner !== null && matchesFilter(filter, inner)))
        return true
    }
    return false
  }

  /** Identifiers of the matching subscriptions that have one, for MQTT 5 (3.3.4). */
  matchingIds(topic: string): number[] {
    const ids: number[] = []
    for (const [filter, { id }] of this.subscriptions ?? []) {
      if (id !== 0 && matchesFilter(filter, topic))
        ids.push(id)
    }
    return ids
  }

  subscribe(filter: string, subscription: Subscription): void {
    (this.subscriptions ??= new Map()).set(filter, subscription)
  }

  /** False when there was no such subscription. */
  unsubscribe(filter: string): boolean {
    return this.subscriptions?.delete(filter) ?? false
  }

  /** A packet id that no unacknowledged message has. */
  takePacketId(): number {
    do {
      this.#lastPacketId = this.#lastPacketId === 0xFFFF ? 1 : this.#lastPacketId + 1
    }
    while (this.inflight?.has(this.#lastPacketId))
    return this.#lastPacketId
  }

  /** After a connection: what was not acknowledged is to be sent again, before everything else. */
  takeBackInflight(): void {
    if (this.inflight === null)
      return
    this.waiting = [...this.inflight.values(), ...this.waiting ?? []]
    this.inflight = null
  }
}

/**
 * The topic behind `/ext/rrpc/{id}`: devices of Link SDK C 4 subscribe to it and expect the RRPC request under the longer
 * one (Alink 5.7).
 */
function innerTopic(topic: string): string | null {
  if (!topic.startsWith('/ext/rrpc/'))
    return null
  const slash = topic.indexOf('/', '/ext/rrpc/'.length)
  return slash === -1 ? null : topic.slice(slash)
}
