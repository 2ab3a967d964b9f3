import type { NoticeContent } from '../../../shared/alink/ota-notice.ts'
import type { ProgressReport, VersionReport } from '../../../shared/alink/ota.ts'
import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { FeatureDevice } from '../feature.ts'

/** Names the row of a message to what it has caused; 0 when the trace had no room for it. */
export type NoteMessage = (traceId: number) => void

/** What messages of devices do to their updates. */
export interface OtaUpdates {
  onVersion: (device: FeatureDevice, report: VersionReport, at: number) => NoteMessage
  onProgress: (device: FeatureDevice, report: ProgressReport, at: number) => NoteMessage
  /** What a device is told that asks; null: there is nothing for it. */
  onAsked: (device: FeatureDevice, module: string) => { content: NoticeContent | null, note: NoteMessage }
}

export interface OtaContext {
  /** A device has reported a version; told before it is written. */
  onVersion: (deviceId: number, version: DeviceVersion) => void
  updates: OtaUpdates
}
