import type { DeviceSummary } from './device.ts'
import { z } from 'zod'
import { charCount } from '../char-count.ts'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

export const groupKinds = ['static', 'dynamic'] as const
/** Whether the devices of a group were put into it, or are those that its query finds. */
export type GroupKind = (typeof groupKinds)[number]

/** A group of devices of any products. */
export interface DeviceGroup {
  groupId: string
  name: string
  kind: GroupKind
  /** The group that it is a sub-group of; null for one of the first level. */
  parentId: string | null
  description: string
  /** Of a dynamic group: what finds its devices. */
  query: string | null
  tags: Record<string, string>
  createdAt: number
  /** Devices put into this very group; null for a dynamic one, which has to be asked. */
  memberCount: number | null
  subGroupCount: number
}

export interface DeviceGroupDetail extends DeviceGroup {
  /** The groups above it, the topmost first. */
  path: { groupId: string, name: string }[]
  /** Of all devices, those of its sub-groups included. */
  deviceCount: number
  activeCount: number
  onlineCount: number
}

/** What became of devices that were to be added to a group. */
export interface GroupAddition {
  added: number
  /** Were in it already. */
  already: number
  /** Are in as many groups as a device may be. */
  inTooMany: number
  /** Named, but there is no such device; at most 100 of them. */
  unknown: { productKey: string, deviceName: string }[]
}

/** Platform rule: letters, digits, underscores and Chinese characters, the latter counted twice, 4 to 30 in all. */
export const groupNameSchema = z.string()
  .regex(/^[\w\p{Script=Han}]+$/u, 'expected letters, digits, underscores or Chinese characters')
  .refine(name => charCount(name) >= 4 && charCount(name) <= 30, 'expected 4 to 30 characters, a Chinese one counted twice')

/** A group by its id or its name. */
const group = z.string().min(1).max(64)
const description = z.string().max(limits.groupDescriptionCharsMax)
const query = z.string().max(limits.deviceQueryCharsMax)
const devices = z.array(z.strictObject({ productKey: productKeySchema, deviceName: deviceNameSchema })).min(1).max(limits.devicesPerGroupCallMax)
/** Platform rule: a key has 2 to 30 letters, digits or dots, a value 1 to 128 characters. */
const tags = z.record(
  z.string().regex(/^[A-Z\d.]{2,30}$/i, 'expected 2 to 30 letters, digits or dots'),
  z.string().min(1).max(limits.tagValueCharsMax).nullable(),
)

export const groupMethods = {
  'group.list': method({
    about: 'All groups of devices in order of their names, or those whose name has a part, or those that a device was put into.',
    input: z.strictObject({
      /** Part of a name, any case. */
      search: z.string().max(64).optional(),
      device: z.strictObject({ productKey: productKeySchema, deviceName: deviceNameSchema }).optional(),
      /** Only the sub-groups of this group itself. */
      parent: group.optional(),
      kinds: z.array(z.enum(groupKinds)).min(1).max(groupKinds.length).optional(),
      /** Only those with all of these tags, of any value where none is given. */
      tags: z.array(z.strictObject({ key: z.string().max(128), value: z.string().max(limits.tagValueCharsKeptMax).optional() })).min(1).max(limits.tagsAskedMax).optional(),
    }),
    output: type<{ groups: DeviceGroup[] }>(),
  }),
  'group.get': method({
    about: 'One group with the counts of its devices, those of its sub-groups included.',
    input: z.strictObject({ group }),
    output: type<DeviceGroupDetail>(),
  }),
  'group.create': method({
    about: 'Makes a group of devices: a static one, or with a query a dynamic one.',
    input: z.strictObject({
      name: groupNameSchema,
      description: description.default(''),
      /** Makes it a sub-group; at most three levels. */
      parent: group.optional(),
      query: query.optional(),
    }),
    output: type<DeviceGroup>(),
  }),
  'group.update': method({
    about: 'Changes name, description, tags or query of a group; a tag of null is deleted, tags that are not named stay.',
    input: z.strictObject({ group, name: groupNameSchema.optional(), description: description.optional(), query: query.optional(), tags: tags.optional() }),
    output: type<DeviceGroup>(),
  }),
  'group.delete': method({
    about: 'Deletes a group that has no sub-groups; its devices stay.',
    input: z.strictObject({ group }),
    output: type<null>(),
  }),
  'group.addDevices': method({
    about: 'Puts devices into a static group: those named, or all that a query finds.',
    input: z.strictObject({ group, devices: devices.optional(), query: query.optional() })
      .refine(input => (input.devices === undefined) !== (input.query === undefined), { message: 'expected either devices or query', path: ['devices'] }),
    output: type<GroupAddition>(),
  }),
  'group.removeDevices': method({
    about: 'Takes devices out of a static group; those that are not in it are passed over.',
    input: z.strictObject({ group, devices }),
    output: type<{ removed: number, /** Of those named, the devices that there are. */ known: number }>(),
  }),
  'group.devices': method({
    about: 'The devices of a group in order of product and name, a page at a time.',
    input: z.strictObject({
      group,
      /** Also those of its sub-groups. */
      subGroups: z.boolean().default(false),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(200),
    }),
    output: type<{ devices: DeviceSummary[], total: number }>(),
  }),
  'group.preview': method({
    about: 'How many devices a query finds now, and the first of them.',
    input: z.strictObject({ query, limit: z.int().min(0).max(100).default(5) }),
    output: type<{ deviceCount: number, onlineCount: number, devices: DeviceSummary[] }>(),
  }),
}
