import type { BoardVerdict, ExerciseKind, Observation } from '../ota/board-verdict.ts'
import type { EndRule, EndVerdict, RestingPlace } from '../ota/expected-end.ts'
import type { FailureCause, TaskState } from '../ota/task.ts'
import type { Batch } from './batch.ts'
import type { UpdateAccount, UpdateConduct, UpdateEnding } from './fleet-updates.ts'
import { z } from 'zod'
import { exerciseKinds } from '../ota/board-verdict.ts'
import { endVerdicts } from '../ota/expected-end.ts'
import { taskStates } from '../ota/task.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { updateConductChangeSchema, updateEndings } from './fleet-updates.ts'
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

/** A batch over the simulated devices of a fleet, and how these were told to take it. */
export interface GymRun {
  batchId: string
  packageId: string
  productKey: string
  fleetId: string
  fleetName: string
  /** What its devices do is drawn from this; the same again for the same names and version. */
  seed: number
  endings: UpdateConduct['endings']
  percent: number
  startedAt: number
}

/** One device of a run: what it did, what the platform made of it, and what the rulebook says. */
export interface GymRow {
  taskId: string
  deviceName: string
  ending: UpdateEnding
  /** In its own words; null when it was not told of an update since its fleet has started. */
  account: UpdateAccount | null
  state: TaskState
  cause: FailureCause | null
  remark: string
  retries: number
  retryAt: number | null
  percent: number
  verdict: EndVerdict
  expected: RestingPlace
  rule: EndRule
}

/** How many devices took an ending and came to a state with a verdict. */
export interface GymCell { ending: UpdateEnding, state: TaskState, cause: FailureCause | null, verdict: EndVerdict, count: number }

/** A run as a whole. */
export interface GymSummary {
  batch: Batch
  /** Null for a batch that was not made as a run; its devices are then looked for in the fleets of the product. */
  run: GymRun | null
  cells: GymCell[]
  verdicts: Record<EndVerdict, number>
  /** Devices of the batch that belong to no fleet. */
  otherDevices: number
}

const batchId = z.string().min(1).max(64)

export const otaGymMethods = {
  'otaGym.start': method({
    about: 'Starts a run of the failure gym: tells a fleet which endings its devices take, starts it anew, and makes a batch over its devices.',
    input: z.strictObject({
      fleetId: z.string().min(1).max(40),
      packageId: z.string().min(1).max(64),
      /** What the devices do about updates; what is left out stays as it is. */
      conduct: updateConductChangeSchema.default({}),
      pushes: z.boolean().default(true),
      /** As of a batch; minutes may be fractions. */
      timeoutMinutes: z.number().positive().nullable().default(null),
      retryMinutes: z.number().min(0).nullable().default(null),
      retriesMax: z.int().min(1).max(100).default(1),
    }),
    output: type<GymRun>(),
  }),
  'otaGym.runs': method({
    about: 'The runs of the failure gym, newest first.',
    input: z.strictObject({ limit: z.int().min(1).max(1_000).default(50) }),
    output: type<GymRun[]>(),
  }),
  'otaGym.table': method({
    about: 'What became of the simulated devices of a batch: what each did, what the platform made of it, and what the rulebook says; a page at a time.',
    input: z.strictObject({
      batchId,
      only: z.enum(endVerdicts).optional(),
      ending: z.enum(updateEndings).optional(),
      state: z.enum(taskStates).optional(),
      /** Part of the name. */
      deviceName: z.string().max(64).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ summary: GymSummary, rows: GymRow[], total: number }>(),
  }),
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
  'otaGym.watch': stream({
    about: 'A run of the failure gym as a whole, at once and whenever it changes, at most once a second.',
    input: z.strictObject({ batchId }),
    item: type<GymSummary>(),
  }),
  'otaExercise.watch': stream({
    about: 'The exercises of a device, or of all, newest first; at once and whenever something is seen, at most four times a second.',
    input: z.strictObject({ productKey: productKeySchema.optional(), deviceName: deviceNameSchema.optional() }),
    item: type<Exercise[]>(),
  }),
}
