import type { DeviceFacts } from '../../../shared/device-query/types.ts'
import type { JsonValue } from '../../../shared/json.ts'
import { compileDeviceQuery, propertiesOfQuery } from '../../../shared/device-query/evaluate.ts'
import { describeQueryError, parseDeviceQuery } from '../../../shared/device-query/parse.ts'
import { AppError } from '../../../shared/errors.ts'

/** A device as the registry knows it. */
export type RegisteredDevice = Omit<DeviceFacts, 'tag' | 'tags' | 'groups' | 'property'> & { deviceId: number }

export interface SelectContext {
  /** Epoch milliseconds. */
  now: () => number
  devices: () => Iterable<RegisteredDevice>
  tagOf: (deviceId: number, key: string) => string | undefined
  tagsOf: (deviceId: number) => readonly { key: string, value: string }[]
  /** Ids of the groups that a device was put into. */
  groupsOf: (deviceId: number) => readonly string[]
  /** The latest values of one property of all devices. */
  latestOf: (property: string) => Promise<ReadonlyMap<number, JsonValue>>
  /** Lets everybody else have a turn. */
  pause: () => Promise<void>
}

/** Devices looked at in one turn: some milliseconds. */
const devicesPerTurn = 2_000

/**
 * The devices that a query finds now, by id. Goes through the registry a stretch at a time, so that ten thousands of
 * devices do not hold up their own messages. Throws AppError input/invalid with the place where the text is no query.
 */
export async function selectDevices(source: string, { now, devices, tagOf, tagsOf, groupsOf, latestOf, pause }: SelectContext): Promise<Set<number>> {
  const { query, error } = parseDeviceQuery(source)
  if (error)
    throw new AppError('input/invalid', `query: ${describeQueryError(error)}`, { field: 'query', ...error })
  const values = new Map(await Promise.all(propertiesOfQuery(query).map(async property => [property, await latestOf(property)] as const)))
  const matches = compileDeviceQuery(query, now())
  const found = new Set<number>()
  let count = 0
  for (const { deviceId, ...device } of devices()) {
    if (matches({ ...device, tag: key => tagOf(deviceId, key), tags: () => tagsOf(deviceId), groups: () => groupsOf(deviceId), property: identifier => values.get(identifier)?.get(deviceId) }))
      found.add(deviceId)
    if (++count % devicesPerTurn === 0)
      await pause()
  }
  return found
}
