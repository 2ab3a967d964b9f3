import type { EngineApi } from '../shared/contract/contract.ts'
import type { Announcer } from '../shared/feed.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { GroupRow } from './platform/group/rows.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { BoundStatement, Store } from './store/types.ts'
import { setImmediate } from 'node:timers/promises'
import { makeGroupId } from './identity.ts'
import { deviceState } from './platform/device/registry.ts'
import { summarise } from './platform/device/summary.ts'
import { DeviceGroups } from './platform/group/device-groups.ts'
import { groupMethodHandlers } from './platform/group/methods.ts'
import { selectDevices } from './platform/group/select-devices.ts'
import { readLatestOfProperty } from './platform/thing/rows.ts'
import { settle } from './store/settle.ts'

export interface GroupServicesContext {
  store: Store
  settings: SettingsStore
  devices: DeviceRegistry
  /** Epoch milliseconds. */
  now: () => number
  /** The value of a tag that the user or a device has set. */
  tagOf: (deviceId: number, key: string) => string | undefined
  tagsOf: (deviceId: number) => readonly { key: string, value: string }[]
}

type GroupServiceMethod = Extract<keyof EngineApi['methods'], `group.${string}`>

/** Groups of devices: who is in which, and what a query over devices finds (Alink 1.6 and 12.4). */
export interface GroupServices {
  methods: (listDevices: EngineApi['methods']['device.list']) => Pick<EngineApi['methods'], GroupServiceMethod>
  /** The devices of a group by its id or name, with or without those of its sub-groups. Throws AppError group/not-found. */
  deviceIdsOf: (group: string, subGroups: boolean) => Promise<ReadonlySet<number>>
  /** The devices that a query finds. Throws AppError input/invalid. */
  select: (query: string) => Promise<ReadonlySet<number>>
  /** Ids of the groups that a device was put into. */
  groupsOf: (deviceId: number) => readonly string[]
  /** Whether a device is in a static group or its sub-groups, not when there is none; null: the group is a dynamic one, which has to be asked for its devices. */
  isIn: (group: string, deviceId: number) => boolean | null
  /** Says when devices were put into groups or taken out of them, or groups were changed or deleted. */
  changed: Announcer<void>
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
}

/** Opens the groups that the workspace holds. */
export async function openGroupServices({ store, settings, devices, now, tagOf, tagsOf }: GroupServicesContext): Promise<GroupServices> {
  const groups = await DeviceGroups.open(store)
  const select = (query: string): Promise<Set<number>> => selectDevices(query, {
    now,
    * devices() {
      for (const device of devices.all())
        yield { ...device, state: deviceState(device) }
    },
    tagOf,
    tagsOf,
    groupsOf: deviceId => groups.groupsOf(deviceId),
    latestOf: async (property) => {
      // What was reported a moment ago waits for the writer.
      await settle(store)
      const rows = await store.read(readLatestOfProperty, [`$."${property}".value`])
      return new Map(rows.map(({ deviceId, value }) => [deviceId, value]))
    },
    pause: () => setImmediate(),
  })
  const devicesOf = async (group: GroupRow, subGroups: boolean): Promise<ReadonlySet<number>> => {
    if (group.query !== null)
      return select(group.query)
    if (!subGroups)
      return groups.membersOf(group.groupId)
    return new Set(groups.withSubGroups(group).flatMap(({ groupId }) => [...groups.membersOf(groupId)]))
  }
  const count = (deviceIds: ReadonlySet<number>): { activeCount: number, onlineCount: number } => {
    let activeCount = 0
    let onlineCount = 0
    for (const deviceId of deviceIds) {
      const device = devices.byId(deviceId)
      activeCount += device && device.activatedAt !== null ? 1 : 0
      onlineCount += device?.online ? 1 : 0
    }
    return { activeCount, onlineCount }
  }
  return {
    deviceIdsOf: async (group, subGroups) => devicesOf(groups.get(group), subGroups),
    select,
    groupsOf: deviceId => groups.groupsOf(deviceId),
    isIn: (named, deviceId) => {
      const group = groups.find(named)
      if (group !== undefined && group.query !== null)
        return null
      return group !== undefined && groups.withSubGroups(group).some(({ groupId }) => groups.membersOf(groupId).has(deviceId))
    },
    changed: groups.changed,
    forget: deviceId => groups.forget(deviceId),
    methods: listDevices => ({
      ...groupMethodHandlers({
        groups,
        now,
        makeGroupId,
        applyLimits: () => settings.get('limits.applyCloud'),
        devicesOf,
        select,
        requireDevice: (productKey, deviceName) => devices.get(productKey, deviceName),
        lookup: (productKey, deviceName) => devices.lookup(productKey, deviceName),
        count,
      }),
      'group.devices': async ({ group, subGroups, offset, limit }, context) => listDevices({ group, subGroups, order: 'name', secrets: false, offset, limit }, context),
      'group.preview': async ({ query, limit }) => {
        const found = await select(query)
        const first = Array.from(found).slice(0, limit).flatMap(deviceId => devices.byId(deviceId) ?? [])
        return { deviceCount: found.size, onlineCount: count(found).onlineCount, devices: first.map(summarise) }
      },
    }),
  }
}
