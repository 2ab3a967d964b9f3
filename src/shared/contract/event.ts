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
  type: EventType
  /** What the device said, without what did not pass the check. */
  output: JsonObject
  /** When it happened, epoch milliseconds: the reported time, or that of arrival. */
  at: number
  receivedAt: number
}

/** Where a page of a list in order of time ended: pass it as `before` to go on. */
export const listPositionSchema = z.strictObject({ at: z.number(), id: z.number() })
export type ListPosition = z.output<typeof listPositionSchema>

export const eventMethods = {
  'event.list': method({
    about: 'Events that a device reported, newest first, a page at a time.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** An exact event. */
      event: z.string().min(1).max(128).optional(),
      type: z.enum(eventTypes).optional(),
      /** When they happened, both ends included. */
      fromAt: z.number().optional(),
      toAt: z.number().optional(),
      before: listPositionSchema.optional(),
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{ events: DeviceEvent[], next: ListPosition | null }>(),
  }),
}
