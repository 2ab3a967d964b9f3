import type { DeviceState } from './device.ts'
import { z } from 'zod'
import { isLongerThan } from '../alink/utf8.ts'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** A saved configuration of a product, without its text. */
export interface ConfigVersion {
  /** 1 for the first one that was saved, and one more each time. */
  version: number
  /** What devices know it by. */
  configId: string
  /** Bytes of UTF-8. */
  size: number
  /** SHA-256 as hex digits. */
  sign: string
  savedAt: number
}

/** How many devices of a product are where. */
export interface ConfigCounts {
  devices: number
  online: number
  /** Devices that have fetched the newest version, or any. */
  fetchedNewest: number
  fetchedAny: number
  /** Devices that the newest version was pushed to, and those of them that have answered. */
  pushedNewest: number
  answeredNewest: number
}

/** The remote configuration of a product. */
export interface RemoteConfig {
  isEnabled: boolean
  /** What devices get; null before the first save. */
  current: ConfigVersion | null
  /** Earlier ones that are kept, newest first. */
  earlier: ConfigVersion[]
  /** The last push to all devices. */
  lastPush: { version: number, at: number, sentCount: number, onlineCount: number, deviceCount: number } | null
  /** Until when the cloud's limits allow no other push to all; null without them, or when one is allowed. */
  nextPushAt: number | null
  /** Whether the newest version is, byte for byte, what was pushed last. */
  isPushed: boolean
  counts: ConfigCounts
}

/** How far a device has come with the configurations of its product; null for what has not happened. */
export interface ConfigDevice {
  deviceName: string
  state: DeviceState
  pushed: { version: number, at: number } | null
  /** What the device has answered to the last push: its code. */
  answered: { code: number, at: number } | null
  askedAt: number | null
  /** The last version that the device has downloaded to its end. */
  fetched: { version: number, at: number } | null
}

/** A push: `messageCount` devices were sent it. */
export interface ConfigPush {
  version: number
  /** The row of the push in the trace; 0 when the trace had no room. */
  traceId: number
  deviceCount: number
  onlineCount: number
  sentCount: number
}

const productKey = productKeySchema
const text = z.string().refine(value => !isLongerThan(value, limits.configBytesKeptMax), `expected at most ${limits.configBytesKeptMax} bytes of configuration`)

export const remoteConfigMethods = {
  'remoteConfig.get': method({
    about: 'The remote configuration of a product: its switch, its versions, its last push and how many devices have fetched it.',
    input: z.strictObject({ productKey }),
    output: type<RemoteConfig>(),
  }),
  'remoteConfig.setEnabled': method({
    about: 'Switches remote configuration of a product on or off; off ends a running push, and requests of devices are refused (6713).',
    input: z.strictObject({ productKey, enabled: z.boolean() }),
    output: type<RemoteConfig>(),
  }),
  'remoteConfig.save': method({
    about: 'Saves a text as the newest configuration, which devices that ask get from then on; a text that is no JSON is refused with line and column.',
    input: z.strictObject({ productKey, text }),
    output: type<RemoteConfig>(),
  }),
  'remoteConfig.version': method({
    about: 'A saved configuration with its text; the newest one without a number.',
    input: z.strictObject({ productKey, version: z.int().min(1).optional() }),
    output: type<ConfigVersion & { text: string }>(),
  }),
  'remoteConfig.push': method({
    about: 'Sends the newest configuration to the devices of a product that are online: to all as the cloud does, or to chosen ones, which only exists here.',
    input: z.strictObject({
      productKey,
      /** Without it: all devices of the product. */
      deviceNames: z.array(deviceNameSchema).min(1).max(limits.devicesPerConfigPushMax).optional(),
      /** Push what was pushed last once more; the cloud never does. */
      again: z.boolean().default(false),
    }),
    output: type<ConfigPush>(),
  }),
  'remoteConfig.devices': method({
    about: 'Devices of a product that were pushed a configuration, have asked for one or have fetched one, the latest first, a page at a time.',
    input: z.strictObject({ productKey, offset: z.int().min(0).default(0), limit: z.int().min(1).max(1_000).default(100) }),
    output: type<{ devices: ConfigDevice[], total: number }>(),
  }),
}

export const remoteConfigStreams = {
  'remoteConfig.watch': stream({
    about: 'The counts of a product\'s remote configuration, at first and whenever something has changed.',
    input: z.strictObject({ productKey }),
    item: type<ConfigCounts>(),
  }),
}
