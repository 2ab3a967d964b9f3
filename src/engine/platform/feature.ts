import type { Topic } from '../../shared/alink/topic.ts'
import type { AcceptedValue } from '../../shared/thing-model/validate.ts'
import type { BoundStatement, Sample } from '../store/types.ts'

/** A device as a feature of the platform needs it. */
export interface FeatureDevice { deviceId: number, productKey: string, deviceName: string }

/** A message from a device, on a topic it may use. */
export interface UpMessage<Kind extends Topic['kind'] = Topic['kind']> {
  /** Whose topic it is. */
  device: FeatureDevice
  /** The topic, taken apart, and as it came. */
  topic: Topic & { kind: Kind }
  topicText: string
  /** May be kept: nobody writes into it again. */
  payload: Uint8Array
  /** Epoch milliseconds of its arrival. */
  receivedAt: number
}

/** A message to a device. Replies are sent with QoS 0, commands with QoS 1 (Alink 0.6). */
export interface DownlinkMessage { topic: string, payload: Uint8Array, qos?: 0 | 1 }

/** What becomes of a message from a device. */
export interface Outcome {
  /** The code that the trace shows; null for a message without a verdict. */
  code: number | null
  /** Issues and steps, packed for the trace (see `trace-detail`); null when the message went the ordinary way. */
  detail: string | null
  /** Sent to the same device once the message is kept. */
  replies?: readonly DownlinkMessage[]
  /** Values to be kept as the device's latest, and the numeric ones for the series. */
  accepted?: readonly AcceptedValue[]
  samples?: Sample[] | null
  /** Written in the same commit as the message, each under a key that a later one replaces. */
  statements?: readonly { key: string, statement: BoundStatement }[]
}

/** Judges one kind of message; runs on the thread that serves sockets, so it never waits and never throws. */
export type FeatureHandler<Kind extends Topic['kind'] = Topic['kind']> = (message: UpMessage<Kind>) => Outcome

/** What a feature answers to: the kinds of topics whose messages it takes. */
export type FeatureHandlers = { [Kind in Topic['kind']]?: FeatureHandler<Kind> }
