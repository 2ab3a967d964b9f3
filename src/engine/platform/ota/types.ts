import type { BlockRequest } from '../../../shared/alink/file-download.ts'
import type { NoticeContent } from '../../../shared/alink/ota-notice.ts'
import type { ProgressReport, VersionReport } from '../../../shared/alink/ota.ts'
import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { FeatureDevice } from '../feature.ts'

/** Names the row of a message to what it has caused; 0 when the trace had no room for it. */
export type NoteMessage = (traceId: number) => void

/** What messages of devices do to their updates. */
export interface OtaUpdates {
  onVersion: (device: FeatureDevice, report: VersionReport, at: number) => NoteMessage
  onProgress: (device: FeatureDevice, report: ProgressReport, at: number) => NoteMessage
  /** What a device is told that asks; null: there is nothing for it. */
  onAsked: (device: FeatureDevice, module: string) => { content: NoticeContent | null, note: NoteMessage }
  /** A block of the file that an update over MQTT has told the device of. Never rejects. */
  blockOf: (device: FeatureDevice, request: BlockRequest) => Promise<FileBlock | BlockProblem | OvertakenBlock>
}

/** Bytes of a file of `fileLength` bytes; none when the file ends before. */
export interface FileBlock {
  fileLength: number
  bytes: Uint8Array
  /** What the trace says of its way. */
  steps?: readonly TraceStep[]
}

/** A block that was asked for once more before it could go out: only the newest request is answered. */
interface OvertakenBlock { isOvertaken: true }

/** Why a device gets no block: the code of the answer and a sentence for the log. */
export interface BlockProblem { code: 403 | 429 | 500, message: string }

export interface OtaContext {
  /** A device has reported a version; told before it is written. */
  onVersion: (deviceId: number, version: DeviceVersion) => void
  updates: OtaUpdates
}
