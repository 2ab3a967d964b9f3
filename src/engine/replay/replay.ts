import type { Alarm } from '../../shared/clock.ts'
import type { Replay as PresentReplay, ReplayStart, ReplayState } from '../../shared/contract/replay.ts'
import type { Cast } from './cast.ts'
import type { Cue } from './cursor.ts'
import type { Logins } from './logins.ts'
import type { Outline } from './outline.ts'
import type { Playable } from './playable.ts'
import type { ReplayContext, ReplayRow, RowSource } from './types.ts'
import { AppError, toErrorValue } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { keyOf } from './cast.ts'
import { Cursor } from './cursor.ts'
import { beginning, markBefore } from './outline.ts'
import { moveTopic } from './playable.ts'
import { Player } from './player.ts'
import { renewPayload } from './renew-payload.ts'
import { Tally } from './tally.ts'

/** Cues that are played before everything else has its turn. */
const cuesPerTurn = 500
/** How often connections without room, and the end of a replay, are looked at, in milliseconds. */
const lookMs = 25
/** Devices that are named in a list. */
const firstMax = 5

export interface ReplayParts {
  context: ReplayContext
  logins: Logins
  wish: ReplayStart
  source: RowSource
  judge: (row: ReplayRow) => Playable
  outline: Outline
  cast: Cast
  replayId: string
}

/**
 * A recording that is being played. Its timeline is the recorded one at speed 1, from 0, with long silences shortened; where
 * it is follows from the clock alone, so a replay that falls behind makes up for it and says how late it was.
 */
export class Replay {
  readonly replayId: string
  readonly #parts: ReplayParts
  readonly #players = new Map<number, Player>()
  readonly #cast: Map<string, Player[]>
  readonly #over = new AbortController()
  readonly #startedAt: number
  readonly #tally: Tally
  readonly #toSendPerRound: number
  #state: ReplayState = 'playing'
  #problem: string | null = null
  #endedAt: number | null = null
  #cursor: Cursor
  #speed: number
  #round = 1
  #roundAt: number
  /** At this instant the timeline was at this place; null while it waits for the first logins or is paused. */
  #anchorAt: number | null = null
  #anchorMs = 0
  #alarm: Alarm | undefined
  #look: Alarm | undefined
  #isTurning = false
  #hasBegun = false
  /** Grows with everything that a list of replays would show. */
  version = 0

  constructor(parts: ReplayParts) {
    const { context: { clock, connect, listen, occupantOf }, logins, wish, outline, cast, replayId } = parts
    this.#parts = parts
    this.replayId = replayId
    this.#speed = wish.speed
    this.#startedAt = this.#roundAt = clock.now()
    this.#tally = new Tally(outline.omitted, () => this.version++)
    this.#cursor = this.#cursorAt(0)
    for (const device of [...cast.values()].flat()) {
      this.#players.set(device.deviceId, new Player(device, {
        clock,
        logins,
        connect: events => connect(device, replayId, events),
        isTaken: () => {
          const occupant = occupantOf(device.deviceId)
          return occupant !== null && occupant.replayId !== replayId
        },
      }, {
        onSent: ({ qos, dueAt }) => this.#tally.sent(qos, clock.now() - dueAt),
        onAcknowledged: () => this.#tally.acknowledged(),
        onOmitted: (reason, messages) => this.#tally.omit(reason, messages),
        onChanged: () => this.version++,
      }))
    }
    this.#cast = new Map([...cast].map(([key, devices]) => [key, devices.map(({ deviceId }) => this.#players.get(deviceId)!)]))
    this.#toSendPerRound = [...outline.devices].reduce((sum, [key, { messages }]) => sum + messages * (this.#cast.get(key)?.length ?? 0), 0)
    for (const [key, { messages }] of outline.devices) {
      if (messages > 0 && !this.#cast.has(key))
        this.#tally.omit('no-target', messages)
    }
    listen(this.#over.signal, (row) => {
      if (row.direction === 'up' && row.code !== null && row.code !== 200 && this.#players.has(row.deviceId))
        this.#tally.refuse(row.id, row.code)
    })
  }

  get isOver(): boolean {
    return this.#endedAt !== null
  }

  /** Its place changes without anything else happening. */
  get isMoving(): boolean {
    return this.#state === 'playing' && this.#anchorAt !== null
  }

  /** Lets those devices log in that were online when the recording began, and begins when they are, or have had the time for it. */
  begin(): void {
    const { clock } = this.#parts.context
    const first = [...this.#cast].filter(([key]) => this.#parts.outline.devices.get(key)?.beginsOnline).flatMap(([, players]) => players)
    first.forEach(player => player.do({ kind: 'online' }))
    const endAt = clock.now() + limits.replayConnectMsMax
    const wait = (): void => {
      if (this.isOver)
        return
      if (clock.now() < endAt && first.some(({ state }) => state === 'wanting' || state === 'connecting')) {
        this.#look = clock.setAlarm(lookMs, wait)
        return
      }
      this.#hasBegun = true
      this.#roundAt = clock.now()
      if (this.#state === 'playing')
        this.#anchorAt = this.#roundAt
      this.#look = undefined
      this.#go()
    }
    wait()
  }

  pause(): void {
    this.#refuseOver()
    if (this.#state !== 'playing')
      return
    this.#anchorMs = this.#positionMs()
    this.#anchorAt = null
    this.#become('paused')
    this.#alarm?.cancel()
  }

  resume(): void {
    this.#refuseOver()
    if (this.#state !== 'paused')
      return
    this.#anchorAt = this.#hasBegun ? this.#parts.context.clock.now() : null
    this.#become('playing')
    this.#go()
  }

  /** Goes to a place of this round, in milliseconds of the timeline; what would be behind the end is the end. */
  seek(positionMs: number): void {
    this.#refuseOver()
    const place = Math.min(positionMs, this.#parts.outline.durationMs)
    this.#cursor = this.#cursorAt(place)
    this.#anchorMs = place
    if (this.#state === 'ending')
      this.#become('playing')
    this.#anchorAt = this.#state === 'playing' && this.#hasBegun ? this.#parts.context.clock.now() : null
    this.version++
    this.#go()
  }

  setSpeed(speed: number): void {
    this.#refuseOver()
    this.#anchorMs = this.#positionMs()
    if (this.#anchorAt !== null)
      this.#anchorAt = this.#parts.context.clock.now()
    this.#speed = speed
    this.version++
    this.#go()
  }

  /** Ends it at once; its devices log out. */
  stop(): void {
    this.#refuseOver()
    this.#end('stopped')
  }

  present(): PresentReplay {
    const { wish, outline: { messages, connections, firstAt, lastAt, durationMs, devices } } = this.#parts
    const players = [...this.#players.values()]
    const named = [...devices.values()].slice(0, firstMax).map(({ deviceName }) => deviceName)
    return {
      replayId: this.replayId,
      state: this.#state === 'playing' && !this.#hasBegun ? 'connecting' : this.#state,
      problem: this.#problem,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      sourceKind: wish.source.kind,
      sourceName: wish.source.kind === 'file' && wish.source.name !== '' ? wish.source.name : named.join(', ') + (devices.size > firstMax ? ' …' : ''),
      recorded: { messages, connections, firstAt, lastAt, durationMs, devices: devices.size },
      targetKind: wish.to.kind,
      players: players.length,
      firstPlayers: players.slice(0, firstMax).map(({ device: { productKey, deviceName } }) => ({ productKey, deviceName })),
      online: players.filter(({ state }) => state === 'online').length,
      speed: this.#speed,
      times: wish.times,
      repeat: wish.repeat,
      gapMsMax: wish.gapMsMax,
      round: this.#round,
      positionMs: this.#positionMs(),
      toSend: wish.repeat === null ? null : this.#toSendPerRound * wish.repeat,
      ...this.#tally.present(),
    }
  }

  #cursorAt(placeMs: number): Cursor {
    const { source, judge, wish, outline } = this.#parts
    return new Cursor(source, judge, wish.gapMsMax, placeMs === 0 ? beginning : markBefore(outline.marks, placeMs), placeMs)
  }

  #positionMs(): number {
    const { outline: { durationMs }, context: { clock } } = this.#parts
    const reached = this.#anchorAt === null ? this.#anchorMs : this.#anchorMs + Math.max(0, clock.now() - this.#anchorAt) * this.#speed
    // What is due and could not be played yet is not behind it.
    return Math.min(reached, durationMs, this.#cursor.next?.offsetMs ?? durationMs)
  }

  #dueAt(offsetMs: number): number {
    return Math.round((this.#anchorAt ?? 0) + (offsetMs - this.#anchorMs) / this.#speed)
  }

  #go(): void {
    if (this.#state !== 'playing')
      return
    this.#alarm?.cancel()
    void this.#turn().catch(error => this.#fail(toErrorValue(error).message))
  }

  #later(delayMs: number): void {
    this.#alarm?.cancel()
    this.#alarm = this.#parts.context.clock.setAlarm(delayMs, () => this.#go())
  }

  /** Plays what is due, and plans the next turn. */
  async #turn(): Promise<void> {
    if (this.#isTurning)
      return
    this.#isTurning = true
    try {
      for (let played = 0; this.#state === 'playing' && this.#anchorAt !== null; played++) {
        if (played === cuesPerTurn)
          return this.#later(0)
        const cursor = this.#cursor
        const cue = cursor.next
        if (cue === undefined) {
          if (cursor.isOver)
            this.#roundIsOver()
          else
            await cursor.load(this.#over.signal)
          continue
        }
        const dueAt = this.#dueAt(cue.offsetMs)
        const waitMs = dueAt - this.#parts.context.clock.now()
        if (waitMs >= 1)
          return this.#later(waitMs)
        if (this.#waiting() >= limits.replayQueuedMax)
          return this.#later(lookMs)
        cursor.shift()
        this.#play(cue, dueAt)
      }
    }
    finally {
      this.#isTurning = false
      this.#watch()
    }
  }

  #waiting(): number {
    let waiting = 0
    for (const player of this.#players.values())
      waiting += player.waiting
    return waiting
  }

  #play({ row, played }: Cue, dueAt: number): void {
    const { times } = this.#parts.wish
    for (const player of this.#cast.get(keyOf(row)) ?? []) {
      if (played.kind !== 'publish') {
        player.do(played)
        continue
      }
      const { device } = player
      const payload = renewPayload(played.topic.kind, row.payload, { id: player.takeId(), shiftMs: times === 'shift' ? dueAt - row.at : 0, from: row, to: device })
      player.do({ kind: 'publish', topic: moveTopic(row.topic, device), payload, qos: row.qos, dueAt })
    }
    this.version++
  }

  #roundIsOver(): void {
    const { wish: { repeat }, context: { clock } } = this.#parts
    if (repeat !== null && this.#round >= repeat) {
      this.#anchorMs = this.#parts.outline.durationMs
      this.#anchorAt = null
      return this.#finish()
    }
    this.#round++
    this.#roundAt = this.#anchorAt = Math.max(clock.now(), this.#roundAt + limits.replayRoundMsMin)
    this.#anchorMs = 0
    this.#cursor = this.#cursorAt(0)
    this.version++
  }

  /** Waits for what is on its way, and for the verdicts on it. */
  #finish(): void {
    const { clock } = this.#parts.context
    this.#become('ending')
    let seen = this.version
    let endAt = clock.now() + limits.replayEndMsMax
    let settledAt: number | null = null
    const wait = (): void => {
      if (this.#state !== 'ending')
        return
      const now = clock.now()
      // However long it takes, as long as something happens.
      if (seen !== this.version) {
        seen = this.version
        endAt = now + limits.replayEndMsMax
      }
      settledAt ??= now >= endAt || [...this.#players.values()].every(({ isIdle }) => isIdle) ? now : null
      if (settledAt !== null && now - settledAt >= limits.replaySettleMs)
        return this.#end('done')
      this.#alarm = clock.setAlarm(lookMs, wait)
    }
    wait()
  }

  /** Connections that had no room have some again without saying so; nobody looks while nothing waits for one. */
  #watch(): void {
    if (this.#look !== undefined || this.isOver || this.#waiting() === 0)
      return
    this.#look = this.#parts.context.clock.setAlarm(lookMs, () => {
      this.#look = undefined
      for (const player of this.#players.values()) {
        if (player.waiting > 0)
          player.flush()
      }
      this.#watch()
    })
  }

  #fail(problem: string): void {
    if (this.isOver)
      return
    this.#problem = problem
    this.#end('failed')
  }

  #end(state: 'done' | 'stopped' | 'failed'): void {
    this.#anchorMs = this.#positionMs()
    this.#anchorAt = null
    this.#alarm?.cancel()
    this.#look?.cancel()
    for (const player of this.#players.values())
      player.close(state === 'done' ? 'offline' : null)
    this.#endedAt = this.#parts.context.clock.now()
    this.#over.abort()
    this.#become(state)
  }

  #become(state: ReplayState): void {
    this.#state = state
    this.version++
  }

  #refuseOver(): void {
    if (this.isOver)
      throw new AppError('replay/over', 'This replay is over; start it anew.', { replayId: this.replayId })
  }
}
