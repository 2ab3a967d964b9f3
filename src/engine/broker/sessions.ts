import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../store/types.ts'
import type { SessionSaver } from './session-saver.ts'
import type { HeldMessage } from './session.ts'
import { limits } from '../../shared/limits.ts'
import { selectQueued, selectSessions } from './session-rows.ts'
import { Session } from './session.ts'

const rowsPerRead = 1_000
/** What a waiting message costs in memory beside topic and payload. */
const overheadBytes = 200

export interface NewMessage { topic: string, payload: Uint8Array, expiresAt?: number | undefined, properties?: Uint8Array | null, onLost?: (() => void) | undefined, onAcknowledged?: (() => void) | undefined }

/**
 * The sessions that outlive their connections, and the accounts of every message that waits in one, kept or not. Memory
 * is the truth while the broker runs; `saver` keeps the rows that a restart needs.
 */
export class Sessions {
  readonly #clock: Clock
  readonly #saver: SessionSaver
  readonly #kept = new Map<number, Session>()
  #lastSeq = 0
  #heldBytes = 0

  constructor(clock: Clock, saver: SessionSaver) {
    this.#clock = clock
    this.#saver = saver
  }

  get count(): number {
    return this.#kept.size
  }

  /** Brings back what an earlier run has kept. A session that was connected when that run ended starts to expire now. */
  async load(store: Store): Promise<void> {
    const now = this.#clock.now()
    for (let after = 0; ;) {
      const rows = await store.read(selectSessions, [after, rowsPerRead])
      for (const { deviceId, expiryMs, expiresAt, subscriptions } of rows) {
        const session = new Session(deviceId, true, expiryMs)
        session.expiresAt = expiresAt ?? now + expiryMs
        session.subscriptions = subscriptions.size > 0 ? subscriptions : null
        this.#kept.set(deviceId, session)
        after = deviceId
      }
      if (rows.length < rowsPerRead)
        break
    }
    for (;;) {
      const rows = await store.read(selectQueued, [this.#lastSeq, rowsPerRead])
      for (const { deviceId, ...message } of rows) {
        this.#lastSeq = message.seq
        const session = this.#kept.get(deviceId)
        if (session === undefined)
          continue
        (session.waiting ??= []).push({ ...message, packetId: 0 })
        this.#heldBytes += bytesOf(message)
      }
      if (rows.length < rowsPerRead)
        break
    }
    this.expire()
  }

  /** The kept session of a device. */
  get(deviceId: number): Session | undefined {
    return this.#kept.get(deviceId)
  }

  /**
   * The session for a new connection: a fresh one when `clean`, otherwise the kept one if there is one (`isPresent`).
   * `expiryMs` above 0 keeps it beyond the connection.
   */
  open(deviceId: number, { clean, expiryMs }: { clean: boolean, expiryMs: number }): { session: Session, isPresent: boolean } {
    const kept = this.#kept.get(deviceId)
    if (kept !== undefined && clean)
      this.#drop(kept)
    if (kept !== undefined && !clean) {
      kept.expiryMs = expiryMs
      kept.expiresAt = null
      this.#saver.saveSession(kept)
      return { session: kept, isPresent: true }
    }
    const session = new Session(deviceId, expiryMs > 0, expiryMs)
    if (session.isKept) {
      this.#kept.set(deviceId, session)
      this.#saver.saveSession(session)
    }
    return { session, isPresent: false }
  }

  /** The connection of `session` is over. */
  leave(session: Session): void {
    if (!session.isKept || session.expiryMs === 0) {
      this.#drop(session)
      return
    }
    session.expiresAt = this.#clock.now() + session.expiryMs
    session.takeBackInflight()
    this.#saver.saveSession(session)
  }

  /** MQTT 5: DISCONNECT changes how long the session is kept after it. */
  changeExpiry(session: Session, expirySec: number): void {
    session.expiryMs = sessionExpiryMs(expirySec)
  }

  /** Subscriptions have changed; `run` is called when that would survive a crash, at once when it need not. */
  saveSubscriptions(session: Session, run: () => void): void {
    if (!session.isKept) {
      run()
      return
    }
    this.#saver.saveSession(session)
    this.#saver.whenSaved(run)
  }

  /** Takes charge of a QoS 1 message, or returns null when there is no room for it. */
  hold(session: Session, { topic, payload, expiresAt, properties = null, onLost, onAcknowledged }: NewMessage): HeldMessage | null {
    const keptUntil = this.#clock.now() + limits.sessionKeptMs
    const message: HeldMessage = {
      seq: ++this.#lastSeq,
      topic,
      // The caller may reuse its buffer, and a view or a Buffer of Node's pool would keep far more memory than its own.
      payload: new Uint8Array(payload),
      expiresAt: Math.min(expiresAt ?? keptUntil, keptUntil),
      hasExpiry: expiresAt !== undefined,
      properties,
      packetId: 0,
      onLost,
      onAcknowledged,
    }
    const bytes = bytesOf(message)
    if (this.#heldBytes + bytes > limits.sessionQueueBytesMax)
      return null
    this.#heldBytes += bytes
    if (session.isKept)
      this.#saver.insertMessage(session, message)
    return message
  }

  /** A held message is done with: acknowledged, expired or given up. */
  release(session: Session, message: HeldMessage): void {
    this.#heldBytes -= bytesOf(message)
    if (session.isKept)
      this.#saver.deleteMessage(message)
  }

  /** Ends every kept session whose time is over. */
  expire(): void {
    const now = this.#clock.now()
    for (const session of this.#kept.values()) {
      if (session.expiresAt !== null && session.expiresAt <= now)
        this.#drop(session)
    }
  }

  /** Forgets the session of a device; resolves when nothing of it is left in the store. */
  forget(deviceId: number): Promise<void> {
    const session = this.#kept.get(deviceId)
    if (session !== undefined)
      this.#drop(session)
    return this.flush()
  }

  /** Resolves when everything up to now would survive a crash. */
  flush(): Promise<void> {
    return new Promise(resolve => this.#saver.whenSaved(resolve))
  }

  #drop(session: Session): void {
    for (const message of [
      ...session.inflight?.values() ?? [],
      ...session.waiting ?? [],
    ])
      this.#heldBytes -= bytesOf(message)
    session.inflight = null
    session.waiting = null
    session.subscriptions = null
    if (!session.isKept)
      return
    session.isKept = false
    this.#kept.delete(session.deviceId)
    this.#saver.deleteSession(session)
  }
}

/** How long a session is kept for which a device asks `expirySec`: never longer than the platform keeps any (Alink 1.5: 7 days). */
export function sessionExpiryMs(expirySec: number): number {
  return Math.min(expirySec * 1000, limits.sessionKeptMs)
}

function bytesOf({ topic, payload, properties }: NewMessage): number {
  return overheadBytes + topic.length + payload.length + (properties?.length ?? 0)
}
