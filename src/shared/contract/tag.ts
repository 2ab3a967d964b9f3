import type { TagDomain } from '../alink/tag.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const key = z.string().min(1).max(limits.tagKeyCharsKeptMax)

/** A tag of a device. */
export interface DeviceTag {
  key: string
  value: string
  /** `SYSTEM` for what the device's SDK says about itself (`SYS_LP_SDK_VERSION` …), `USER` for all others. */
  domain: TagDomain
  /** When it was last set. */
  at: number
}

export const tagMethods = {
  'tag.list': method({
    about: 'The tags of a device in order of their keys, those of its SDK after those of the user.',
    input: z.strictObject(identity),
    output: type<{ tags: DeviceTag[] }>(),
  }),
  'tag.set': method({
    about: 'Sets tags of a device and leaves its other tags as they are.',
    input: z.strictObject({
      ...identity,
      tags: z.record(key, z.string().min(1).max(limits.tagValueCharsKeptMax)).refine(tags => Object.keys(tags).length > 0, 'expected at least one tag'),
    }),
    output: type<{ tags: DeviceTag[] }>(),
  }),
  'tag.delete': method({
    about: 'Deletes tags of a device; keys that it has not are passed over.',
    input: z.strictObject({ ...identity, keys: z.array(key).min(1).max(limits.tagsKeptPerDeviceMax) }),
    output: type<{ tags: DeviceTag[] }>(),
  }),
}
