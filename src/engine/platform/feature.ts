import type { Topic } from '../../shared/alink/topic.ts'
import type { TraceStep } from '../../shared/contract/trace.ts'
import type { AppError } from '../../shared/errors.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { ReplyVerdict } from '../../shared/thing-model/judge-reply.ts'
import type { AcceptedValue } from '../../shared/thing-model/validate.ts'
import type { DownProperties } from '../broker/types.ts'
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
export interface DownlinkMessage {
  topic: string
  payload: Uint8Array
  qos?: 0 | 1
  /** When it loses its meaning, epoch milliseconds. */
  expiresAt?: number
  /** Devices that do not speak MQTT 5 cannot be told. */
  properties?: DownProperties
  /** What else the trace says of it when it is on its way. */
  note?: string
  /** What is wrong with the message although it is sent. */
  notices?: readonly ValidationIssue[]
  /** What the trace keeps of the payload, when the rest is kept elsewhere. */
  keptPayload?: Uint8Array
  /** What the platform did before it sent the message, for the trace; left out for what goes the ordinary way. */
  steps?: readonly TraceStep[]
}

/** A verdict that came after its message was kept; with a `causeId` the message turned out to belong to another journey. */
export interface LateVerdict { code: number | null, detail: string | null, causeId?: number }

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
  /**
   * Settles when what the answer promises is done (a file on disk), and the replies wait for it; with an outcome, that one's
   * code, detail and replies stand instead, because it could not be done. Never rejects.
   */
  until?: Promise<Pick<Outcome, 'code' | 'detail' | 'replies'> | undefined>
  /** What the trace keeps of the payload, when the rest is kept elsewhere. */
  keptPayload?: Uint8Array
  /** The row that began the journey, when the message answers something the platform sent. */
  causeId?: number
  /**
   * What else happens because of the message, once it has its row and its replies are on their way, before anything else of
   * the device is looked at; `journeyId` is the row that began the journey, 0 when the trace had no room.
   */
  afterwards?: (journeyId: number, row: KeptRow) => void
  /** What the message says about other devices: each part becomes a row of its device, in the journey of the message. */
  parts?: readonly OutcomePart[]
}

/** The row of a message, for a verdict that takes time; `rowId` is 0 when the trace had no room for it. */
export interface KeptRow { rowId: number, amend: (verdict: LateVerdict) => void }

/** What a gateway's message says about one of its sub-devices. */
export interface OutcomePart extends Pick<Outcome, 'code' | 'detail' | 'accepted' | 'samples' | 'statements'> {
  device: FeatureDevice
  topic: string
  payload: Uint8Array
}

/** Judges one kind of message; runs on the thread that serves sockets, so it never waits and never throws. */
export type FeatureHandler<Kind extends Topic['kind'] = Topic['kind']> = (message: UpMessage<Kind>) => Outcome

/** What a feature answers to: the kinds of topics whose messages it takes. */
export type FeatureHandlers = { [Kind in Topic['kind']]?: FeatureHandler<Kind> }

/** A command to a device, with the answer that is waited for (Alink 5.2, 5.6 and 5.7). */
export interface DeviceCall {
  device: FeatureDevice
  /** The operation of the platform's API that the command is for: `SetDeviceProperty`, `InvokeThingService` … */
  operation: string
  /** `steps` of the message follow the step of the API. */
  message: DownlinkMessage
  /** The row that began the journey, when one was kept before the command could be sent. */
  causeId?: number
  /** Where the answer comes. */
  answerTopic: string
  /** What the answer is matched by besides its topic; null when the topic alone tells (RRPC). */
  id: string | null
  /** How long the answer is waited for; null: it is noted whenever it comes, and nobody waits. */
  timeoutMs: number | null
  /** The Alink method, which the trace names as the operation. */
  method: string
  /** What kind of step the answer is in the trace; `ThingService` when left out. */
  bizCode?: string
  /** Judges the answer; called once. It never throws. */
  judge: (payload: Uint8Array, receivedAt: number) => CallVerdict
  /** What the history of commands says of it besides. */
  asked?: AskedFor
}

/** A command as it was given. */
export interface AskedFor {
  /** As the caller gave them; without them they are read from the payload. */
  params?: JsonObject
  /** Sent although it breaks the thing model. */
  unchecked?: boolean
  /** The platform sends it by itself. */
  byPlatform?: boolean
}

/** What an answer is worth. */
export interface CallVerdict extends ReplyVerdict, Pick<Outcome, 'statements'> {}

/** The end of a call that was answered. */
export interface CallResult extends ReplyVerdict {
  payload: Uint8Array
  /** Epoch milliseconds of its arrival. */
  at: number
}

export interface OpenCall {
  /** The row of the command, which all rows of the journey name as their cause; 0 when the trace had no room. */
  traceId: number
  /** The row of the command itself, or of what becomes it once a script has written it; 0 when the trace had no room. */
  rowId: number
  sentAt: number
  /**
   * Settles when the command is on its way, which is at once unless a script has to write it first. Rejects with AppError
   * `script/failed` when that comes to nothing; whoever does not wait may let it go.
   */
  sent: Promise<void>
  /**
   * The answer. Rejects with AppError `device/no-reply` (platform code 1905) when it does not come in time and
   * `device/unreachable` when the device left at that moment; whoever does not wait may let it go.
   */
  result: Promise<CallResult>
}

/** A call that is not made, with what is wrong in the platform's words. */
export interface CallRefusal {
  device: FeatureDevice
  operation: string
  /** What was asked for, as the trace shows it. */
  params: JsonObject
  method: string
  issues: readonly ValidationIssue[]
}

/** The way from the platform to a device and back. */
export interface DeviceCalls {
  /**
   * An id for a command: decimal digits of an unsigned 64-bit number, never the same twice (trap T5). Scripts put the id of a
   * message into 32 bits, so for a device with a custom data format it fits those.
   */
  nextId: (device?: FeatureDevice) => string
  /** Why the device takes no command now, in the platform's codes (9200, 9201, 6208, 9389); null when it does. */
  unreachable: (device: FeatureDevice) => { code: number, message: string } | null
  /** Sends a command. Throws AppError `device/unreachable` or `limit/reached`, and then the trace holds the refusal. */
  send: (call: DeviceCall) => OpenCall
  /** Waits again for the answer to a command of an earlier run. */
  resume: (call: Pick<DeviceCall, 'device' | 'answerTopic' | 'id' | 'method' | 'judge'>, traceId: number) => void
  /** Notes in the trace a call of the API that sends nothing to the device, and what came of it; a success when left out. Returns the id of the row. */
  note: (device: FeatureDevice, operation: string, params: JsonObject, result?: { code: number, message: string, data?: JsonValue }) => number
  /** Notes in the trace a call with an argument that cannot be used, and returns the error to throw: `input/invalid`. */
  deny: (device: FeatureDevice, operation: string, params: JsonObject, problem: { code: number, message: string }) => AppError
  /** Notes in the trace a call that breaks the thing model, and returns the error to throw: `model/refused`. */
  refuse: (refusal: CallRefusal) => AppError
}
