import type { JsonObject } from '../json.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

export const eventTypes = ['info', 'alert', 'error'] as const
/** How serious an event is, by the thing model. */
export type EventType = (typeof eventTypes)[number]

/** An event that a device reported. */
export interface DeviceEvent {
  /** Grows with arrival. */
  eventId: number
  /** Identifier on the wire, with `{block}:` in front in a custom module. */
  event: string
  /** By the thing model as it is now; empty when the event is no longer in it. */
  name: string
  type: EventType
  /** What the device said, without what did not pass the check. */
  output: JsonObject
  /** When it happened, epoch milliseconds: the reported time, or that of arrival. */
  at: number
  receivedAt: number
}

/** Where a page of a list in order of time ended: pass it as `before` to go on, or as `after` when the oldest come first. */
export const listPositionSchema = z.strictObject({ at: z.number(), id: z.number() })
export type ListPosition = z.output<typeof listPositionSchema>

export const timeOrders = ['newest', 'oldest'] as const

/** How the lists in order of time are asked for. */
export const timeListInput = {
  /** When it happened, both ends included. */
  fromAt: z.number().optional(),
  toAt: z.number().optional(),
  /** Which come first. */
  order: z.enum(timeOrders).default('newest'),
  /** Newest first: where to go on. */
  before: listPositionSchema.optional(),
  /** Oldest first: where to go on. */
  after: listPositionSchema.optional(),
  /** Ends a page between two milliseconds, so that `at` of its end alone tells where to go on; such a page can have fewer elements than `limit`, and more when a single millisecond has more. */
  wholeInstants: z.boolean().default(false),
  limit: z.int().min(1).max(1_000).default(100),
}

export const eventMethods = {
  'event.list': method({
    about: 'Events that a device reported, in order of time, a page at a time.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** An exact event. */
      event: z.string().min(1).max(128).optional(),
      type: z.enum(eventTypes).optional(),
      ...timeListInput,
    }),
    output: type<{ events: DeviceEvent[], next: ListPosition | null }>(),
  }),
}
