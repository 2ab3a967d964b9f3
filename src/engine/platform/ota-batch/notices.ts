import type { NoticeContent } from '../../../shared/alink/ota-notice.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import type { LiveBatch, PackageSource, TaskRow } from './types.ts'
import { buildNotice } from '../../../shared/alink/ota-notice.ts'

export interface NoticesContext {
  packages: PackageSource
  /** Sends a message to a device as part of the journey of `cause`, and tells at once what became of it; returns the id of its row. */
  downlink: { send: (deviceId: number, message: DownlinkMessage, cause: { id: number, waits: false } | undefined, onResult: (result: string) => void) => number }
}

/** What became of a notice: it is on its way, there was no room for it, or the device cannot be told now. */
export interface Sent { outcome: 'done' | 'again' | 'lost', traceId: number }

/** Tells devices of their updates. */
export class Notices {
  readonly #context: NoticesContext
  #lastId = 0
  /** Devices that had not subscribed to what they were to be told. */
  readonly #deaf = new Set<number>()

  constructor(context: NoticesContext) {
    this.#context = context
  }

  /** What a device is told; null: nothing. */
  contentOf(device: FeatureDevice, { taskId }: Pick<TaskRow, 'taskId'>, { packageId, spec }: Pick<LiveBatch, 'packageId' | 'spec'>): NoticeContent | null {
    // The stream of a task is the task itself, so that its id stays whenever the device is told again (OTA-93).
    return this.#context.packages.noticeOf(packageId, device, spec.tags, spec.protocol === 'MQTT' ? { streamId: taskId, streamFileId: 1 } : undefined)
  }

  /** Sends the notice of a task at `at`, in the journey of the message `causeId` (0: of none). */
  send(device: FeatureDevice, { deviceId }: TaskRow, content: NoticeContent, at: number, causeId: number): Sent {
    this.#lastId = Math.max(this.#lastId + 1, Math.floor(at))
    const { topic, payload } = buildNotice(device, content, this.#lastId)
    const steps = [{ bizCode: 'OTA', operation: 'OTAFirmwarePush', code: 200 }]
    let outcome: Sent['outcome'] = 'lost'
    const cause = causeId === 0 ? undefined : { id: causeId, waits: false } as const
    const traceId = this.#context.downlink.send(deviceId, { topic, payload: Buffer.from(payload), qos: 1, steps }, cause, (result) => {
      outcome = result === 'sent' || result === 'queued' ? 'done' : result === 'dropped' || result === 'throttled' ? 'again' : 'lost'
      if (result === 'unsubscribed')
        this.#deaf.add(deviceId)
    })
    // The callback has been called by now, which the compiler cannot know.
    return { outcome: outcome as Sent['outcome'], traceId }
  }

  /** Whether a device had not subscribed when it was to be told; it is told again when it subscribes or connects anew. */
  takeDeaf(deviceId: number): boolean {
    return this.#deaf.delete(deviceId)
  }
}
