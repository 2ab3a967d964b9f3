import type { JsonObject, JsonValue } from '../json.ts'
import type { ValidationIssue } from '../thing-model/issue.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { behaviourSchema } from './fleet.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const identifier = z.string().min(1).max(128)
const qos = z.union([z.literal(0), z.literal(1)])
const payloadBase64 = z.base64().max(Math.ceil(limits.payloadBytesMax * 4 / 3) + 4)
const topic = z.string().min(1).max(limits.topicBytesMax * 4)
const values = z.record(identifier, z.json())
const behaviours = z.record(identifier, behaviourSchema)
const code = z.int().min(0).max(99_999)

/** Where a device is in being simulated: `waiting` for its next attempt to connect; `swapped` while somebody else has its seat. */
export const seatStates = ['stopped', 'connecting', 'online', 'waiting', 'swapped'] as const
export type SeatState = (typeof seatStates)[number]

/** Who has the seat of a simulated device: a real device, a device of a fleet, a replay of a recording, or a gateway that speaks for it. */
export type SeatTaker = 'real' | 'fleet' | 'replay' | 'gateway'

export interface SeatSwap {
  by: SeatTaker
  remoteAddress: string
  at: number
  /** When the other one left; null while it is there. */
  leftAt: number | null
  /** How often it came back at once after the seat had been taken back. */
  bounces: number
  /** When the seat is taken again by itself; null when it is not. */
  returnsAt: number | null
}

/** What a simulated device does with commands: answers them, leaves them to a person, refuses them, or stays silent. */
export const answerModes = ['automatic', 'by-hand', 'refuse', 'silent'] as const
export type AnswerMode = (typeof answerModes)[number]

const answersSchema = z.strictObject({
  mode: z.enum(answerModes),
  /** What it refuses with. */
  refuseCode: code,
  /** By service: the answer that was chosen for it. A service that is not named makes its output up. */
  services: z.record(identifier, z.strictObject({ code, data: values })),
})
export type SeatAnswers = z.output<typeof answersSchema>

/** What a policy sends: properties and event parameters each in its own manner, or the same bytes each time. */
const contentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('properties'), behaviours: behaviours.refine(all => Object.keys(all).length > 0, 'expected at least one property') }),
  z.strictObject({ kind: z.literal('event'), event: identifier, behaviours }),
  z.strictObject({ kind: z.literal('publish'), topic, payloadBase64, qos }),
])
export type PolicyContent = z.output<typeof contentSchema>

const whenSchema = z.discriminatedUnion('kind', [
  /** One message at that instant, epoch milliseconds. */
  z.strictObject({ kind: z.literal('once'), at: z.int().min(0) }),
  /** The first at once, then one every so often; without a duration until it is stopped. */
  z.strictObject({ kind: z.literal('every'), intervalMs: z.int().min(limits.seatIntervalMsMin).max(24 * 3600_000), durationMs: z.int().min(1).max(366 * 24 * 3600_000).nullable().default(null) }),
])
export type PolicyWhen = z.output<typeof whenSchema>

/** Rules of the cloud that something goes beyond, which hold only while the cloud's limits are applied. */
export const cloudRules = ['interval', 'span', 'policies', 'custom-format'] as const
export type CloudRule = (typeof cloudRules)[number]

/** `missed`: its instant passed while the device was not online. */
export type PolicyState = 'running' | 'paused' | 'ended' | 'missed'

export interface PushPolicy {
  policyId: string
  content: PolicyContent
  when: PolicyWhen
  state: PolicyState
  /** When it began, or was set for a single message. */
  startedAt: number
  /** Null when it has no end. */
  endsAt: number | null
  /** Null when nothing more comes. */
  nextAt: number | null
  sent: number
  /** Messages that fell due while the device was not online, or its connection was full. */
  skipped: number
  /** Messages that the platform answered with another code than 200, and the last of those answers. */
  refused: number
  problem: string | null
}

/** What the platform made of a message of a simulated device. */
export interface SeatReport {
  /** The id that the message carries; null for a message that has none. */
  messageId: string | null
  topic: string
  payloadBase64: string
  qos: 0 | 1
  sentAt: number
  /** Milliseconds until the PUBACK came; null for QoS 0, or when none has come. */
  acknowledgedMs: number | null
  /** The platform's answer; null when none came in time, or none belongs to it. */
  reply: { code: number, message: string, elapsedMs: number } | null
  /** What the thing model has against it, when it was sent anyway. */
  issues: ValidationIssue[]
}

export interface SeatRequest {
  requestNo: number
  at: number
  /** When the platform gives up waiting for a synchronous answer. */
  dueAt: number
  topic: string
  kind: 'set' | 'get' | 'service' | 'raw'
  /** The service that is called; empty for the others. */
  service: string
  params: JsonValue
  payloadBase64: string
  /** `left`: the request was put aside without an answer. */
  state: 'pending' | 'answered' | 'left'
  answer: { code: number | null, data: JsonValue, at: number } | null
}

export interface SeatMessage {
  messageNo: number
  at: number
  topic: string
  qos: 0 | 1
  payloadBase64: string
  /** The request it is, if it is one. */
  requestNo: number | null
}

export interface SeatSubscription {
  filter: string
  qos: 0 | 1
  /** What the broker granted; 128 is a refusal; null while the device is not online. */
  granted: number | null
}

export interface Seat {
  productKey: string
  deviceName: string
  state: SeatState
  /** Since when. */
  stateAt: number
  /** Why it is not online, a sentence. */
  problem: string | null
  swap: SeatSwap | null
  /** Why it cannot be started just like that; null when it can. */
  obstacle: SeatObstacle | null
  /** Take the seat again by itself when the other one has left. */
  returns: boolean
  answers: SeatAnswers
  /** What the device believes its properties are. */
  values: JsonObject
  subscriptions: SeatSubscription[]
  policies: PushPolicy[]
  requests: SeatRequest[]
  sent: number
  received: number
  /** What of it the cloud would not do. */
  beyondCloud: CloudRule[]
}

export interface SeatObstacle {
  reason: 'online' | 'disabled' | 'custom-format' | 'no-listener'
  message: string
  /** It can be started nevertheless with `takeOver`. */
  canTakeOver: boolean
}

/** A seat in a list. */
export type SeatSummary = Pick<Seat, 'productKey' | 'deviceName' | 'state' | 'stateAt' | 'problem' | 'swap' | 'sent' | 'received'> & { policies: number, pendingRequests: number }

export interface SeatLive {
  seat: Seat
  /** Messages that have come since the last item; at first those that are kept. */
  messages: SeatMessage[]
}

const anyway = z.boolean().default(false)
const policyId = z.string().min(1).max(40)

export const deviceSimulationMethods = {
  'deviceSimulation.list': method({
    about: 'Devices that are simulated from the console, or were and still have push policies.',
    input: z.strictObject({}),
    output: type<{ seats: SeatSummary[] }>(),
  }),
  'deviceSimulation.get': method({
    about: 'A device as the console simulates it, and why it cannot be at the moment.',
    input: z.strictObject(identity),
    output: type<Seat>(),
  }),
  'deviceSimulation.start': method({
    about: 'Connects as a device that is not online; with takeOver also as one that is, which is thrown out by it. Resolves when the platform has let it in.',
    input: z.strictObject({ ...identity, takeOver: z.boolean().default(false) }),
    output: type<Seat>(),
  }),
  'deviceSimulation.stop': method({
    about: 'Disconnects a simulated device; its push policies wait for its next start.',
    input: z.strictObject(identity),
    output: type<Seat>(),
  }),
  'deviceSimulation.forget': method({
    about: 'Disconnects a simulated device and forgets its push policies, subscriptions and answers.',
    input: z.strictObject(identity),
    output: type<null>(),
  }),
  'deviceSimulation.configure': method({
    about: 'Changes how a simulated device answers commands, and whether it comes back by itself after a real one has left.',
    input: z.strictObject({ ...identity, returns: z.boolean().optional(), answers: answersSchema.partial().optional() }),
    output: type<Seat>(),
  }),
  'deviceSimulation.postProperties': method({
    about: 'Reports properties as a simulated device and waits for the answer; values that do not fit the thing model are refused before they are sent, unless they are to be sent anyway.',
    input: z.strictObject({ ...identity, properties: values.refine(all => Object.keys(all).length > 0, 'expected at least one property'), qos: qos.default(1), anyway }),
    output: type<SeatReport>(),
  }),
  'deviceSimulation.postEvent': method({
    about: 'Reports an event as a simulated device and waits for the answer; checked as properties are.',
    input: z.strictObject({ ...identity, event: identifier, params: values, qos: qos.default(1), anyway }),
    output: type<SeatReport>(),
  }),
  'deviceSimulation.publish': method({
    about: 'Publishes any bytes on any topic as a simulated device. The platform keeps no retained messages, so those are refused.',
    input: z.strictObject({ ...identity, topic, payloadBase64, qos: qos.default(0), retain: z.boolean().default(false) }),
    output: type<SeatReport>(),
  }),
  'deviceSimulation.subscribe': method({
    about: 'Subscribes a simulated device to a topic filter, now and at each of its starts.',
    input: z.strictObject({ ...identity, filter: topic, qos: qos.default(1) }),
    output: type<SeatSubscription>(),
  }),
  'deviceSimulation.unsubscribe': method({
    about: 'Ends a subscription of a simulated device.',
    input: z.strictObject({ ...identity, filter: topic }),
    output: type<null>(),
  }),
  'deviceSimulation.inbox': method({
    about: 'What a simulated device has received, newest first: all but the answers to its own messages.',
    input: z.strictObject({ ...identity, limit: z.int().min(1).max(limits.seatMessagesMax).default(100) }),
    output: type<{ messages: SeatMessage[] }>(),
  }),
  'deviceSimulation.answer': method({
    about: 'Answers a request that a simulated device has received, with a code and data, or with bytes.',
    input: z.strictObject({ ...identity, requestNo: z.int().min(1), code: code.default(200), data: z.json().default({}), payloadBase64: payloadBase64.optional() }),
    output: type<SeatRequest>(),
  }),
  'deviceSimulation.leave': method({
    about: 'Puts a request aside without an answer.',
    input: z.strictObject({ ...identity, requestNo: z.int().min(1) }),
    output: type<SeatRequest>(),
  }),
  'deviceSimulation.setPolicy': method({
    about: 'Adds a push policy to a device, or changes one; with the cloud\'s limits it replaces the one there is.',
    input: z.strictObject({ ...identity, policyId: policyId.optional(), content: contentSchema, when: whenSchema, anyway }),
    output: type<{ policy: PushPolicy, replaced: number, beyondCloud: CloudRule[] }>(),
  }),
  'deviceSimulation.pausePolicy': method({
    about: 'Pauses a push policy, or lets it go on.',
    input: z.strictObject({ ...identity, policyId, paused: z.boolean() }),
    output: type<PushPolicy>(),
  }),
  'deviceSimulation.removePolicy': method({
    about: 'Ends and forgets a push policy.',
    input: z.strictObject({ ...identity, policyId }),
    output: type<null>(),
  }),
}

export const deviceSimulationStreams = {
  'deviceSimulation.watch': stream({
    about: 'A simulated device and what it receives, at most 10 times a second. While the cloud\'s limits are applied, the device stops when nobody watches any more.',
    input: z.strictObject(identity),
    item: type<SeatLive>(),
  }),
}

/** How a device answers that nobody has told anything. */
export const defaultAnswers: SeatAnswers = { mode: 'automatic', refuseCode: 400, services: {} }
