import type { FailureCause, TaskState } from '../ota/task.ts'
import { z } from 'zod'
import { failureCauses } from '../ota/task.ts'
import { method, type } from './define.ts'
import { defaultModule, moduleNameSchema } from './ota-package.ts'
import { productKeySchema } from './product.ts'

/** How many devices of a product run which version of a module. */
export interface VersionStatistics {
  /** Devices of the product, and those of them that reported a version of the module. */
  deviceCount: number
  reportedCount: number
  /** Those with most devices first. */
  versions: { version: string, deviceCount: number }[]
  /** Versions beyond those, which have fewer devices. */
  moreVersions: number
}

/** A device and the version of a module that it reported last. */
export interface VersionDevice { deviceName: string, version: string, reportedAt: number }

/** The updates from one version that have come to an end by themselves. */
export interface SourceStatistics {
  /** Null: the device had reported none when the update began. */
  sourceVersion: string | null
  succeeded: number
  failed: number
}

/** How the updates with a package went; those that are under way or were cancelled do not count. */
export interface SuccessStatistics {
  succeeded: number
  failed: number
  /** Those with most updates first. */
  sources: SourceStatistics[]
  /** Failed updates by their cause, the most frequent first. */
  causes: { cause: FailureCause, count: number }[]
}

/** An update that has succeeded or failed. */
export interface EndedTask {
  taskId: string
  batchId: string
  deviceName: string
  state: Extract<TaskState, 'SUCCEEDED' | 'FAILED'>
  sourceVersion: string | null
  targetVersion: string
  cause: FailureCause | null
  remark: string
  modifiedAt: number
}

const packageId = z.string().min(1).max(64)
const batchId = z.string().min(1).max(64).optional()
const version = z.string().min(1).max(64)
const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(1_000).default(100) }

export const otaStatisticsMethods = {
  'otaStatistics.versions': method({
    about: 'How many devices of a product run which version of a module.',
    input: z.strictObject({ productKey: productKeySchema, module: moduleNameSchema.default(defaultModule) }),
    output: type<VersionStatistics>(),
  }),
  'otaStatistics.versionDevices': method({
    about: 'The devices that have reported a version of a module, by name, a page at a time; only those of one version when it is named.',
    input: z.strictObject({
      productKey: productKeySchema,
      module: moduleNameSchema.default(defaultModule),
      version: version.optional(),
      /** Any version but these. */
      notVersions: z.array(version).max(10).default([]),
      ...page,
    }),
    output: type<{ devices: VersionDevice[], total: number }>(),
  }),
  'otaStatistics.success': method({
    about: 'How the updates with a package went, by the version they came from and by the cause of failure: all of them, or those of one batch.',
    input: z.strictObject({ packageId, batchId }),
    output: type<SuccessStatistics>(),
  }),
  'otaStatistics.tasks': method({
    about: 'The updates that such a statistic counts, the last one first, a page at a time.',
    input: z.strictObject({
      packageId,
      batchId,
      state: z.enum(['SUCCEEDED', 'FAILED']).optional(),
      cause: z.enum(failureCauses).optional(),
      /** Null: those whose device had reported no version. */
      sourceVersion: version.nullable().optional(),
      /** Any source version but these. */
      notSourceVersions: z.array(version.nullable()).max(10).default([]),
      ...page,
    }),
    output: type<{ tasks: EndedTask[], total: number }>(),
  }),
}
