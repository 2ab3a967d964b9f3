import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { Exercise } from '../../../shared/contract/ota-gym.ts'
import type { FeatureDevice } from '../feature.ts'
import type { BoardExercises } from './exercises.ts'
import { batchMethods } from '../../../shared/contract/batch.ts'
import { AppError } from '../../../shared/errors.ts'
import { pump } from '../../../shared/feed.ts'

export interface ExerciseMethodContext {
  clock: Clock
  exercises: BoardExercises
  /** Of the whole engine: an exercise is made of what the page can do too. */
  methods: () => EngineApi['methods']
  makeId: () => string
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  versionsOf: (deviceId: number) => Promise<DeviceVersion[]>
  /** Throws AppError ota/package-not-found. */
  packageOf: (packageId: string) => { productKey: string, module: string, targetVersion: string, fileCount: number, size: number }
}

export type ExerciseMethod = Extract<keyof EngineApi['methods'], `otaExercise.${string}`>
export type ExerciseStream = Extract<keyof EngineApi['streams'], `otaExercise.${string}`>

/** Starts and ends exercises of boards. */
export function exerciseMethodHandlers(context: ExerciseMethodContext): Pick<EngineApi['methods'], ExerciseMethod> {
  const { exercises, requireDevice } = context
  return {
    'otaExercise.start': async (wish, call) => {
      const { productKey, deviceName } = wish
      const device = requireDevice(productKey, deviceName)
      const exercise = await plan(context, device, wish)
      exercises.begin(device.deviceId, exercise)
      try {
        await makeUpdate(context, exercise, call)
      }
      catch (error) {
        exercises.drop(exercise)
        throw error
      }
      return exercise
    },
    'otaExercise.list': ({ productKey, deviceName, limit }) => listed(context, productKey, deviceName).slice(0, limit),
    'otaExercise.stop': ({ exerciseId }) => {
      const exercise = exercises.get(exerciseId)
      exercises.end(exerciseId)
      return exercise
    },
  }
}

/** The exercises whenever one of them changes. */
export function exerciseStreamHandlers(context: Pick<ExerciseMethodContext, 'clock' | 'exercises' | 'requireDevice'>): Pick<EngineApi['streams'], ExerciseStream> {
  return {
    'otaExercise.watch': async ({ productKey, deviceName }, subscriber) => {
      let isChanged = true
      context.exercises.changed.listen(subscriber.signal, () => {
        isChanged = true
      })
      const take = (): Exercise[] | undefined => {
        if (!isChanged)
          return undefined
        isChanged = false
        return listed(context, productKey, deviceName).slice(0, 100)
      }
      await pump(context.clock, subscriber, { take }, 250)
    },
  }
}

function listed({ exercises, requireDevice }: Pick<ExerciseMethodContext, 'exercises' | 'requireDevice'>, productKey: string | undefined, deviceName: string | undefined): Exercise[] {
  if (productKey !== undefined && deviceName !== undefined)
    return exercises.list(requireDevice(productKey, deviceName).deviceId)
  return exercises.list().filter(exercise => productKey === undefined || exercise.productKey === productKey)
}

function refused(message: string): AppError {
  return new AppError('ota/exercise-refused', message)
}

async function plan({ clock, exercises, makeId, versionsOf, packageOf }: ExerciseMethodContext, { deviceId, productKey, deviceName }: FeatureDevice, { packageId, kind, percent, bytesPerSec, withinSec }: { packageId: string, kind: Exercise['kind'], percent: number, bytesPerSec: number, withinSec: number }): Promise<Exercise> {
  const pack = packageOf(packageId)
  if (pack.productKey !== productKey)
    throw refused('The update package is for another product.')
  if (pack.fileCount !== 1)
    throw refused('An exercise needs an update package with one file.')
  const fromVersion = (await versionsOf(deviceId)).find(({ module }) => module.toLowerCase() === pack.module.toLowerCase())?.version ?? null
  if (fromVersion === pack.targetVersion)
    throw refused(`The device runs version ${fromVersion} already: choose a package with another version.`)
  if (exercises.isRunning(deviceId))
    throw refused('Another exercise of the device is under way: end it first.')
  const startedAt = clock.now()
  return {
    exerciseId: makeId(),
    productKey,
    deviceName,
    packageId,
    module: pack.module,
    batchId: '',
    taskId: null,
    kind,
    percent,
    bytesPerSec,
    size: pack.size,
    fromVersion,
    toVersion: pack.targetVersion,
    state: 'running',
    startedAt,
    deadlineAt: startedAt + withinSec * 1000,
    endedAt: null,
    observations: [],
    verdict: { grade: 'open', finding: 'running', value: null },
  }
}

/** Makes the batch with the one task of an exercise; what the device had to do before is displaced, unless it is under way. */
async function makeUpdate({ methods, exercises }: ExerciseMethodContext, exercise: Exercise, call: { signal: AbortSignal }): Promise<void> {
  const { packageId, deviceName, kind } = exercise
  const spec = batchMethods['batch.create'].input.parse({ packageId, scope: { kind: 'named', deviceNames: [deviceName] }, overrides: true, tags: { exercise: kind } })
  const { batchId } = await methods()['batch.create'](spec, call)
  const { tasks: [task] } = await methods()['batch.tasks'](batchMethods['batch.tasks'].input.parse({ batchId }), call)
  if (task === undefined)
    throw refused('The device gets no update with this package.')
  if (task.state === 'FAILED' && task.cause === 'conflict')
    throw refused('Another update of the device is in progress: cancel it first.')
  exercises.made(exercise, batchId, task.taskId)
}
