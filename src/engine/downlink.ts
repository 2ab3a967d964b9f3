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

interface Undelivered { code: number, message: string }

const lost: Undelivered = { code: 1902, message: 'The connection broke before the device had acknowledged the message, and the device keeps no session in which it would be sent again.' }

/** What the trace says of a message that did not reach its device, in the platform's own codes. */
const undelivered: Partial<Record<DeliverResult, Undelivered>> = {
  offline: { code: 9201, message: 'The device was not connected, so the message could not be sent.' },
  dropped: { code: 1901, message: 'The connection of the device was congested, so the message was dropped.' },
  throttled: { code: 9324, message: `More than ${limits.downPerSecMax} messages went to the device within one second, so the message was dropped.` },
  unsubscribed: { code: 9201, message: 'The device has not subscribed to the topic, so the message was not sent.' },
}

/** The one way to a device: everything the platform sends is in the trace, with what became of it. */
export function createDownlink({ clock, trace, deliver }: DownlinkContext): Downlink {
  let count = 0
  return {
    count: () => count,
    send: (deviceId, { topic, payload, qos = 0, steps = [] }, cause, onUndelivered) => {
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
      const fail = (problem: Undelivered): void => {
        if (id !== 0)
          trace.amend(id, { code: problem.code, detail: detailOf({ bizCode: 'downlink', operation: topic, ...problem }) })
        onUndelivered?.(problem)
      }
      const send = (): void => {
        count += 1
        const problem = undelivered[deliver(deviceId, { topic, payload, qos, ...(qos === 1 && { onLost: () => fail(lost) }) })]
        if (problem)
          fail(problem)
      }
      const waits = cause?.waits ?? false
      id = trace.keep(entry, { onCommitted: () => waits && send() })
      if (!waits || id === 0)
        send()
      return id
    },
  }
}
