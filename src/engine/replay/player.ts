import type { Alarm, Clock } from '../../shared/clock.ts'
import type { ReplayOmission } from '../../shared/contract/replay.ts'
import type { PlayingDevice, ReplayLink, ReplayLinkEvents } from './types.ts'
import { limits } from '../../shared/limits.ts'

/** A message that is due. */
interface Outgoing { kind: 'publish', topic: string, payload: Uint8Array, qos: 0 | 1, dueAt: number }
type Action = Outgoing | { kind: 'online' } | { kind: 'offline' }

export interface PlayerContext {
  clock: Clock
  connect: (events: ReplayLinkEvents) => ReplayLink | undefined
  /** Calls `run` when one more login may be under way; `done` says that it is over. */
  logins: { want: (run: () => void) => void, done: () => void }
  /** Somebody else has the device's connection. */
  isTaken: () => boolean
}

export interface PlayerEvents {
  /** A message was handed to its connection. */
  onSent: (message: Outgoing) => void
  onAcknowledged: () => void
  onOmitted: (reason: ReplayOmission, messages: number) => void
  onChanged: () => void
}

/** `wanting` its turn to log in; `out`: it does not play any more. */
type PlayerState = 'away' | 'wanting' | 'connecting' | 'online' | 'out'

/**
 * One device of a replay: does what is due in the order in which it came, over a connection of its own that it opens when it
 * needs one. It never fights for its identity: when another login takes it, it is out.
 */
export class Player {
  readonly device: PlayingDevice
  readonly #context: PlayerContext
  readonly #events: PlayerEvents
  #queue: Action[] = []
  #head = 0
  #messages = 0
  #link: ReplayLink | undefined
  /** Tells the present connection from those before it. */
  #login = 0
  #failures = 0
  #inflight = 0
  #retry: Alarm | undefined
  #farewell: Alarm | undefined
  #nextId = 1
  #why: ReplayOmission = 'offline'
  state: PlayerState = 'away'

  constructor(device: PlayingDevice, context: PlayerContext, events: PlayerEvents) {
    this.device = device
    this.#context = context
    this.#events = events
  }

  /** Messages that wait for the connection. */
  get waiting(): number {
    return this.#messages
  }

  /** Nothing waits and nothing lacks its acknowledgement. */
  get isIdle(): boolean {
    return this.#head === this.#queue.length && this.#inflight === 0
  }

  /** Ids count on from 1, so that the same recording is played with the same ids. */
  takeId(): string {
    return String(this.#nextId++)
  }

  do(action: Action): void {
    const isMessage = action.kind === 'publish'
    if (isMessage && (this.state === 'out' || this.#messages >= limits.replayQueuedPerDeviceMax))
      return this.#events.onOmitted(this.state === 'out' ? this.#why : 'offline', 1)
    if (this.state === 'out')
      return
    this.#messages += isMessage ? 1 : 0
    this.#queue.push(action)
    this.flush()
  }

  /** Does what can be done now. */
  flush(): void {
    while (this.#head < this.#queue.length && this.#perform(this.#queue[this.#head]!))
      this.#head++
    if (this.#head === this.#queue.length || this.#head > 1_024) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }

  /** Logs out, or gives up logging in; what waits is left out for that reason, or just forgotten. */
  close(reason: ReplayOmission | null = null): void {
    this.#letGo()
    this.state = 'out'
    if (reason !== null) {
      this.#why = reason
      if (this.#messages > 0)
        this.#events.onOmitted(reason, this.#messages)
    }
    this.#queue = []
    this.#head = 0
    this.#messages = 0
    this.#events.onChanged()
  }

  /** False when it has to wait. */
  #perform(action: Action): boolean {
    if (action.kind === 'offline')
      return this.#leave()
    if (this.state === 'away')
      this.#want()
    if (action.kind === 'online')
      return true
    if (this.state !== 'online' || this.#link?.hasRoom !== true)
      return false
    const { topic, payload, qos } = action
    this.#messages--
    this.#inflight += qos
    const login = this.#login
    this.#link.publish(topic, payload, qos, () => {
      if (login !== this.#login)
        return
      this.#inflight--
      this.#events.onAcknowledged()
      this.flush()
    })
    this.#events.onSent(action)
    return true
  }

  /** Logs out once everything has been acknowledged, or has had the time for it. */
  #leave(): boolean {
    // Whoever is not even in yet comes in first, as it was recorded.
    if (this.state === 'wanting' || this.state === 'connecting')
      return false
    if (this.state === 'online' && this.#inflight > 0) {
      this.#farewell ??= this.#context.clock.setAlarm(limits.replayEndMsMax, () => {
        this.#letGo()
        this.flush()
      })
      return false
    }
    this.#letGo()
    return true
  }

  #want(): void {
    this.state = 'wanting'
    this.#context.logins.want(() => {
      if (this.state === 'wanting')
        this.#connect()
      else
        this.#context.logins.done()
    })
  }

  #connect(): void {
    const login = ++this.#login
    this.state = 'connecting'
    this.#link = this.#context.connect({
      onOnline: () => {
        if (login !== this.#login)
          return
        this.#context.logins.done()
        this.state = 'online'
        this.#failures = 0
        this.#events.onChanged()
        this.flush()
      },
      onEnded: () => {
        if (login === this.#login)
          this.#ended()
      },
    })
    if (this.#link === undefined)
      this.close('offline')
  }

  #ended(): void {
    const wasOnline = this.state === 'online'
    this.#letGo()
    if (this.#context.isTaken())
      return this.close('taken')
    if (!wasOnline && ++this.#failures >= limits.replayLoginsMax)
      return this.close('offline')
    this.state = 'wanting'
    this.#events.onChanged()
    this.#retry = this.#context.clock.setAlarm(limits.replayRetryMs * 2 ** this.#failures, () => {
      if (this.#context.isTaken())
        return this.close('taken')
      this.state = 'away'
      this.flush()
    })
  }

  /** Lets go of the connection and whatever was planned; the device is away then. */
  #letGo(): void {
    this.#retry?.cancel()
    this.#farewell?.cancel()
    this.#farewell = undefined
    if (this.state === 'connecting')
      this.#context.logins.done()
    this.#login++
    this.#link?.close()
    this.#link = undefined
    this.#inflight = 0
    if (this.state !== 'out')
      this.state = 'away'
    this.#events.onChanged()
  }
}
