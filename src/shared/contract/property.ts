import type { JsonValue } from '../json.ts'
import type { DataTypeName } from '../thing-model/types.ts'
import type { DesiredValue } from './desired.ts'
import type { HistoryBuckets, LatestValue } from './device.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { timeOrders } from './event.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const name = z.string().min(1).max(128)

/** A property of a device's thing model with what is known of it. */
export interface DeviceProperty {
  /** Identifier on the wire, with `{block}:` in front in a custom module. */
  property: string
  /** The custom module that it belongs to; empty for the default one. */
  functionBlockId: string
  name: string
  dataType: DataTypeName
  /** Empty when it has none. */
  unit: string
  /** Null when the device has not reported it. */
  latest: LatestValue | null
  /** Null when none was ever set. */
  desired: DesiredValue | null
}

/** A value that a device reported, and when it had it. */
export interface PropertyPoint { value: JsonValue, at: number }

export const propertyMethods = {
  'device.memberHistory': method({
    about: 'One number inside a struct property over time, reduced to at most `buckets` points.',
    input: z.strictObject({
      ...identity,
      property: name,
      /** The way to it, from the outer struct to the inner one. */
      members: z.array(name).min(1).max(8),
      fromAt: z.number(),
      toAt: z.number(),
      buckets: z.int().min(1).max(10_000).default(1_000),
    }),
    output: type<HistoryBuckets>(),
  }),
  'device.properties': method({
    about: 'The properties of a device by its thing model, each with its latest and its desired value.',
    input: z.strictObject(identity),
    output: type<DeviceProperty[]>(),
  }),
  'device.propertyPoints': method({
    about: 'Single values of properties over time, of every data type, as they passed the check; a page ends between two milliseconds, so that its end alone tells where to go on.',
    input: z.strictObject({
      ...identity,
      properties: z.array(name).min(1).max(10),
      /** Both ends included. */
      fromAt: z.number(),
      toAt: z.number(),
      /** Which come first. */
      order: z.enum(timeOrders).default('newest'),
      /** Values of each property; fewer when more of them share a millisecond, more when a single millisecond has more. */
      limit: z.int().min(1).max(1_000).default(100),
    }),
    output: type<{
      /** In the order asked for. */
      properties: { property: string, points: PropertyPoint[] }[]
      /** Where the next page of all properties begins: the next `toAt` with the newest first, otherwise the next `fromAt`; null after the last one. */
      nextAt: number | null
    }>(),
  }),
}
