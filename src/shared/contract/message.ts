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

/** What became of a message: see `code` and `message` for why it did not arrive. */
export const deliveryOutcomes = ['sent', 'queued', 'offline', 'unsubscribed', 'dropped', 'throttled'] as const
export type DeliveryOutcome = (typeof deliveryOutcomes)[number]

/** A message to one device as the platform took it. */
export interface PublishReport {
  messageId: string
  /** Id of its row in the trace; 0 when the trace had no room. */
  traceId: number
  /** `queued`: it waits for the device; the others say why the device does not get it. */
  outcome: DeliveryOutcome
  /** 200, or the platform's code: 9200 never activated, 9201 offline or not subscribed, 1901 congested, 9324 too many in a second, 6208 disabled. */
  code: number
  message: string
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
      ...payload,
      qos: z.union([z.literal(0), z.literal(1)]).default(0),
    }).refine(hasOnePayload, onePayload),
    output: type<PublishReport>(),
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
