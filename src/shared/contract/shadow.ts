import type { Shadow } from '../alink/shadow.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const attribute = z.string().min(1).max(256)

export const shadowMethods = {
  'shadow.get': method({
    about: 'The shadow of a device: what it reported, what is desired of it, when each attribute was written (epoch seconds), and the version.',
    input: z.strictObject(identity),
    output: type<{ shadow: Shadow }>(),
  }),
  'shadow.update': method({
    about: 'Writes the desired side of a device\'s shadow, null to delete an attribute; a device that is online is told at once, another one when it comes back.',
    input: z.strictObject({
      ...identity,
      desired: z.record(attribute, z.json()),
      /** Greater than the present version; 0: whatever it is, the next. */
      version: z.int().min(0).default(0),
      /** Write only these attributes; without it they replace the whole desired side. */
      delta: z.boolean().default(false),
    }),
    output: type<{
      shadow: Shadow
      /** The device was told. */
      isSent: boolean
    }>(),
  }),
  'shadow.delete': method({
    about: 'Deletes a device\'s shadow: everything, one side of it, or some attributes; the device is not told.',
    input: z.strictObject({
      ...identity,
      /** Both when left out. */
      side: z.enum(['reported', 'desired']).optional(),
      /** All when left out. */
      attributes: z.array(attribute).min(1).max(1_000).optional(),
    }),
    output: type<{ shadow: Shadow }>(),
  }),
}
