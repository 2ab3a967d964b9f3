import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const topics = z.array(z.string().min(1).max(limits.topicBytesMax)).min(1).max(limits.subscriptionsPerDeviceMax)

/** A subscription of a device. */
export interface Subscription {
  /** A topic, or a filter with wildcards. */
  topic: string
  /** Epoch milliseconds; null for one that is older than the platform's notes of it. */
  subscribedAt: number | null
  /** Who made it: the device, for as long as its session lasts, or the platform, until it ends it. */
  by: 'device' | 'platform'
}

export const subscriptionMethods = {
  'subscription.list': method({
    about: 'What a device is subscribed to: what it asked for itself, and what the platform has subscribed it to.',
    input: z.strictObject(identity),
    output: type<{ subscriptions: Subscription[] }>(),
  }),
  'subscription.add': method({
    about: 'Subscribes a device to topics without its doing, all or none; they are the device\'s until they are ended, whatever sessions it has.',
    input: z.strictObject({ ...identity, topics }),
    output: type<{ subscriptions: Subscription[] }>(),
  }),
  'subscription.remove': method({
    about: 'Ends subscriptions of a device, whoever made them; `missing` are the topics that it was not subscribed to.',
    input: z.strictObject({ ...identity, topics }),
    output: type<{ removed: string[], missing: string[] }>(),
  }),
}
