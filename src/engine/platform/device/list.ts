import type { EngineApi, MethodParams } from '../../../shared/contract/contract.ts'
import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { DeviceRecord, DeviceRegistry } from './registry.ts'
import { deviceState } from './registry.ts'
import { summarise } from './summary.ts'

export interface DeviceListContext {
  registry: DeviceRegistry
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** The devices of a group by its id or name. Throws AppError group/not-found. */
  devicesOfGroup: (group: string, subGroups: boolean) => Promise<ReadonlySet<number>>
  /** The devices that a query finds. Throws AppError input/invalid. */
  devicesOfQuery: (query: string) => Promise<ReadonlySet<number>>
  /** The value of a tag that the user or a device has set. */
  tagOf: (deviceId: number, key: string) => string | undefined
  tagsOf: (deviceId: number) => readonly { key: string, value: string }[]
  /** Ids of the groups that a device was put into. */
  groupsOf: (deviceId: number) => readonly string[]
  versionsOf: (deviceId: number) => Promise<DeviceVersion[]>
}

type Wanted = Pick<MethodParams<'device.list'>, 'search' | 'prefix' | 'deviceName' | 'state' | 'tags'>

/** Lists devices, and finds those that are named. */
export function deviceListHandlers(context: DeviceListContext): Pick<EngineApi['methods'], 'device.list' | 'device.find' | 'device.counts'> {
  const { registry } = context
  return {
    'device.list': async ({ productKey, group, subGroups, query, order, secrets, offset, limit, ...wanted }) => {
      if (productKey !== undefined)
        context.requireProduct(productKey)
      const members = group === undefined ? null : await context.devicesOfGroup(group, subGroups)
      const selected = query === undefined ? null : await context.devicesOfQuery(query)
      const isWanted = createTest(wanted, context)
      const found: DeviceRecord[] = []
      for (const device of productKey === undefined ? registry.all() : registry.ofProduct(productKey)) {
        if ((members === null || members.has(device.deviceId)) && (selected === null || selected.has(device.deviceId)) && isWanted(device))
          found.push(device)
      }
      found.sort(order === 'newest' ? compareAge : (a, b) => compareText(a.productKey, b.productKey) || compareNames(a.deviceName, b.deviceName))
      return {
        devices: found.slice(offset, offset + limit).map(device => secrets ? { ...summarise(device), deviceSecret: device.deviceSecret } : summarise(device)),
        total: found.length,
      }
    },
    'device.counts': async ({ productKey, group }) => {
      if (productKey !== undefined)
        context.requireProduct(productKey)
      const members = group === undefined ? null : await context.devicesOfGroup(group, true)
      const counts = { deviceCount: 0, activeCount: 0, onlineCount: 0 }
      for (const device of registry.find(productKey, undefined)) {
        if (members !== null && !members.has(device.deviceId))
          continue
        counts.deviceCount += 1
        counts.activeCount += device.activatedAt === null ? 0 : 1
        counts.onlineCount += device.online ? 1 : 0
      }
      return counts
    },
    'device.find': ({ devices }) => ({
      devices: devices.map((named) => {
        const device = 'iotId' in named ? registry.byIotId(named.iotId) : registry.lookup(named.productKey, named.deviceName)
        return device === undefined ? null : summarise(device)
      }),
    }),
  }
}

function createTest({ search, prefix, deviceName, state, tags = [] }: Wanted, { tagOf }: Pick<DeviceListContext, 'tagOf'>): (device: DeviceRecord) => boolean {
  const part = search?.toLowerCase()
  return device => (part === undefined || device.deviceName.toLowerCase().includes(part) || device.nickname.toLowerCase().includes(part))
    && (prefix === undefined || device.deviceName.startsWith(prefix))
    && (deviceName === undefined || device.deviceName === deviceName)
    && (state === undefined || deviceState(device) === state)
    && tags.every(({ key, value }) => {
      const has = tagOf(device.deviceId, key)
      return has !== undefined && (value === undefined || has === value)
    })
}

/** The newest first; of devices made at once the one that was made last. */
export function compareAge(a: DeviceRecord, b: DeviceRecord): number {
  return b.createdAt - a.createdAt || b.deviceId - a.deviceId
}

function compareText(a: string, b: string): number {
  return a < b
    ? -1
    : a > b
      ? 1
      : 0
}

const byName = new Intl.Collator('en', { numeric: true })
// Collation alone would call names equal that differ only in a way it ignores.
function compareNames(a: string, b: string): number {
  return byName.compare(a, b) || compareText(a, b)
}
