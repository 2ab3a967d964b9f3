import type { Buffer } from 'node:buffer'
import type { Alarm, Clock } from '../../shared/clock.ts'
import type { SeatState, SeatSwap } from '../../shared/contract/device-simulation.ts'
import type { Occupant, SeatLink, SeatLinkEvents } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export interface SessionContext {
  clock: Clock
  /** Opens a connection whose client id carries `token`; undefined when nothing listens. */
  connect: (token: string, events: SeatLinkEvents) => SeatLink | undefined
  makeToken: () => string
  /** Who is logged in as the device and is no seat. */
  occupant: () => Occupant | null
  /** Whether the seat is taken again by itself when the other one has left. */
  returns: () => boolean
}

export interface SessionEvents {
  onOnline: () => void
  onOffline: () => void
  onMessage: (topic: string, payload: Buffer, qos: 0 | 1) => void
  /** Somebody else has taken the seat. */
  onTaken: (occupant: Occupant) => void
  onChanged: () => void
}

/** Codes of the platform after which a device does not come back: deleted, disabled. */
const finalCodes: readonly number[] = [521, 522]
const kickedCode = 427

/**
 * The login of a simulated device: connects, comes back after a failure, and gives way when somebody else logs in with
 * its identity. It never fights for the seat: it takes it back when it is told to, or when the other one has been away
 * for a while.
 */
export class Session {
  readonly #context: SessionContext
  readonly #events: SessionEvents
  #link: SeatLink | undefined
  #token: string | null = null
  #alarm: Alarm | undefined
  #failures = 0
  #bounces = 0
  /** When the seat was taken back last; 0: never. */
  #takenBackAt = 0
  #settled: { resolve: () => void, reject: (error: AppError) => void } | undefined
  state: SeatState = 'stopped'
  stateAt: number
  problem: string | null = null
  swap: SeatSwap | null = null

  constructor(context: SessionContext, events: SessionEvents) {
    this.#context = context
    this.#events = events
    this.stateAt = context.clock.now()
  }

  /** The connection, while the device is online. */
  get link(): SeatLink | undefined {
    return this.state === 'online' ? this.#link : undefined
  }

  isOwn(token: string | undefined): boolean {
    return token !== undefined && token === this.#token
  }

  /** Logs in now; rejects with AppError simulation/failed when the platform does not let it in, and then it is stopped. */
  start(): Promise<void> {
    if (this.state === 'online')
      return Promise.resolve()
    this.#settled?.reject(new AppError('simulation/failed', 'The simulated device was started once more.'))
    this.#letGo()
    return new Promise((resolve, reject) => {
      this.#settled = { resolve, reject }
      this.#connect()
    })
  }

  /** Logs in when nobody else has the seat, and tries again until it succeeds. */
  resume(): void {
    this.#letGo()
    const occupant = this.#context.occupant()
    if (occupant)
      this.taken(occupant)
    else
      this.#connect()
  }

  /** Logs out; `problem` says why when nobody asked for it. */
  stop(problem: string | null = null): void {
    const wasOnline = this.state === 'online'
    this.#letGo()
    this.swap = null
    this.#bounces = 0
    this.#takenBackAt = 0
    this.#become('stopped', problem)
    this.#settle(new AppError('simulation/failed', problem ?? 'The simulated device was stopped while it connected.'))
    if (wasOnline)
      this.#events.onOffline()
  }

  /** The platform has ended the connection and says why. */
  ended({ code, message }: { code: number, message: string }): void {
    if (this.state !== 'online' && this.state !== 'connecting')
      return
    if (finalCodes.includes(code))
      return this.stop(message)
    // Who logged in instead is known in a moment; until then it is a lost connection.
    this.#lost(code === kickedCode ? 'Another login with the identity of the device ended the connection.' : message)
  }

  /** Somebody else is logged in as the device. */
  taken(occupant: Occupant): void {
    if (this.state === 'stopped')
      return
    const now = this.#context.clock.now()
    const isBack = this.#takenBackAt > 0 && now - this.#takenBackAt <= limits.seatBounceMs
    this.#bounces = isBack ? this.#bounces + 1 : this.swap === null ? 0 : this.#bounces
    this.#takenBackAt = 0
    const wasOnline = this.state === 'online'
    this.#letGo()
    this.swap = { by: occupant.by, remoteAddress: occupant.remoteAddress, at: occupant.connectedAt, leftAt: null, bounces: this.#bounces, returnsAt: null }
    this.#become('swapped', null)
    this.#settle(new AppError('simulation/failed', 'Somebody else logged in as the device at the same moment.'))
    if (wasOnline)
      this.#events.onOffline()
    this.#events.onTaken(occupant)
  }

  /** Whoever had taken the seat is gone. */
  left(): void {
    if (this.state !== 'swapped' || this.swap === null || this.swap.leftAt !== null)
      return
    this.swap = { ...this.swap, leftAt: this.#context.clock.now() }
    this.planReturn()
  }

  /** Takes the seat again after a while, or no longer does, by what `returns` says now. */
  planReturn(): void {
    if (this.state !== 'swapped' || this.swap === null || this.swap.leftAt === null)
      return
    this.#alarm?.cancel()
    const waitMs = Math.min(limits.seatReturnMsMax, limits.seatReturnMs * 2 ** this.swap.bounces)
    const returnsAt = this.#context.returns() ? this.#context.clock.now() + waitMs : null
    this.swap = { ...this.swap, returnsAt }
    if (returnsAt !== null)
      this.#alarm = this.#context.clock.setAlarm(waitMs, () => this.resume())
    this.#events.onChanged()
  }

  close(): void {
    this.#settle(new AppError('simulation/failed', 'The engine is stopping.'))
    this.#letGo()
  }

  #connect(): void {
    const token = this.#context.makeToken()
    this.#token = token
    this.#become('connecting', null)
    this.#link = this.#context.connect(token, {
      onOnline: () => {
        if (this.#token !== token)
          return
        if (this.swap !== null)
          this.#takenBackAt = this.#context.clock.now()
        this.swap = null
        this.#failures = 0
        this.#become('online', null)
        this.#settle(null)
        this.#events.onOnline()
      },
      onMessage: (...message) => {
        if (this.#token === token)
          this.#events.onMessage(...message)
      },
      onEnded: (cause) => {
        if (this.#token === token)
          this.#lost(`The connection ended: ${cause}.`)
      },
    })
    if (this.#link === undefined)
      this.stop('Nothing listens for devices in this workspace.')
  }

  #lost(problem: string): void {
    const wasOnline = this.state === 'online'
    // Somebody waits for the first login, and is told instead of being kept waiting.
    if (this.#settled !== undefined)
      return this.stop(problem)
    this.#letGo()
    const pauseMs = Math.min(limits.seatRetryMsMax, limits.seatRetryMsMin * 2 ** this.#failures++)
    this.#alarm = this.#context.clock.setAlarm(pauseMs, () => this.resume())
    this.#become('waiting', problem)
    if (wasOnline)
      this.#events.onOffline()
  }

  #become(state: SeatState, problem: string | null): void {
    this.state = state
    this.stateAt = this.#context.clock.now()
    this.problem = problem
    this.#events.onChanged()
  }

  #settle(error: AppError | null): void {
    const settled = this.#settled
    this.#settled = undefined
    if (error === null)
      settled?.resolve()
    else
      settled?.reject(error)
  }

  /** Lets go of the connection and of whatever was planned. */
  #letGo(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#link?.close()
    this.#link = undefined
    this.#token = null
  }
}
