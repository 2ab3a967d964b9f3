import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { DeliverResult, DownMessage } from './broker/types.ts'
import type { DownlinkMessage } from './platform/feature.ts'
import type { TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'

export interface DownlinkContext {
  clock: Clock
  trace: Pick<TraceKeeper, 'keep' | 'amend'>
  deliver: (deviceId: number, message: DownMessage) => DeliverResult
  /** Whether the device speaks through a gateway: such a device gets everything with QoS 0 (Alink 3.7). */
  isSubDevice: (deviceId: number) => boolean
  /** Why a device is offline, when there is more to say than that. */
  whyOffline: (deviceId: number) => { code: number, message: string } | null
}

/** The row that a message belongs to, and whether it has to wait until that row is safe. */
export interface DownlinkCause { id: number, waits: boolean }

export interface Downlink {
  /**
   * Keeps a message to a device in the trace and sends it: after the commit when it `waits` for what caused it to be
   * safe, otherwise at once. Returns the id of its row, 0 when the trace had no room for it. `onUndelivered` learns why
   * the message could not be sent.
   */
  send: (deviceId: number, message: DownlinkMessage, cause?: DownlinkCause, onUndelivered?: (problem: { code: number, message: string }) => void) => number
  /** Messages handed to the broker since the start. */
  count: () => number
}

/** What the trace says of a message that did not reach its device, in the platform's own codes. */
const undelivered: Partial<Record<DeliverResult, { code: number, message: string }>> = {
  offline: { code: 9201, message: 'The device was not connected, so the message could not be sent.' },
  dropped: { code: 1901, message: 'The connection of the device was congested, so the message was dropped.' },
  unsubscribed: { code: 9201, message: 'The device has not subscribed to the topic, so the message was not sent.' },
}

/** The one way to a device: everything the platform sends is in the trace, with what became of it. */
export function createDownlink({ clock, trace, deliver, isSubDevice, whyOffline }: DownlinkContext): Downlink {
  let count = 0
  return {
    count: () => count,
    send: (deviceId, { topic, payload, qos: wishedQos = 0, steps = [] }, cause, onUndelivered) => {
      const qos = wishedQos === 1 && isSubDevice(deviceId) ? 0 : wishedQos
      const detailOf = (last: TraceStep): string => packDetail({ issues: [], steps: [...steps, last] })
      const entry: TraceEntry = {
        at: clock.now(),
        deviceId,
        deviceKey: null,
        direction: 'down',
        topic,
        qos,
        payload,
        code: 200,
        detail: steps.length === 0 ? null : detailOf({ bizCode: 'downlink', operation: topic, code: 200 }),
        causeId: cause?.id || null,
        samples: null,
      }
      let id = 0
      const send = (): void => {
        count += 1
        const result = deliver(deviceId, { topic, payload, qos })
        const problem = (result === 'offline' ? whyOffline(deviceId) : null) ?? undelivered[result]
        if (problem && id !== 0)
          trace.amend(id, { code: problem.code, detail: detailOf({ bizCode: 'downlink', operation: topic, ...problem }) })
        if (problem)
          onUndelivered?.(problem)
      }
      const waits = cause?.waits ?? false
      id = trace.keep(entry, { onCommitted: () => waits && send() })
      if (!waits || id === 0)
        send()
      return id
    },
  }
}
