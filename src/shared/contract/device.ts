import type { JsonValue } from '../json.ts'
import { z } from 'zod'
import { charCount } from '../char-count.ts'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** Platform rule: 4 to 32 letters, digits, `-` `_` `@` `.` `:`. */
export const deviceNameSchema = z.string().regex(/^[\w\-@.:]{4,32}$/, 'expected 4 to 32 letters, digits, or - _ @ . :')
/** Platform rule: 4 to 64 characters, a Chinese one counted twice; empty for none. */
export const nicknameSchema = z.string()
  .regex(/^\P{Cc}*$/u, 'expected no control characters')
  .refine(text => text === '' || (charCount(text) >= 4 && charCount(text) <= 64), 'expected 4 to 64 characters, a Chinese one counted twice')
export const deviceStates = [
  'UNACTIVE',
  'ONLINE',
  'OFFLINE',
  'DISABLE',
] as const
export type DeviceState = (typeof deviceStates)[number]

/** The certificate a device proves its identity with. */
export interface DeviceCertificate { productKey: string, deviceName: string, deviceSecret: string }

/** Product key and name, which together identify a device. */
export interface DeviceIdentity { productKey: string, deviceName: string }

export interface DeviceSummary {
  productKey: string
  deviceName: string
  iotId: string
  /** What people call it besides its name; empty when nobody has given it a nickname. */
  nickname: string
  state: DeviceState
  /** Since when it has been in that state. */
  stateAt: number
  /** Made by a fleet of this workspace. */
  simulated: boolean
  createdAt: number
  /** When it was last made, renamed, reset, disabled or enabled. */
  modifiedAt: number
  activatedAt: number | null
  lastOnlineAt: number | null
  lastOfflineAt: number | null
}

/** A device in a list, with its secret where that was asked for. */
export interface ListedDevice extends DeviceSummary { deviceSecret?: string }

/** A device that a statement has found, with what the statement may ask for besides. */
export interface SelectedDevice extends DeviceSummary {
  /** Ids of the groups that it was put into. */
  groups: string[]
  tags: { key: string, value: string }[]
  versions: DeviceVersion[]
}

export interface LatestValue { value: JsonValue, time: number }

export interface DeviceConnection {
  connectedAt: number
  remoteAddress: string
  clientId: string
  protocolVersion: 3 | 4 | 5
  transport: 'tcp' | 'websocket' | 'tls' | 'in-process'
  keepaliveSec: number
  clean: boolean
  /** Simulated from the console (`seat`), by a fleet or by a replay, as it says of itself; null for a real device. */
  simulated: 'seat' | 'fleet' | 'replay' | null
  /** Whose connection it is when the device is logged in through a gateway; null for its own. */
  gateway: DeviceIdentity | null
}

/** The version that a module of a device reported last. */
export interface DeviceVersion {
  /** `default` is the firmware of the device itself. */
  module: string
  version: string
  reportedAt: number
}

export interface Device extends DeviceSummary {
  deviceSecret: string
  /** The live connection, null while offline. */
  connection: DeviceConnection | null
  /** The gateway that the device is a sub-device of; null when it is none. */
  gateway: DeviceIdentity | null
  properties: Record<string, LatestValue>
  /** What the device has reported of its modules, its firmware first. */
  versions: DeviceVersion[]
  /** Why the last connection ended or was refused; null when nothing went wrong. */
  lastProblem: { at: number, code: number, message: string } | null
}

/** Aggregates of a property in equal buckets; buckets without points are absent, so gaps show as gaps. */
export interface HistoryBuckets {
  /** Start of each bucket, epoch milliseconds. */
  at: Float64Array
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  last: Float64Array
  count: Float64Array
  points: number
  bucketMs: number
}

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }

export const deviceMethods = {
  'device.list': method({
    about: 'Devices in order of product and name or the newest first, a page at a time.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      /** Part of a device name or a nickname, any case. */
      search: z.string().max(64).optional(),
      /** How the device name begins, or the whole of it; case counts. */
      prefix: z.string().max(64).optional(),
      deviceName: z.string().max(64).optional(),
      state: z.enum(deviceStates).optional(),
      /** Only the devices that this query finds. */
      query: z.string().max(limits.deviceQueryCharsMax).optional(),
      /** Only the devices with all of these tags, of any value where none is given. */
      tags: z.array(z.strictObject({ key: z.string().max(limits.tagKeyCharsKeptMax), value: z.string().max(limits.tagValueCharsKeptMax).optional() })).min(1).max(limits.tagsAskedMax).optional(),
      /** Only the devices of this group, by its id or name; with those of its sub-groups unless that is false. */
      group: z.string().min(1).max(64).optional(),
      subGroups: z.boolean().default(true),
      order: z.enum(['name', 'newest']).default('name'),
      /** With their secrets. */
      secrets: z.boolean().default(false),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(200),
    }),
    output: type<{ devices: ListedDevice[], total: number }>(),
  }),
  'device.create': method({
    about: 'Makes one device, or `count` devices named NAME-1 … NAME-count, and returns their certificates.',
    input: z.strictObject({
      productKey: productKeySchema,
      /** A device without one gets a name made up for it. */
      deviceName: deviceNameSchema.optional(),
      count: z.int().min(1).max(100_000).optional(),
      /** Of a single device. */
      nickname: nicknameSchema.optional(),
    }).refine(({ count, deviceName }) => count === undefined || deviceName !== undefined, { message: 'expected a name with which many devices begin', path: ['deviceName'] }).refine(({ count, nickname }) => count === undefined || nickname === undefined, { message: 'expected none when many devices are made', path: ['nickname'] }),
    output: type<{ certificates: DeviceCertificate[] }>(),
  }),
  'device.get': method({
    about: 'One device with its certificate, state, connection and latest values.',
    input: z.strictObject(identity),
    output: type<Device>(),
  }),
  'device.find': method({
    about: 'Devices by their names or IoT ids, in the order asked for; null where there is none.',
    input: z.strictObject({
      devices: z.array(z.union([
        z.strictObject({ iotId: z.string().max(64) }),
        z.strictObject({ productKey: z.string().max(64), deviceName: z.string().max(64) }),
      ])).min(1).max(limits.devicesNamedMax),
    }),
    output: type<{ devices: (DeviceSummary | null)[] }>(),
  }),
  'device.counts': method({
    about: 'How many devices there are, how many of them have ever connected, and how many are connected now.',
    input: z.strictObject({
      productKey: productKeySchema.optional(),
      /** Only the devices of this group, by its id or name, with those of its sub-groups. */
      group: z.string().min(1).max(64).optional(),
    }),
    output: type<{ deviceCount: number, activeCount: number, onlineCount: number }>(),
  }),
  'device.select': method({
    about: 'What a statement finds: SELECT fields or count(*) FROM device, with WHERE, ORDER BY and LIMIT where wanted.',
    input: z.strictObject({ sql: z.string().max(limits.deviceQueryCharsMax) }),
    output: type<{
      /** The fields asked for, in the words of the statement; null when it asks for the count alone. */
      fields: string[] | null
      /** Of all that match, whatever the limit. */
      total: number
      devices: SelectedDevice[]
    }>(),
  }),
  'device.rename': method({
    about: 'Gives devices nicknames, or with an empty one takes them away; when one of the devices is not there, none is changed.',
    input: z.strictObject({ devices: z.array(z.strictObject({ ...identity, nickname: nicknameSchema })).min(1).max(limits.devicesNamedMax) }),
    output: type<{ devices: DeviceSummary[] }>(),
  }),
  'device.reset': method({
    about: 'Has a device never have connected: its connection is closed, it may register itself once more, and the client ids that it was given are taken back.',
    input: z.strictObject(identity),
    output: type<DeviceSummary>(),
  }),
  'device.delete': method({
    about: 'Deletes a device; its live connection is closed with code 521. Its messages stay in the trace.',
    input: z.strictObject(identity),
    output: type<null>(),
  }),
  'device.setEnabled': method({
    about: 'Disables a device, which closes its live connection with code 522 and refuses new ones, or enables it again.',
    input: z.strictObject({ ...identity, enabled: z.boolean() }),
    output: type<DeviceSummary>(),
  }),
  'device.history': method({
    about: 'One numeric property over time, reduced to at most `buckets` points.',
    input: z.strictObject({
      ...identity,
      property: z.string().min(1).max(128),
      fromAt: z.number(),
      toAt: z.number(),
      buckets: z.int().min(1).max(10_000).default(1_000),
    }),
    output: type<HistoryBuckets>(),
  }),
}

/** A change of one device, at most 20 times a second. */
export interface DeviceLive {
  /** Present when the state changed. */
  state?: DeviceState
  connection?: DeviceConnection | null
  /** Only the properties that changed since the last item. */
  properties?: Record<string, LatestValue>
  /** Only the versions that were reported since the last item. */
  versions?: DeviceVersion[]
  /** An attempt to connect was refused, or the device subscribed to something: what is known of its attempts is no longer what it was. */
  attempted?: true
  /** Numeric points since the last item, for live plots: parallel arrays per property; a number inside a struct goes by `property.member`. */
  points?: Record<string, { at: Float64Array, value: Float64Array }>
}

export const deviceStreams = {
  'device.watch': stream({
    about: 'State, latest values, versions and new points of one device as they change.',
    input: z.strictObject(identity),
    item: type<DeviceLive>(),
  }),
}
