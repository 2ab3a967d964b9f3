import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { DeliverResult, DownMessage } from './broker/types.ts'
import type { DownlinkMessage } from './platform/feature.ts'
import type { TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { limits } from '../shared/limits.ts'

export interface DownlinkContext {
  clock: Clock
  trace: Pick<TraceKeeper, 'keep' | 'amend'>
  deliver: (deviceId: number, message: DownMessage) => DeliverResult
  /** Whether the device speaks through a gateway: such a device gets everything with QoS 0 (Alink 3.7). */
  isSubDevice: (deviceId: number) => boolean
  /** Why a device is offline, when there is more to say than that. */
  whyOffline: (deviceId: number) => DeliveryProblem | null
}

/** Why a message did not reach its device, in the platform's own codes. */
export interface DeliveryProblem { code: number, message: string }

/** The row that a message belongs to, and whether it has to wait until that row is safe. */
export interface DownlinkCause { id: number, waits: boolean }

export interface Downlink {
  /**
   * Keeps a message to a device in the trace and sends it: after the commit when it `waits` for what caused it to be
   * safe, otherwise at once. Returns the id of its row, 0 when the trace had no room for it. `onResult` learns what became
   * of it, and why when it could not be sent; again when it is lost with the connection afterwards.
   */
  send: (deviceId: number, message: DownlinkMessage, cause?: DownlinkCause, onResult?: (result: DeliverResult, problem?: DeliveryProblem) => void) => number
  /** Messages handed to the broker since the start. */
  count: () => number
}

const lost: DeliveryProblem = { code: 1902, message: 'The connection broke before the device had acknowledged the message, and the device keeps no session in which it would be sent again.' }

/** What the trace says of a message that did not reach its device, in the platform's own codes. */
const undelivered: Partial<Record<DeliverResult, DeliveryProblem>> = {
  offline: { code: 9201, message: 'The device was not connected, so the message could not be sent.' },
  dropped: { code: 1901, message: 'The connection of the device was congested, so the message was dropped.' },
  throttled: { code: 9324, message: `More than ${limits.downPerSecMax} messages went to the device within one second, so the message was dropped.` },
  unsubscribed: { code: 9201, message: 'The device has not subscribed to the topic, so the message was not sent.' },
}

const queuedMessage = 'The message waits until the device takes it: it has QoS 1 and the session of the device is kept.'

/** The one way to a device: everything the platform sends is in the trace, with what became of it. */
export function createDownlink({ clock, trace, deliver, isSubDevice, whyOffline }: DownlinkContext): Downlink {
  let count = 0
  return {
    count: () => count,
    send: (deviceId, { topic, payload, qos: wishedQos = 0, steps = [] }, cause, onResult) => {
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
      const amend = ({ code, message }: DeliveryProblem): void => {
        if (id !== 0)
          trace.amend(id, { code, detail: detailOf({ bizCode: 'downlink', operation: topic, code, message }) })
      }
      const fail = (result: DeliverResult, problem: DeliveryProblem): void => {
        amend(problem)
        onResult?.(result, problem)
      }
      const send = (): void => {
        count += 1
        const result = deliver(deviceId, { topic, payload, qos, ...(qos === 1 && { onLost: () => fail('dropped', lost) }) })
        const problem = (result === 'offline' ? whyOffline(deviceId) : undefined) ?? undelivered[result]
        if (problem !== undefined)
          return fail(result, problem)
        if (result === 'queued')
          amend({ code: 200, message: queuedMessage })
        onResult?.(result)
      }
      const waits = cause?.waits ?? false
      id = trace.keep(entry, { onCommitted: () => waits && send() })
      if (!waits || id === 0)
        send()
      return id
    },
  }
}
