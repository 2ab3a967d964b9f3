import type { FailureCause, TaskState } from '../ota/task.ts'
import { z } from 'zod'
import { failureCauses, taskStates } from '../ota/task.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** How far a batch of updates is, as the API names it. */
export type BatchState = 'PLANNED' | 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED'
/** Tasks of a batch in each state. */
export type TaskCounts = Record<TaskState, number>

const versionText = z.string().regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, ".", "_" or "-"')
const perMinute = z.number().positive()

const rate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unlimited') }),
  z.strictObject({ kind: z.literal('constant'), perMinute }),
  z.strictObject({
    kind: z.literal('growing'),
    base: perMinute,
    factor: z.number().min(1).max(100),
    max: perMinute,
    threshold: z.int().min(1),
    /** What makes the rate grow. */
    counts: z.enum(['pushed', 'succeeded']),
  }),
])
/** Platform rule: a key has 1 to 30 letters, digits or dots. */
const tags = z.record(z.string().regex(/^[A-Z\d.]{1,30}$/i, 'expected 1 to 30 letters, digits or dots'), z.string().max(1_024))
const sourceVersions = z.array(versionText).max(100)

const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('named'), deviceNames: z.array(deviceNameSchema).min(1).max(1_000_000) }),
  /** The devices of a list that came in with `batchNames.begin`; the batch then names them. */
  z.strictObject({ kind: z.literal('list'), namesId: z.string().regex(/^[\da-f]{16}$/, 'expected 16 hex digits') }),
  /** So many of the devices that fulfil the conditions. */
  z.strictObject({ kind: z.literal('phased'), percent: z.number().positive().max(100) }),
  /** A group by its id or name, its sub-groups included. */
  z.strictObject({ kind: z.literal('group'), group: z.string().min(1).max(64) }),
])
/** Which devices of the product a batch looks at. */
export type BatchScope = z.output<typeof scope>

/** How a batch goes about its tasks; minutes may be fractions. */
const policy = {
  /** The platform tells the devices; otherwise they have to ask. */
  pushes: z.boolean().default(true),
  rate: rate.default({ kind: 'unlimited' }),
  /** Minutes from a failure to the next try; null: no retry. */
  retryMinutes: z.number().min(0).nullable().default(null),
  retriesMax: z.int().min(1).max(100).default(1),
  /** Minutes from the first progress report; null: no limit. */
  timeoutMinutes: z.number().positive().nullable().default(null),
  severalModules: z.boolean().default(false),
  overrides: z.boolean().default(false),
  needsConfirmation: z.boolean().default(false),
  protocol: z.enum(['HTTPS', 'MQTT']).default('HTTPS'),
  tags: tags.default({}),
}

/** The policy of a batch, each part with what it is when left out. */
export const batchPolicySchema = z.strictObject(policy)

const createSchema = z.strictObject({
  packageId: z.string().min(1).max(64),
  /** Tries the package on named devices. */
  kind: z.enum(['verify', 'upgrade']).default('upgrade'),
  /** A dynamic batch goes on looking for devices. */
  dynamic: z.boolean().default(false),
  scope: scope.default({ kind: 'all' }),
  /** Only devices that have one of these; none: any version. */
  sourceVersions: sourceVersions.default([]),
  /** Dynamic: only devices that report after the batch was made. */
  newlyReportedOnly: z.boolean().default(false),
  /** Epoch milliseconds; null: now, and no end. */
  startAt: z.int().nullable().default(null),
  endAt: z.int().nullable().default(null),
  ...policy,
})
/** What a batch is made with. */
export type BatchSpec = z.output<typeof createSchema>

/** A batch without the names of its devices. */
export interface Batch extends Omit<BatchSpec, 'scope'> {
  batchId: string
  productKey: string
  module: string
  targetVersion: string
  scope: Exclude<BatchScope, { kind: 'named' | 'list' }> | { kind: 'named', deviceCount: number }
  state: BatchState
  /** It is still being decided which devices get a task. */
  selecting: boolean
  counts: TaskCounts
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  modifiedAt: number
  /** Devices a minute at this moment; null: as many as there are. */
  ratePerMinute: number | null
  /** Devices that were told or have asked. */
  notified: number
  /** Devices that are online and wait for their turn in the push rate. */
  waitingForTurn: number
  /** Since when no device is told; null: it is not paused. */
  pausedAt: number | null
}

/** What would become of the devices of a product if a batch were made now. */
export interface BatchPreview {
  /** Devices that the scope names, whatever they run. */
  inScope: number
  /** Of these, by what they have reported: the version that they would get, another one than the batch asks for, or none at all where it asks for one. */
  onTarget: number
  otherVersion: number
  unreported: number
  /** Devices that fulfil all conditions, and those of them that would get a task now: the percentage of a phased batch, none of one that waits for new reports. */
  fulfilling: number
  tasks: number
  /** Of those that fulfil the conditions: not connected now; with an earlier update that makes the new one fail; with one that the new one cancels. */
  offline: number
  conflicting: number
  overridden: number
}

/** The update of one device. */
export interface BatchTask {
  taskId: string
  batchId: string
  packageId: string
  productKey: string
  deviceName: string
  iotId: string
  module: string
  state: TaskState
  /** Of a task that waits to be pushed: for what. */
  waitsFor: 'turn' | 'device' | 'schedule' | 'request' | 'pause' | null
  sourceVersion: string | null
  targetVersion: string
  percent: number
  cause: FailureCause | null
  remark: string
  retries: number
  retryAt: number | null
  /** When the time of a task in progress is up. */
  deadlineAt: number | null
  createdAt: number
  modifiedAt: number
}

/** Tasks of a batch that ended for the same reason. */
export interface TaskReason {
  state: 'FAILED' | 'CANCELED'
  /** Of failed tasks. */
  cause: FailureCause | null
  remark: string
  count: number
}

/** Something that happened to a task. */
export interface TaskStep {
  at: number
  /** `created`, `confirmed`, `pushed`, `asked`, `progress`, `version`, `clock`, `overridden`, `cancelled` … */
  event: string
  /** After it. */
  state: TaskState
  remark: string
  /** The message behind it; null when there is none. */
  traceId: number | null
}

/** What of a batch is to be cancelled. */
const choices = {
  /** A batch whose start is still to come. */
  scheduled: z.boolean().default(false),
  unconfirmed: z.boolean().default(false),
  queued: z.boolean().default(false),
  notified: z.boolean().default(false),
  inProgress: z.boolean().default(false),
}

const batchId = z.string().min(1).max(64)
const taskIds = z.array(z.string().regex(/^\d{1,15}$/, 'expected digits')).min(1).max(10_000)
/** Tasks that ended for one reason, as `batch.reasons` tells them. */
const reason = z.strictObject({ cause: z.enum(failureCauses).nullable(), remark: z.string().max(1_024) })
const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(10_000).default(100) }

export const batchMethods = {
  'batch.create': method({
    about: 'Starts the update of devices with an update package, or plans it: at once for those that are there, or dynamically also for later ones.',
    input: createSchema,
    output: type<Batch>(),
  }),
  'batch.preview': method({
    about: 'Says what a batch would do to how many devices if it were made now, or refuses as making it would; nothing is changed.',
    input: createSchema,
    output: type<BatchPreview>(),
  }),
  'batch.list': method({
    about: 'The batches of updates, newest first: all, or those of a package, of a product or with a task for a device.',
    input: z.strictObject({
      packageId: z.string().max(64).optional(),
      productKey: productKeySchema.optional(),
      /** With the product. */
      deviceName: deviceNameSchema.optional(),
      ...page,
    }).refine(input => input.deviceName === undefined || input.productKey !== undefined, { message: 'expected the product of the device too', path: ['productKey'] }),
    output: type<{ batches: Batch[], total: number }>(),
  }),
  'batch.get': method({
    about: 'One batch of updates with the counts of its tasks by state.',
    input: z.strictObject({ batchId }),
    output: type<Batch>(),
  }),
  'batch.tasks': method({
    about: 'The tasks of a batch, of a device, or of all batches of a package, oldest first, a page at a time; only those in some states, that ended for one reason, or whose device has a text in its name.',
    input: z.strictObject({
      batchId: batchId.optional(),
      device: z.strictObject({ productKey: productKeySchema, deviceName: deviceNameSchema }).optional(),
      /** Alone, not with a batch or a device. */
      packageId: z.string().min(1).max(64).optional(),
      states: z.array(z.enum(taskStates)).max(taskStates.length).default([]),
      reason: reason.optional(),
      /** Part of the name of the device. */
      search: z.string().max(64).default(''),
      newestFirst: z.boolean().default(false),
      ...page,
    }).refine(input => (input.packageId === undefined) === (input.batchId !== undefined || input.device !== undefined), { message: 'expected a batch, a device or both, or a package alone', path: ['batchId'] }),
    output: type<{ tasks: BatchTask[], total: number }>(),
  }),
  'batch.timeline': method({
    about: 'What happened to a task, step by step, with the messages behind it.',
    input: z.strictObject({ taskId: z.string().regex(/^\d{1,15}$/, 'expected digits') }),
    output: type<{ task: BatchTask, steps: TaskStep[] }>(),
  }),
  'batch.reasons': method({
    about: 'Why tasks of a batch failed or were cancelled, the most frequent reason first.',
    input: z.strictObject({ batchId, limit: z.int().min(1).max(1_000).default(100) }),
    /** `others`: tasks with reasons beyond the limit. */
    output: type<{ reasons: TaskReason[], others: number }>(),
  }),
  'batch.pause': method({
    about: 'Lets no further device be told of a batch until it is resumed; devices that were told go on, and their timeouts too. The cloud has no such thing.',
    input: z.strictObject({ batchId }),
    output: type<Batch>(),
  }),
  'batch.resume': method({
    about: 'Goes on telling devices of a paused batch: those whose turn it is, and those that were to be told again meanwhile.',
    input: z.strictObject({ batchId }),
    output: type<Batch>(),
  }),
  'batch.update': method({
    about: 'Changes a running batch: the numbers of its push rate, its tags; of a dynamic one also the timeout of later tasks and the source versions.',
    input: z.strictObject({
      batchId,
      rate: rate.optional(),
      tags: tags.optional(),
      timeoutMinutes: z.number().positive().nullable().optional(),
      sourceVersions: sourceVersions.optional(),
    }),
    output: type<Batch>(),
  }),
  'batch.cancel': method({
    about: 'Ends a dynamic batch, cancels the tasks of a batch that are in the chosen states, or both.',
    input: z.strictObject({
      batchId,
      /** Dynamic: no device is looked for any more; its tasks go on unless they are chosen too. */
      policy: z.boolean().default(false),
      ...choices,
    }).refine(input => input.policy || input.scheduled || input.unconfirmed || input.queued || input.notified || input.inProgress, { message: 'expected at least one choice', path: ['queued'] }),
    output: type<{ cancelled: number }>(),
  }),
  'batch.cancelTasks': method({
    about: 'Cancels single tasks; those in progress only when that is chosen too. Tasks that have ended stay.',
    input: z.strictObject({ taskIds, inProgress: z.boolean().default(false) }),
    output: type<{ cancelled: number }>(),
  }),
  'batch.confirm': method({
    about: 'Confirms tasks that wait for the app, or all such tasks of a batch.',
    input: z.strictObject({ taskIds: taskIds.optional(), batchId: batchId.optional() })
      .refine(input => (input.taskIds === undefined) !== (input.batchId === undefined), { message: 'expected either tasks or a batch', path: ['taskIds'] }),
    output: type<{ confirmed: number }>(),
  }),
  'batch.retry': method({
    about: 'Lets failed or cancelled tasks of a batch begin anew: named ones, or all in some states, of those only the ones that ended for one reason.',
    input: z.strictObject({
      batchId,
      taskIds: taskIds.optional(),
      states: z.array(z.enum(['FAILED', 'CANCELED'])).min(1).max(2).optional(),
      /** With states. */
      reason: reason.optional(),
    }).refine(input => (input.taskIds === undefined) !== (input.states === undefined), { message: 'expected either tasks or states', path: ['taskIds'] }),
    output: type<{ queued: number }>(),
  }),
}

export const batchStreams = {
  'batch.watch': stream({
    about: 'A batch with the counts of its tasks by state, at once and whenever it changes, at most four times a second.',
    input: z.strictObject({ batchId }),
    item: type<Batch>(),
  }),
}
