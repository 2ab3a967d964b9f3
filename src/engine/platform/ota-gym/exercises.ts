import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { Exercise } from '../../../shared/contract/ota-gym.ts'
import type { Observation } from '../../../shared/ota/board-verdict.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { FileFlow } from '../file-flow.ts'
import type { FaultNote, NoticeFault } from './types.ts'
import { AppError } from '../../../shared/errors.ts'
import { Announcer } from '../../../shared/feed.ts'
import { judgeBoard } from '../../../shared/ota/board-verdict.ts'
import { paced, stopPlace } from '../file-flow.ts'
import { deleteExercise, selectExercises, upsertExercise } from './rows.ts'

export interface ExercisesContext {
  clock: Clock
  store: Pick<Store, 'read' | 'upsert'>
  /** Keeps a record of the device in the trace and returns its id. */
  record: (deviceId: number, note: FaultNote) => number
  /** Ends the connection of a device. */
  disconnect: (deviceId: number) => void
  /** Cancels what is left of an update. */
  cancelTask: (taskId: string) => Promise<unknown>
}

/** An exercise while the engine runs. */
interface Held { exercise: Exercise, deviceId: number }
interface Running extends Held {
  alarm: Alarm
  /** The fault that happens once has happened. */
  isSpent: boolean
  /** Lets go of a download that stands still. */
  release: () => void
  released: Promise<void>
}

/** Exercises that are kept; older ones are forgotten. */
const keptMax = 200
/** Observations of one exercise; a board that asks without end must not fill the workspace. */
const observationsMax = 500
/** An address that has expired was valid until so long ago, milliseconds. */
const expiredMs = -60_000

/**
 * Exercises of boards: for one device at a time, the platform makes an update go wrong on purpose and watches what the device
 * does about it. A fault is on only as long as its exercise runs, and after a restart of the engine none is.
 */
export class BoardExercises {
  readonly changed = new Announcer<void>()
  readonly #context: ExercisesContext
  readonly #held: Held[] = []
  readonly #running = new Map<number, Running>()

  private constructor(context: ExercisesContext) {
    this.#context = context
  }

  static async open(context: ExercisesContext): Promise<BoardExercises> {
    const exercises = new BoardExercises(context)
    for (const held of await context.store.read(selectExercises, [])) {
      exercises.#held.push(held)
      if (held.exercise.state === 'ended')
        continue
      Object.assign(held.exercise, { state: 'ended', endedAt: context.clock.now(), verdict: { grade: 'unclear', finding: 'interrupted', value: null } } satisfies Partial<Exercise>)
      exercises.#keep(held)
    }
    return exercises
  }

  /** Exercises newest first; of one device, when that is named. */
  list(deviceId?: number): Exercise[] {
    return this.#held.filter(held => deviceId === undefined || held.deviceId === deviceId).map(({ exercise }) => exercise).reverse()
  }

  /** Throws AppError ota/exercise-not-found. */
  get(exerciseId: string): Exercise {
    const held = this.#held.find(({ exercise }) => exercise.exerciseId === exerciseId)
    if (held === undefined)
      throw new AppError('ota/exercise-not-found', `There is no exercise ${exerciseId}.`, { exerciseId })
    return held.exercise
  }

  /** Exercises under way. */
  get running(): number {
    return this.#running.size
  }

  isRunning(deviceId: number): boolean {
    return this.#running.has(deviceId)
  }

  /** Turns the fault on and begins to watch. */
  begin(deviceId: number, exercise: Exercise): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    const alarm = this.#context.clock.setAlarm(exercise.deadlineAt - this.#context.clock.now(), () => this.end(exercise.exerciseId))
    const running: Running = { exercise, deviceId, alarm, isSpent: false, release: resolve, released: promise }
    this.#running.set(deviceId, running)
    this.#held.push(running)
    const { exerciseId, kind, packageId } = exercise
    this.#see(running, 'begun', null, this.#context.record(deviceId, { operation: 'OTAExercise', injected: true, code: 200, message: `The exercise "${kind}" begins: faults are on for this device.`, more: { exerciseId, kind, packageId } }))
    while (this.#held.length > keptMax)
      this.#delete(this.#held.shift()!.exercise)
  }

  /** Takes back an exercise whose update could not be made. */
  drop({ exerciseId }: Exercise): void {
    const index = this.#held.findIndex(held => held.exercise.exerciseId === exerciseId)
    const [held] = index < 0 ? [] : this.#held.splice(index, 1)
    if (held === undefined)
      return
    this.#off(held)
    this.#delete(held.exercise)
    this.changed.announce()
  }

  /** The update of an exercise has been made. */
  made(exercise: Exercise, batchId: string, taskId: string): void {
    Object.assign(exercise, { batchId, taskId })
    this.changed.announce()
  }

  /** Ends an exercise with what was seen so far; one that has ended stays as it is. */
  end(exerciseId: string): void {
    const running = [...this.#running.values()].find(({ exercise }) => exercise.exerciseId === exerciseId)
    if (running)
      this.#end(running)
  }

  /** Lets go of a deleted device. */
  forget(deviceId: number): void {
    const gone = this.#held.filter(held => held.deviceId === deviceId)
    for (const held of gone) {
      this.#off(held)
      this.#held.splice(this.#held.indexOf(held), 1)
      this.#delete(held.exercise)
    }
    this.changed.announce()
  }

  close(): void {
    for (const { alarm, release } of this.#running.values()) {
      alarm.cancel()
      release()
    }
  }

  /** What has to be wrong with a notice of a package for a device; null: nothing. */
  noticeFault({ deviceId }: Pick<FeatureDevice, 'deviceId'>, packageId: string): NoticeFault | null {
    const running = this.#running.get(deviceId)
    if (running?.exercise.packageId !== packageId)
      return null
    switch (running.exercise.kind) {
      case 'digest':
        this.#fault(running, 'The notice carries a digest that is not the one of the file.')
        return { hasWrongDigest: true }
      case 'expired':
        if (running.isSpent)
          return null
        this.#fault(running, 'The notice carries an address that has expired.')
        return { validMs: expiredMs }
      default:
        return null
    }
  }

  /** The mark that a notice to a device carries in the trace. */
  markOf(deviceId: number): string | undefined {
    const kind = this.#running.get(deviceId)?.exercise.kind
    return kind === 'digest' || kind === 'expired' ? `[injected] Part of the exercise "${kind}".` : undefined
  }

  /** A message of a device, or to it; does nothing when the device is in no exercise, or the module is another one. Returns who names the message. */
  observe(deviceId: number, what: Observation['what'], value: string | number | null, module?: string): (traceId: number) => void {
    const running = this.#running.get(deviceId)
    if (running === undefined || (module !== undefined && module.toLowerCase() !== running.exercise.module.toLowerCase()))
      return () => {}
    const observation = this.#see(running, what, value, null)
    return (traceId) => {
      observation.traceId = traceId || null
      this.#keep(running)
    }
  }

  /** A device was refused because its address had expired. */
  onExpired(deviceId: number): void {
    const running = this.#running.get(deviceId)
    if (running)
      this.#see(running, 'expired', null, this.#context.record(deviceId, { operation: 'OTADownload', injected: running.exercise.kind === 'expired', code: 403, message: 'The address of the file has expired.', more: {} }))
  }

  /** A device gets a part of a file. */
  onDownload(deviceId: number, { size, start, bytes }: { size: number, start: number, bytes: number }): FileFlow | undefined {
    const running = this.#running.get(deviceId)
    if (running === undefined)
      return undefined
    const { kind, percent } = running.exercise
    const end = start + bytes
    const from = this.#record(running, 200, `The device downloads bytes ${start} to ${end - 1} of ${size}.`, { start, bytes })
    this.#see(running, 'requested', start, from)
    const stopAt = stopPlace(size, start, percent)
    const isDisturbed = !running.isSpent && (kind === 'stall' || kind === 'cut' || kind === 'kick') && stopAt < end
    return {
      next: async (at, wanted) => {
        if (kind === 'slow' && this.#isOn(running))
          return this.#slow(running, wanted)
        if (!isDisturbed || at > stopAt || !this.#isOn(running))
          return wanted
        return at < stopAt ? Math.min(wanted, stopAt - at) : this.#disturb(running, wanted)
      },
      ended: (at, complete) => {
        if (!this.#isOn(running))
          return
        const trace = this.#record(running, complete ? 200 : 1950, complete ? `Everything up to byte ${at} was sent.` : `The download ended at byte ${at} of ${end}.`, { at, complete })
        this.#see(running, complete ? 'received' : 'broken', at, trace)
      },
    }
  }

  /** The place of the fault in a download is reached. */
  async #disturb(running: Running, wanted: number): Promise<number | 'break'> {
    // A second download that comes to the same place goes on.
    if (running.isSpent)
      return wanted
    switch (running.exercise.kind) {
      case 'stall':
        this.#fault(running, `The download stands still at ${running.exercise.percent} %.`)
        await running.released
        return 'break'
      case 'cut':
        this.#fault(running, `The connection of the download breaks at ${running.exercise.percent} %.`)
        return 'break'
      default:
        this.#fault(running, `The device is disconnected from the broker at ${running.exercise.percent} % of the download.`)
        this.#context.disconnect(running.deviceId)
        return wanted
    }
  }

  /** As many bytes as a quarter of a second allows, after that. */
  #slow(running: Running, wanted: number): Promise<number> {
    const { bytesPerSec } = running.exercise
    if (!running.isSpent)
      this.#fault(running, `The download gets ${bytesPerSec} bytes a second.`)
    return paced(this.#context.clock, bytesPerSec, wanted, running.released)
  }

  #isOn({ deviceId, exercise }: Running): boolean {
    return this.#running.get(deviceId)?.exercise === exercise
  }

  #record({ deviceId, exercise }: Running, code: number, message: string, more: object): number {
    return this.#context.record(deviceId, { operation: 'OTADownload', injected: false, code, message, more: { exerciseId: exercise.exerciseId, ...more } })
  }

  #fault(running: Running, message: string): void {
    const { exerciseId, kind } = running.exercise
    running.isSpent = true
    this.#see(running, 'fault', kind, this.#context.record(running.deviceId, { operation: 'OTAFault', injected: true, code: 200, message, more: { exerciseId, kind } }))
  }

  #see(running: Running, what: Observation['what'], value: string | number | null, traceId: number | null): Observation {
    const { exercise } = running
    const observation: Observation = { at: this.#context.clock.now(), what, value, traceId: traceId || null }
    if (exercise.observations.length < observationsMax)
      exercise.observations.push(observation)
    exercise.verdict = judgeBoard({ ...exercise, isOver: false })
    if (exercise.verdict.grade !== 'open' && this.#isOn(running))
      this.#end(running)
    else
      this.#keep(running)
    return observation
  }

  #end(running: Running): void {
    const { exercise } = running
    this.#off(running)
    const at = this.#context.clock.now()
    exercise.observations.push({ at, what: 'ended', value: null, traceId: null })
    Object.assign(exercise, { state: 'ended', endedAt: at, verdict: judgeBoard({ ...exercise, isOver: true }) } satisfies Partial<Exercise>)
    this.#keep(running)
    if (exercise.taskId !== null)
      void this.#context.cancelTask(exercise.taskId)
  }

  /** The fault is off, and what stands still goes on. */
  #off({ deviceId, exercise }: Held): void {
    const running = this.#running.get(deviceId)
    if (running?.exercise !== exercise)
      return
    this.#running.delete(deviceId)
    running.alarm.cancel()
    running.release()
  }

  #delete({ exerciseId }: Exercise): void {
    this.#context.store.upsert(`otaExercise ${exerciseId}`, { statement: deleteExercise, params: [exerciseId] })
  }

  #keep({ deviceId, exercise }: Held): void {
    this.#context.store.upsert(`otaExercise ${exercise.exerciseId}`, { statement: upsertExercise, params: [exercise.exerciseId, deviceId, exercise.startedAt, JSON.stringify(exercise)] })
    this.changed.announce()
  }
}
