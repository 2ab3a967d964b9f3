import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** What is sent: text, or any bytes. */
const payload = {
  text: z.string().max(limits.payloadBytesMax).optional(),
  payloadBase64: z.base64().max(Math.ceil(limits.payloadBytesMax * 4 / 3) + 4).optional(),
}
const hasOnePayload = (input: { text?: string | undefined, payloadBase64?: string | undefined }): boolean => (input.text === undefined) !== (input.payloadBase64 === undefined)
const onePayload = { message: 'expected either text or payloadBase64', path: ['text'] }

const propertyText = z.string().min(1).max(limits.messagePropertyCharsMax).refine(written => !written.includes('\0'), 'expected no U+0000')
const topicWithoutWildcards = propertyText.regex(/^[^+#]+$/, 'expected a topic without wildcards')

/** What a message carries besides its payload to a device that speaks MQTT 5; other devices cannot be told. */
export const messagePropertiesSchema = z.strictObject({
  /** 0: any bytes; 1: text in UTF-8. */
  payloadFormat: z.union([z.literal(0), z.literal(1)]).optional(),
  contentType: propertyText.optional(),
  responseTopic: topicWithoutWildcards.optional(),
  /** Text, sent in UTF-8. */
  correlationData: propertyText.optional(),
  /** Keys may repeat. */
  userProperties: z.array(z.strictObject({ key: propertyText, value: propertyText.or(z.literal('')) })).max(limits.userPropertiesMax).optional(),
})
export type MessageProperties = z.output<typeof messagePropertiesSchema>

/** How a message to one device, or to several, is sent. */
const sending = {
  ...payload,
  qos: z.union([z.literal(0), z.literal(1)]).default(0),
  properties: messagePropertiesSchema.optional(),
  /** Seconds for which a device that is away may still be interested, and which MQTT 5 devices are told. */
  expirySec: z.int().min(1).max(0xFFFF_FFFF).optional(),
}

/** What became of a message: see `code` and `message` for why it did not arrive. */
export const deliveryOutcomes = ['sent', 'queued', 'offline', 'unsubscribed', 'dropped', 'throttled'] as const
export type DeliveryOutcome = (typeof deliveryOutcomes)[number]

/** A message to one device as the platform took it. */
export interface PublishReport {
  /** Under which `message.get` and the log find it. */
  messageId: string
  /** Id of its row in the trace; 0 when the trace had no room. */
  traceId: number
  /** `queued`: it waits for the device; the others say why the device does not get it. */
  outcome: DeliveryOutcome
  /** 200, or the platform's code: 9200 never activated, 9201 offline or not subscribed, 1901 congested, 9324 too many in a second, 6208 disabled. */
  code: number
  message: string
}

/** A message as the trace keeps it. */
export interface KeptMessage {
  messageId: string
  /** Of its row in the trace. */
  traceId: number
  /** Epoch milliseconds. */
  at: number
  direction: 'up' | 'down'
  /** Empty when the device is gone or the message was nobody's. */
  productKey: string
  deviceName: string
  topic: string
  payload: Uint8Array
  /** As in the trace; null for a message without a verdict. */
  code: number | null
}

/** A broadcast that is over. */
export interface BroadcastReport {
  messageId: string
  /** Id of its record in the trace; the messages to the devices are in the same journey. */
  traceId: number
  /** Devices it was meant for: those online, or those that have subscribed. */
  deviceCount: number
  /** Devices it was sent to. */
  reachedCount: number
}

export const messageMethods = {
  'device.publish': method({
    about: 'Sends a message to a device on one of its custom topics; with QoS 1 it waits for a device whose session is kept.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** The whole topic, or what follows `/PRODUCT_KEY/DEVICE_NAME/`, such as `user/get`. */
      topic: z.string().min(1).max(limits.topicBytesMax),
      ...sending,
    }).refine(hasOnePayload, onePayload),
    output: type<PublishReport>(),
  }),
  'device.publishBatch': method({
    about: 'Sends a message to several devices of a product, to each on its own custom topic; one that does not exist or may not receive there stops all.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceNames: z.array(deviceNameSchema).min(1).max(limits.devicesPerPublishMax),
      /** What follows `/PRODUCT_KEY/DEVICE_NAME/`, or the whole topic with `${productKey}` and `${deviceName}` in the place of the names. */
      topic: z.string().min(1).max(limits.topicBytesMax),
      ...sending,
    }).refine(hasOnePayload, onePayload),
    /** In the order of the names. */
    output: type<PublishReport[]>(),
  }),
  'message.get': method({
    about: 'A message by the id that the platform gave it: when it came or was sent, on which topic, and its payload.',
    input: z.strictObject({ messageId: z.string().min(1).max(64) }),
    output: type<KeptMessage>(),
  }),
  'broadcast.send': method({
    about: 'Sends a message to all devices of a product that are online, or to those that have subscribed to a broadcast topic.',
    input: z.strictObject({
      productKey: productKeySchema,
      /** `/broadcast/PRODUCT_KEY/…`, or only what follows; without it every device that is online gets the message. */
      topic: z.string().min(1).max(limits.topicBytesMax).optional(),
      ...payload,
    }).refine(hasOnePayload, onePayload),
    output: type<BroadcastReport>(),
  }),
}
