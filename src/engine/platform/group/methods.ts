import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceGroup, GroupAddition } from '../../../shared/contract/group.ts'
import type { DeviceGroups } from './device-groups.ts'
import type { GroupRow } from './rows.ts'
import { describeQueryError, parseDeviceQuery } from '../../../shared/device-query/parse.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { checkNewGroup, planAddition } from './rules.ts'

export interface GroupMethodContext {
  groups: DeviceGroups
  now: () => number
  makeGroupId: () => string
  applyLimits: () => boolean
  /** The devices of a group by id, with or without those of its sub-groups. */
  devicesOf: (group: GroupRow, subGroups: boolean) => Promise<ReadonlySet<number>>
  /** The devices that a query finds. Throws AppError input/invalid. */
  select: (query: string) => Promise<ReadonlySet<number>>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => { deviceId: number }
  lookup: (productKey: string, deviceName: string) => { deviceId: number } | undefined
  count: (deviceIds: ReadonlySet<number>) => { activeCount: number, onlineCount: number }
}

type GroupMethod = 'group.list' | 'group.get' | 'group.create' | 'group.update' | 'group.delete' | 'group.addDevices' | 'group.removeDevices'
type Handlers = Pick<EngineApi['methods'], GroupMethod>

const unknownShownMax = 100
const byName = new Intl.Collator('en', { numeric: true })

/** What the console and the command line can do with groups of devices (the cloud's `CreateDeviceGroup` and its kin). */
export function groupMethodHandlers(context: GroupMethodContext): Handlers {
  const { groups, now, makeGroupId, applyLimits, devicesOf, select, requireDevice, lookup, count } = context
  const present = ({ groupId, name, parentId, description, query, tags, createdAt }: GroupRow): DeviceGroup => ({
    groupId,
    name,
    kind: query === null ? 'static' : 'dynamic',
    parentId,
    description,
    query,
    tags,
    createdAt,
    memberCount: query === null ? groups.membersOf(groupId).size : null,
    subGroupCount: groups.subGroupsOf(groupId).length,
  })
  return {
    'group.list': ({ search, device, parent, kinds, tags = [] }) => {
      const part = search?.toLowerCase()
      const deviceId = device && requireDevice(device.productKey, device.deviceName).deviceId
      const parentId = parent === undefined ? undefined : groups.get(parent).groupId
      const found = groups.all().filter(row => (parentId === undefined || row.parentId === parentId)
        && (kinds === undefined || kinds.includes(row.query === null ? 'static' : 'dynamic'))
        && tags.every(({ key, value }) => row.tags[key] !== undefined && (value === undefined || row.tags[key] === value))
        && (part === undefined || row.name.toLowerCase().includes(part)) && (deviceId === undefined || groups.membersOf(row.groupId).has(deviceId)))
      return { groups: found.sort((a, b) => byName.compare(a.name, b.name)).map(present) }
    },
    'group.get': async ({ group }) => {
      const row = groups.get(group)
      const devices = await devicesOf(row, true)
      return {
        ...present(row),
        path: groups.pathOf(row).map(({ groupId, name }) => ({ groupId, name })),
        deviceCount: devices.size,
        ...count(devices),
      }
    },
    'group.create': async ({ name, description, parent: parentName, query }) => {
      const parent = parentName === undefined ? null : groups.get(parentName)
      checkQuery(query)
      checkNewGroup({
        groupCount: groups.all().length,
        parent: parent && { row: parent, level: groups.pathOf(parent).length + 1, subGroupCount: groups.subGroupsOf(parent.groupId).length },
        isDynamic: query !== undefined,
        applyLimits: applyLimits(),
      })
      return present(await groups.save({ groupId: makeGroupId(), name, parentId: parent?.groupId ?? null, description, query: query ?? null, tags: {}, createdAt: now() }))
    },
    'group.update': async ({ group, name, description, query, tags }) => {
      const row = groups.get(group)
      if (query !== undefined && row.query === null)
        throw new AppError('input/invalid', `query: ${row.name} is a static group, which has no query.`, { field: 'query', groupId: row.groupId })
      checkQuery(query)
      return present(await groups.save({
        ...row,
        name: name ?? row.name,
        description: description ?? row.description,
        query: query ?? row.query,
        tags: mergeTags(row, tags ?? {}, applyLimits()),
      }))
    },
    'group.delete': async ({ group }) => {
      const row = groups.get(group)
      const subGroups = groups.subGroupsOf(row.groupId)
      if (subGroups.length > 0)
        throw new AppError('group/not-empty', `${row.name} still has the sub-groups ${subGroups.slice(0, 3).map(({ name }) => name).join(', ')}${subGroups.length > 3 ? ' …' : ''}: delete them first.`, { groupId: row.groupId, subGroupCount: subGroups.length })
      await groups.delete(row)
      return null
    },
    'group.addDevices': async ({ group, devices = [], query }) => {
      const row = requireStatic(groups.get(group))
      const unknown: GroupAddition['unknown'] = []
      const named = devices.flatMap((device) => {
        const found = lookup(device.productKey, device.deviceName)
        if (!found)
          unknown.push(device)
        return found?.deviceId ?? []
      })
      const wanted = query === undefined ? named : await select(query)
      const plan = planAddition(wanted, groups.membersOf(row.groupId), deviceId => groups.countOf(deviceId), applyLimits())
      if (plan.added.length > 0)
        await groups.add(row.groupId, plan.added)
      return { added: plan.added.length, already: plan.already, inTooMany: plan.inTooMany, unknown: unknown.slice(0, unknownShownMax) }
    },
    'group.removeDevices': async ({ group, devices }) => {
      const row = requireStatic(groups.get(group))
      const members = groups.membersOf(row.groupId)
      const known = new Set(devices.flatMap(({ productKey, deviceName }) => lookup(productKey, deviceName)?.deviceId ?? []))
      const removed = new Set([...known].filter(deviceId => members.has(deviceId)))
      if (removed.size > 0)
        await groups.remove(row.groupId, [...removed])
      return { removed: removed.size, known: known.size }
    },
  }
}

function requireStatic(row: GroupRow): GroupRow {
  if (row.query !== null)
    throw new AppError('input/invalid', `group: the devices of ${row.name} are those that its query finds; change the query instead.`, { field: 'group', groupId: row.groupId })
  return row
}

function checkQuery(query: string | undefined): void {
  const error = query === undefined ? undefined : parseDeviceQuery(query).error
  if (error)
    throw new AppError('input/invalid', `query: ${describeQueryError(error)}`, { field: 'query', ...error })
}

/** Tags of a group are set one by one: those that are not named stay (Alink 12.5). */
function mergeTags(row: GroupRow, changes: Record<string, string | null>, applyLimits: boolean): Record<string, string> {
  const tags = Object.fromEntries(Object.entries({ ...row.tags, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null))
  const most = applyLimits ? limits.tagsPerDeviceMax : limits.tagsKeptPerDeviceMax
  if (Object.keys(tags).length > most)
    throw new AppError('limit/reached', `A group has at most ${most} tags; ${row.name} would have ${Object.keys(tags).length}.`, { groupId: row.groupId, limit: most })
  return tags
}
