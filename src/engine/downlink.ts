import type { Clock } from '../shared/clock.ts'
import type { DeliverResult, DownMessage } from './broker/types.ts'
import type { JourneyTimes } from './journey-times.ts'
import type { DownlinkMessage } from './platform/feature.ts'
import type { TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { notSubscribed, packMistakes } from '../shared/diagnose/mistake.ts'
import { tellInjected } from '../shared/faults/tell-injected.ts'
import { limits } from '../shared/limits.ts'

export interface DownlinkContext {
  clock: Clock
  trace: Pick<TraceKeeper, 'keep' | 'amend' | 'cause'>
  deliver: (deviceId: number, message: DownMessage) => DeliverResult
  /** Whether the device would not get the message in the cloud, because nobody has subscribed it to the topic. */
  isUnasked: (deviceId: number, topic: string) => boolean
  times: Pick<JourneyTimes, 'now' | 'note' | 'done' | 'acknowledged'>
  /** Whether the device speaks through a gateway: such a device gets everything with QoS 0 (Alink 3.7). */
  isSubDevice: (deviceId: number) => boolean
  /** Why a device is offline, when there is more to say than that. */
  whyOffline: (deviceId: number) => DeliveryProblem | null
  /** Why too many messages go to the device, when another rate than the cloud's holds for it. */
  whyThrottled?: (deviceId: number) => DeliveryProblem | null
}

/** Why a message did not reach its device, in the platform's own codes. */
export interface DeliveryProblem { code: number, message: string }

/** The row that a message belongs to, and whether it has to wait until that row is safe. */
export interface DownlinkCause { id: number, waits: boolean }

/** What becomes of a message on purpose, besides what its steps say. */
export interface Fate {
  /** It is not sent, with this in the trace, and whoever sends it takes it for sent. */
  lost?: DeliveryProblem
  /** It is in the trace at once, and goes when this says. */
  hold?: (deliver: () => void) => void
}

export interface Downlink {
  /**
   * Keeps a message to a device in the trace and sends it: after the commit when it `waits` for what caused it to be
   * safe, otherwise at once. Without a cause it belongs to the call that is being carried out. Returns the id of its row, 0 when the trace had no room for it. `onResult` learns what became
   * of it, and why when it could not be sent; again when it is lost with the connection afterwards.
   */
  send: (deviceId: number, message: DownlinkMessage, cause?: DownlinkCause, onResult?: (result: DeliverResult, problem?: DeliveryProblem) => void, fate?: Fate) => number
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

const none: Fate = {}

/** What the trace says of a message to a device. */
interface DeliveryNote { code: number, message?: string }

const sent: DeliveryNote = { code: 200 }
const queued: DeliveryNote = { code: 200, message: 'The message waits until the device takes it: it has QoS 1 and the session of the device is kept.' }

/** The one way to a device: everything the platform sends is in the trace, with what became of it. */
export function createDownlink({ clock, trace, deliver, isUnasked, times, isSubDevice, whyOffline, whyThrottled }: DownlinkContext): Downlink {
  let count = 0

  function reasonOf(deviceId: number, result: DeliverResult): DeliveryProblem | undefined {
    if (result === 'offline')
      return whyOffline(deviceId) ?? undefined
    return result === 'throttled' ? whyThrottled?.(deviceId) ?? undefined : undefined
  }

  return {
    count: () => count,
    send: (deviceId, { topic, payload, qos: wishedQos = 0, steps: wishedSteps = [], note: remark, notices = [], keptPayload, ...rest }, cause, onResult, fate = none) => {
      const callId = trace.cause()
      // The record of the call says already what the message was asked for with.
      const steps = callId === undefined ? wishedSteps : wishedSteps.filter(({ bizCode }) => bizCode !== 'ApiService')
      const qos = wishedQos === 1 && isSubDevice(deviceId) ? 0 : wishedQos
      let id = 0
      const begunAt = times.now()
      const mistakes = isUnasked(deviceId, topic) ? [notSubscribed] : []
      const verdictOf = ({ code, message = remark }: DeliveryNote): { code: number, detail: string | null } => ({
        code,
        detail: packMistakes(steps.length === 0 && message === undefined && notices.length === 0 ? null : packDetail({ issues: [], notices, steps: tellInjected([...steps, { bizCode: 'downlink', operation: topic, code, ...(message !== undefined && { message }) }], code === sent.code ? 'OTAFault' : 'throttle') }), mistakes),
      })
      const entryOf = (note: DeliveryNote): TraceEntry => ({
        at: clock.now(),
        deviceId,
        deviceKey: null,
        direction: 'down',
        topic,
        qos,
        payload: keptPayload ?? payload,
        ...verdictOf(note),
        causeId: cause?.id || callId || null,
        samples: null,
      })
      const amend = (note: DeliveryNote): void => {
        if (id !== 0)
          trace.amend(id, verdictOf(note))
      }
      const onLost = (): void => {
        amend(lost)
        onResult?.('dropped', lost)
      }
      const deliverNow = (): { result: DeliverResult, problem: DeliveryProblem | undefined, note: DeliveryNote } => {
        count += 1
        if (fate.lost !== undefined)
          return { result: 'sent', problem: undefined, note: fate.lost }
        const result = deliver(deviceId, { ...rest, topic, payload, qos, ...(qos === 1 && { onLost, onAcknowledged: () => times.acknowledged(id) }) })
        const problem = reasonOf(deviceId, result) ?? undelivered[result]
        return { result, problem, note: problem ?? (result === 'queued' ? queued : sent) }
      }
      if (!cause?.waits && fate.hold === undefined) {
        const { result, problem, note } = deliverNow()
        const writtenAt = times.now()
        id = trace.keep(entryOf(note))
        times.note(id, begunAt, problem === undefined && result !== 'queued' ? writtenAt : 0)
        onResult?.(result, problem)
        return id
      }
      const deliverLater = (): void => {
        const { result, problem, note } = deliverNow()
        if (note === sent)
          times.done(id)
        else
          amend(note)
        onResult?.(result, problem)
      }
      const leave = fate.hold === undefined ? deliverLater : () => fate.hold?.(deliverLater)
      id = trace.keep(entryOf(sent), cause?.waits ? { onCommitted: leave } : {})
      times.note(id, begunAt)
      if (id === 0 || !cause?.waits)
        leave()
      return id
    },
  }
}
