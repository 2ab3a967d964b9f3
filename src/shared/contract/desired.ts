import type { JsonValue } from '../json.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const name = z.string().min(1).max(128)

/** What a property of a device shall be. */
export interface DesiredValue {
  /** Null when it was deleted; its version goes on. */
  value: JsonValue
  /** Grows by one with every set. */
  version: number
  /** When it was last set or deleted. */
  at: number
}

export const desiredMethods = {
  'device.desired': method({
    about: 'The desired values of a device with their versions.',
    input: z.strictObject(identity),
    output: type<{ desired: Record<string, DesiredValue> }>(),
  }),
  'device.setDesired': method({
    about: 'Sets desired values, null to delete one; a device that is online gets them at once, another one fetches them when it comes back.',
    input: z.strictObject({
      ...identity,
      properties: z.record(name, z.json()).refine(values => Object.keys(values).length > 0, 'expected at least one property'),
      /** Set only if these are the present versions; 0 for one that was never set. */
      versions: z.record(name, z.int().min(0)).default({}),
    }),
    output: type<{
      versions: Record<string, number>
      /** The id of the command that brought them to the device; null when it was not online. */
      messageId: string | null
    }>(),
  }),
}
