import type { NoticeContent } from '../../../shared/alink/ota-notice.ts'
import type { Batch, BatchSpec, BatchState, TaskCounts } from '../../../shared/contract/batch.ts'
import type { PushBucket } from '../../../shared/ota/push-rate.ts'
import type { OtaTask } from '../../../shared/ota/task.ts'
import type { FeatureDevice } from '../feature.ts'
import type { FileBlock } from '../ota/types.ts'

/** How the verification of a package stands, and the percent of its devices that have the new version. */
export interface Verification { state: 'unverified' | 'verifying' | 'verified' | 'failed', percent: number }

/** An update package, as far as a batch has to know it. */
export interface BatchPackage {
  packageId: string
  productKey: string
  module: string
  targetVersion: string
  /** Of a differential package: the version it starts from; null for a full one. */
  sourceVersion: string | null
  /** `none` needs no verification; in that state and when verified a batch may begin. */
  state: 'none' | 'unverified' | 'verifying' | 'verified' | 'failed'
  fileCount: number
  /** Bytes of all files, and of the largest of them. */
  size: number
  largest: number
}

/** What batches need of the packages; all of it is answered at once. */
export interface PackageSource {
  /** Throws AppError ota/package-not-found. */
  packageOf: (packageId: string) => BatchPackage
  /**
   * What a device is told, with addresses that are valid from now on, or with the `stream` over which it gets the file instead;
   * null when the package is gone or its files cannot be served.
   */
  noticeOf: (packageId: string, device: FeatureDevice, tags: Record<string, string>, stream?: NoticeContent['stream']) => NoticeContent | null
  /** Up to `size` bytes of a file of a package, the first one being 1; null when there is no such file, `busy` when too many are read. Rejects when it cannot be read. */
  blockOf: (packageId: string, fileNumber: number, offset: number, size: number) => Promise<FileBlock | 'busy' | null>
  /** Undefined when the package is gone. */
  stateOf: (packageId: string) => BatchPackage['state'] | undefined
  /** How the verification of a package goes; nothing for one that needs none. */
  setVerification: (packageId: string, verification: Verification) => void
}

/** A device as batches see it. */
export interface BatchDevice extends FeatureDevice {
  iotId: string
  online: boolean
  createdAt: number
  activatedAt: number | null
  lastOnlineAt: number | null
  deletedAt: number | null
}

/** What a batch was made with; the names of its devices are kept apart, because there may be a million. */
export interface StoredSpec extends Omit<BatchSpec, 'scope'> {
  scope: Batch['scope']
  /** Of a differential package: the only version it can start from. */
  differentialFrom: string | null
  /** A static batch of which everything was cancelled but what devices are at; it ends with them. */
  isCancelled?: boolean
}

/** A batch as its row keeps it. */
export interface BatchRow {
  batchId: string
  packageId: string
  productKey: string
  module: string
  targetVersion: string
  spec: StoredSpec
  state: BatchState
  /** Which devices get a task is not decided for all of them yet. */
  selecting: boolean
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  /** Since when no device is told; null: it is not paused. */
  pausedAt: number | null
  modifiedAt: number
}

/** What a dynamic batch knows of the devices it looks for. */
export interface Watch {
  /** The named ones; null for another scope. */
  names: ReadonlySet<string> | null
  /** How many tasks it made for each device, and whether the last one failed. */
  matches: Map<number, { count: number, lastFailed: boolean }>
  /** Who was in the group when it was looked at last; null before the first time. */
  inside: ReadonlySet<number> | null
}

/** A batch while the engine runs. */
export interface LiveBatch extends BatchRow {
  counts: TaskCounts
  /** Tasks that wait for their turn in the push rate. */
  waiting: Set<TaskRow>
  /** Tasks whose notice is to be sent once more when the batch is not paused any longer. */
  held: Set<TaskRow>
  bucket: PushBucket
  /** Only of a dynamic batch that still looks for devices. */
  watch: Watch | null
}

/** A task as its row keeps it, and in memory as long as it may change. */
export interface TaskRow extends OtaTask {
  taskId: number
  batchId: string
  deviceId: number
  module: string
  /** The timeout that held when the task was made (OTA-70). Milliseconds; null: none. */
  timeoutMs: number | null
  /** When the device was told first. */
  notifiedAt: number | null
  createdAt: number
  modifiedAt: number
}

/** A step of the timeline of a task. */
export interface EventRow {
  eventId: number
  taskId: number
  at: number
  event: string
  state: OtaTask['state']
  remark: string
  traceId: number | null
}
