import type { BoardVerdict, ExerciseKind, Observation } from '../ota/board-verdict.ts'
import { z } from 'zod'
import { exerciseKinds } from '../ota/board-verdict.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** One exercise of one board: an update during which the platform makes something go wrong on purpose. */
export interface Exercise {
  exerciseId: string
  productKey: string
  deviceName: string
  packageId: string
  module: string
  batchId: string
  /** Null until the task is made. */
  taskId: string | null
  kind: ExerciseKind
  percent: number
  bytesPerSec: number
  /** Bytes of the file. */
  size: number
  fromVersion: string | null
  toVersion: string
  /** The fault is on until the exercise ends. */
  state: 'running' | 'ended'
  startedAt: number
  /** When it ends at the latest. */
  deadlineAt: number
  endedAt: number | null
  observations: Observation[]
  verdict: BoardVerdict
}

export const otaGymMethods = {
  'otaExercise.start': method({
    about: 'Updates one device and makes something go wrong on purpose meanwhile, to see what it does; one exercise at a time for each device.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      packageId: z.string().min(1).max(64),
      kind: z.enum(exerciseKinds),
      /** Where in the download it happens, of `stall`, `cut` and `kick`. */
      percent: z.number().min(1).max(99).default(40),
      /** Of `slow`. */
      bytesPerSec: z.int().min(16).max(10_000_000).default(4_096),
      /** How long the device has at most. */
      withinSec: z.int().min(1).max(86_400).default(300),
    }),
    output: type<Exercise>(),
  }),
  'otaExercise.list': method({
    about: 'The exercises of a device, or of all, newest first.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      /** With the product. */
      deviceName: deviceNameSchema.optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<Exercise[]>(),
  }),
  'otaExercise.stop': method({
    about: 'Ends an exercise: the fault is taken off, what is left of the update is cancelled, and what was seen so far is judged.',
    input: z.strictObject({ exerciseId: z.string().min(1).max(64) }),
    output: type<Exercise>(),
  }),
}

export const otaGymStreams = {
  'otaExercise.watch': stream({
    about: 'The exercises of a device, or of all, newest first; at once and whenever something is seen, at most four times a second.',
    input: z.strictObject({ productKey: productKeySchema.optional(), deviceName: deviceNameSchema.optional() }),
    item: type<Exercise[]>(),
  }),
}
