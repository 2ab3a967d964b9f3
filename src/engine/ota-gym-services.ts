import type { EngineApi } from '../shared/contract/contract.ts'
import type { OtaBatchContext, OtaBatches } from './platform/ota-batch/feature.ts'
import type { ExerciseMethod, ExerciseMethodContext, ExerciseStream } from './platform/ota-gym/exercise-methods.ts'
import type { FaultNote } from './platform/ota-gym/types.ts'
import type { TraceRecord } from './trace-keeper.ts'
import { batchMethods } from '../shared/contract/batch.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { toErrorValue } from '../shared/errors.ts'
import { makeFileId } from './identity.ts'
import { exerciseMethodHandlers, exerciseStreamHandlers } from './platform/ota-gym/exercise-methods.ts'
import { BoardExercises } from './platform/ota-gym/exercises.ts'

export interface OtaGymContext extends Pick<OtaBatchContext, 'clock' | 'log' | 'store' | 'downlink'>, Pick<ExerciseMethodContext, 'methods' | 'requireDevice' | 'versionsOf' | 'packageOf'> {
  trace: { record: (record: TraceRecord) => number }
  disconnect: (deviceId: number, reason: { code: number, message: string }) => void
}

/** The failure gym: exercises of boards, and what they need to see and to disturb. */
export interface OtaGym {
  exercises: BoardExercises
  methods: Pick<EngineApi['methods'], ExerciseMethod>
  streams: Pick<EngineApi['streams'], ExerciseStream>
  /** The way to devices on which notices are seen, and marked when something is wrong with them on purpose. */
  downlink: OtaBatchContext['downlink']
  /** Batches whose devices are seen. */
  watch: (batches: OtaBatches) => Pick<OtaBatches, 'updates' | 'onOnline' | 'forget' | 'close'>
}

/** What a record of a fault begins with in the trace (platform rule GEN-4). */
const mark = '[injected]'

/** Opens the exercises that the workspace holds; none of them goes on. */
export async function openOtaGym(context: OtaGymContext): Promise<OtaGym> {
  const { clock, log, store, downlink, trace, methods } = context
  const exercises = await BoardExercises.open({
    clock,
    store,
    record: (deviceId, note) => trace.record({ at: clock.now(), deviceId, ...toRecord(note) }),
    disconnect: deviceId => context.disconnect(deviceId, { code: 1911, message: `${mark} The platform ended the connection as part of an exercise.` }),
    cancelTask: taskId => Promise.resolve(methods()['batch.cancelTasks'](batchMethods['batch.cancelTasks'].input.parse({ taskIds: [taskId], inProgress: true }), { signal: new AbortController().signal }))
      .catch(error => log.warn('the update of an exercise could not be cancelled', { taskId, ...toErrorValue(error) })),
  })
  const parts: ExerciseMethodContext = { ...context, exercises, makeId: makeFileId }
  return {
    exercises,
    methods: exerciseMethodHandlers(parts),
    streams: exerciseStreamHandlers(parts),
    downlink: {
      send: (deviceId, message, cause, onResult) => {
        if (!exercises.isRunning(deviceId))
          return downlink.send(deviceId, message, cause, onResult)
        let isTold = false
        const note = exercises.markOf(deviceId)
        const traceId = downlink.send(deviceId, { ...message, ...note !== undefined && { note } }, cause, (result) => {
          isTold = result === 'sent' || result === 'queued'
          onResult(result)
        })
        if (isTold)
          exercises.observe(deviceId, 'told', null)(traceId)
        return traceId
      },
    },
    watch: batches => watched(batches, exercises),
  }
}

function watched(batches: OtaBatches, exercises: BoardExercises): ReturnType<OtaGym['watch']> {
  const both = (one: (traceId: number) => void, other: (traceId: number) => void) => (traceId: number): void => {
    one(traceId)
    other(traceId)
  }
  return {
    updates: {
      onVersion: (device, report, at) => both(batches.updates.onVersion(device, report, at), exercises.observe(device.deviceId, 'version', report.version, report.module)),
      onProgress: (device, report, at) => both(batches.updates.onProgress(device, report, at), exercises.observe(device.deviceId, 'progress', report.step, report.module)),
      onAsked: (device, module) => {
        const { content, note } = batches.updates.onAsked(device, module)
        return { content, note: content === null ? note : both(note, exercises.observe(device.deviceId, 'asked', null, module)) }
      },
      blockOf: (device, request) => batches.updates.blockOf(device, request),
    },
    onOnline: (device) => {
      exercises.observe(device.deviceId, 'online', null)
      batches.onOnline(device)
    },
    forget: (deviceId) => {
      exercises.forget(deviceId)
      batches.forget(deviceId)
    },
    close: () => {
      exercises.close()
      batches.close()
    },
  }
}

function toRecord({ operation, injected, code, message, more }: FaultNote): Omit<TraceRecord, 'at' | 'deviceId'> {
  const text = injected ? `${mark} ${message}` : message
  return {
    operation,
    content: { ...injected && { injected }, message: text, ...more },
    code,
    detail: packDetail({ issues: [], steps: [{ bizCode: injected ? 'FaultInjection' : 'OTA', operation, code, message: text }] }),
  }
}
