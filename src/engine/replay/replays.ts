import type { EngineApi } from '../../shared/contract/contract.ts'
import type { Replay as PresentReplay, ReplaySource, ReplayStart } from '../../shared/contract/replay.ts'
import type { Playable } from './playable.ts'
import type { ReplayContext, ReplayRow, RowSource } from './types.ts'
import { AppError } from '../../shared/errors.ts'
import { pump } from '../../shared/feed.ts'
import { limits } from '../../shared/limits.ts'
import { castPlayers, refuseOccupied } from './cast.ts'
import { Logins } from './logins.ts'
import { outline } from './outline.ts'
import { judgeRow } from './playable.ts'
import { Replay } from './replay.ts'
import { fileSource } from './source.ts'

type Name<Table> = Extract<keyof Table, `replay.${string}`>
const itemsPerSec = 4

/** The replays of this run of the engine; they do not outlive it. */
export class Replays {
  readonly methods: Pick<EngineApi['methods'], Name<EngineApi['methods']>>
  readonly streams: Pick<EngineApi['streams'], Name<EngineApi['streams']>>
  readonly #context: ReplayContext
  readonly #logins = new Logins(limits.fleetHandshakesMax)
  readonly #replays = new Map<string, Replay>()
  /** Being read, and not among the replays yet. */
  #starting = 0
  #isClosed = false

  constructor(context: ReplayContext) {
    this.#context = context
    const change = (replayId: string, act: (replay: Replay) => void): PresentReplay => {
      const replay = this.#get(replayId)
      act(replay)
      return replay.present()
    }
    this.methods = {
      'replay.survey': async ({ source, gapMsMax, withinMs }, { signal }) => {
        const endAt = context.clock.now() + withinMs
        const { devices, marks: _, ...survey } = await outline(this.#open(source), { judge: this.#judge, gapMsMax, signal, leftMs: () => endAt - context.clock.now() })
        return { ...survey, devices: [...devices.values()].map(({ productKey, deviceName, messages }) => ({ productKey, deviceName, messages })) }
      },
      'replay.start': (wish, { signal }) => this.#start(wish, signal),
      'replay.list': () => ({ replays: this.#present() }),
      'replay.pause': ({ replayId }) => change(replayId, replay => replay.pause()),
      'replay.resume': ({ replayId }) => change(replayId, replay => replay.resume()),
      'replay.seek': ({ replayId, positionMs }) => change(replayId, replay => replay.seek(positionMs)),
      'replay.setSpeed': ({ replayId, speed }) => change(replayId, replay => replay.setSpeed(speed)),
      'replay.stop': ({ replayId }) => change(replayId, replay => replay.stop()),
    }
    this.streams = {
      'replay.watch': async (_, subscriber) => {
        let shown = ''
        const take = (): { replays: PresentReplay[] } | undefined => {
          const replays = [...this.#replays.values()]
          const version = replays.map(replay => `${replay.replayId} ${replay.version}`).join()
          if (version === shown && !replays.some(({ isMoving }) => isMoving))
            return undefined
          shown = version
          return { replays: this.#present() }
        }
        await subscriber.send({ replays: this.#present() })
        await pump(context.clock, subscriber, { take }, 1000 / itemsPerSec)
      },
    }
  }

  close(): void {
    this.#isClosed = true
    for (const replay of this.#replays.values()) {
      if (!replay.isOver)
        replay.stop()
    }
  }

  readonly #judge = (row: ReplayRow): Playable => judgeRow(row, this.#context.isSubDevice)

  #open(source: ReplaySource): RowSource {
    return source.kind === 'file' ? fileSource(source.text) : this.#context.openKept(source)
  }

  async #start(wish: ReplayStart, signal: AbortSignal): Promise<PresentReplay> {
    const { clock, isListening, makeId, occupantOf } = this.#context
    if (!isListening())
      throw new AppError('replay/no-port', 'Nothing listens for devices in this workspace, so that none can play.')
    if ([...this.#replays.values()].filter(({ isOver }) => !isOver).length + this.#starting >= limits.replaysMax)
      throw new AppError('limit/reached', `At most ${limits.replaysMax} recordings are played at a time; stop one first.`, { max: limits.replaysMax })
    this.#starting++
    try {
      const source = this.#open(wish.source)
      const found = await outline(source, { judge: this.#judge, gapMsMax: wish.gapMsMax, signal, leftMs: () => limits.readTimeoutMs })
      signal.throwIfAborted()
      if (found.messages + found.connections === 0)
        throw new AppError('replay/nothing', wish.source.kind === 'file' ? 'The file holds no message that a device could send again; it takes an export of the trace as JSON lines.' : 'The trace has no message there that a device could send again.', { omitted: { ...found.omitted } })
      const cast = await castPlayers(wish.to, found.devices, this.#context)
      const players = new Map([...cast.values()].flat().map(device => [device.deviceId, device]))
      if (players.size === 0)
        throw new AppError('replay/nothing', 'None of the recorded devices is to be played.')
      refuseOccupied([...players.values()], wish.takeOver, occupantOf)
      if (this.#isClosed)
        throw new AppError('replay/no-port', 'The engine is stopping.')
      // The text of a file is with its source; the wish is kept for as long as the replay is shown.
      const replay = new Replay({ context: this.#context, logins: this.#logins, wish: forShowing(wish), source, judge: this.#judge, outline: found, cast, replayId: makeId() })
      this.#replays.set(replay.replayId, replay)
      this.#context.log.info('a recording is played', { replayId: replay.replayId, messages: found.messages, players: players.size, at: clock.now() })
      this.#forgetOld()
      replay.begin()
      return replay.present()
    }
    finally {
      this.#starting--
    }
  }

  #get(replayId: string): Replay {
    const replay = this.#replays.get(replayId)
    if (!replay)
      throw new AppError('replay/not-found', 'There is no replay with that id; it may have been forgotten since it was over.', { replayId })
    return replay
  }

  #present(): PresentReplay[] {
    return [...this.#replays.values()].map(replay => replay.present()).reverse()
  }

  #forgetOld(): void {
    const over = [...this.#replays.values()].filter(({ isOver }) => isOver)
    for (const { replayId } of over.slice(0, Math.max(0, over.length - limits.replaysKeptMax)))
      this.#replays.delete(replayId)
  }
}

function forShowing(wish: ReplayStart): ReplayStart {
  return wish.source.kind === 'file' ? { ...wish, source: { ...wish.source, text: '' } } : wish
}
