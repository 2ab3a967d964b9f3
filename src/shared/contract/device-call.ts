import type { JsonObject, JsonValue } from '../json.ts'
import type { LatestValue } from './device.ts'
import type { ListPosition } from './event.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { timeListInput } from './event.ts'
import { messagePropertiesSchema } from './message.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const rrpcRequest = {
  ...identity,
  payloadBase64: z.base64().max(Math.ceil(limits.payloadBytesMax * 4 / 3) + 4),
  /** A topic that begins with `/`, such as `/PRODUCT_KEY/DEVICE_NAME/user/get`; without it the system topic. */
  topic: z.string().regex(/^\/[^+#]+$/, 'expected a topic that begins with "/" and has no wildcard').max(limits.topicBytesMax).optional(),
  /** Told to devices that speak MQTT 5. */
  contentType: messagePropertiesSchema.shape.contentType,
}
const jsonObject = z.record(z.string().min(1).max(128), z.json())
/** How long the answer is waited for. */
const timeoutMs = z.int().min(0).max(limits.callTimeoutMsMax)

const properties = jsonObject.refine(values => Object.keys(values).length > 0, 'expected at least one property')
/** Of the command; requests and answers of synchronous services always have 0. */
const qos = z.union([z.literal(0), z.literal(1)]).default(1)
/** Sent although it breaks the thing model, for finding out what firmware does with such a thing; the trace says so. */
const unchecked = z.boolean().default(false)
const deviceNames = z.array(deviceNameSchema).min(1).max(limits.devicesPerCommandMax)

/** What became of one command to many devices. */
export interface ManyReport {
  sent: { deviceName: string, messageId: string, traceId: number }[]
  /** Devices that take no command now, with the platform's code. */
  failed: { deviceName: string, code: number, message: string }[]
}

/** What became of a command to a device. */
export interface CallReport {
  /** The id that the device saw. */
  messageId: string
  /** Id of the command's row in the trace; the answer is in the same journey. 0 when the trace had no room. */
  traceId: number
  /** 200, what the device answered, or what the platform found wrong with the answer; null when none has come yet. */
  code: number | null
  message: string
  /** What the device returned. */
  data: JsonValue
  /** Milliseconds from the command to the answer; null when none has come. */
  elapsedMs: number | null
}

/** A service call as the history keeps it. */
export interface ServiceCall {
  callId: number
  messageId: string
  service: string
  /** By the thing model as it is now; empty when the service is no longer in it. */
  name: string
  callType: 'async' | 'sync'
  input: JsonObject
  /** Null until the device answers. */
  output: JsonValue
  /** As in {@link CallReport}; 1905 when no answer came in time. */
  code: number | null
  message: string
  at: number
  repliedAt: number | null
  traceId: number
}

export const deviceCallMethods = {
  'device.setProperties': method({
    about: 'Sends property values to a device and waits for its answer; with timeoutMs 0 it does not wait.',
    input: z.strictObject({
      ...identity,
      properties,
      timeoutMs: timeoutMs.default(limits.callTimeoutMs),
      qos,
      unchecked,
    }),
    output: type<CallReport>(),
  }),
  'device.setPropertiesOfMany': method({
    about: 'Sends property values to several devices of a product and does not wait for their answers.',
    input: z.strictObject({ productKey: productKeySchema, deviceNames, properties, qos }),
    output: type<ManyReport>(),
  }),
  'device.getProperties': method({
    about: 'The newest values of some or all properties, as stored; with `ask` the device is asked first, and what is stored is given when it does not answer.',
    input: z.strictObject({
      ...identity,
      /** All when left out. */
      properties: z.array(z.string().min(1).max(128)).min(1).max(limits.propertiesPerPostMax).optional(),
      ask: z.boolean().default(false),
      timeoutMs: timeoutMs.min(1).default(limits.callTimeoutMs),
    }),
    output: type<{
      values: Record<string, LatestValue>
      source: 'device' | 'stored'
      /** 200; or why the device was not or could not be asked: 9200, 9201, 6208, 1905, what it answered. */
      code: number
      message: string
    }>(),
  }),
  'device.invokeService': method({
    about: 'Calls a service of a device: a synchronous one is answered within the call, an asynchronous one when the device has done it.',
    input: z.strictObject({
      ...identity,
      /** Identifier on the wire, with `{block}:` in front in a custom module. */
      service: z.string().min(1).max(128),
      input: jsonObject.default({}),
      /** Synchronous: how long the device may take. Asynchronous: how long the caller wants to wait; none by default. */
      timeoutMs: timeoutMs.optional(),
      qos,
      /** The service itself has to be in the thing model all the same. */
      unchecked,
    }),
    output: type<CallReport>(),
  }),
  'device.invokeServiceOfMany': method({
    about: 'Calls a service of several devices of a product and does not wait for them; their answers are kept with the calls.',
    input: z.strictObject({ productKey: productKeySchema, deviceNames, service: z.string().min(1).max(128), input: jsonObject.default({}), qos }),
    output: type<ManyReport>(),
  }),
  'device.rrpc': method({
    about: 'Sends bytes to a device and returns the bytes it answers with (RRPC), on the system topic or on one of its own.',
    input: z.strictObject({ ...rrpcRequest, timeoutMs: timeoutMs.min(1).default(limits.callTimeoutMs) }),
    /**
     * `rowId` is the request's own row in the trace. A failure that comes after the request was sent has `messageId`, `traceId`,
     * `rowId` and `isHalfOpen` in its details: whether the connection ended meanwhile.
     */
    output: type<{ messageId: string, traceId: number, rowId: number, payloadBase64: string, elapsedMs: number }>(),
  }),
  'device.rrpcAsync': method({
    about: 'Sends bytes to a device as device.rrpc does and does not wait; the answer is in the trace when it comes, in the journey of the request.',
    input: z.strictObject({
      ...rrpcRequest,
      /** Kept with the request. */
      note: z.string().max(limits.messagePropertyCharsMax).optional(),
    }),
    output: type<{ messageId: string, traceId: number, rowId: number }>(),
  }),
  'serviceCall.list': method({
    about: 'Service calls of a device, in order of time, a page at a time.',
    input: z.strictObject({
      ...identity,
      service: z.string().min(1).max(128).optional(),
      ...timeListInput,
    }),
    output: type<{ calls: ServiceCall[], next: ListPosition | null }>(),
  }),
}
