import type { TraceFilterInput } from '../../../shared/contract/trace.ts'
import type { StoredTrace, TraceFilter } from '../../store/types.ts'

/** Finds the registry ids behind the names in a filter. */
export type FindDeviceIds = (productKey: string | undefined, deviceName: string | undefined) => number[]

/**
 * Translates the console's filter, which speaks of names, into the store's, which speaks of ids. A name that no device
 * has matches nothing rather than everything.
 */
export function toStoreFilter(filter: TraceFilterInput, findDeviceIds: FindDeviceIds): TraceFilter {
  const { productKey, deviceName, ...rest } = filter
  if (productKey === undefined && deviceName === undefined)
    return rest as TraceFilter
  const ids = findDeviceIds(productKey, deviceName)
  return (ids.length === 1
    ? { ...rest, deviceId: ids[0] }
    : { ...rest, deviceIds: ids }) as TraceFilter
}

const lenientUtf8 = new TextDecoder('utf-8')

/** Makes the test that SQLite applies to kept rows, for rows that have just come. */
export function createTraceMatcher(filter: TraceFilter): (row: Omit<StoredTrace, 'detail'>) => boolean {
  const ids = filter.deviceIds
    ? new Set(filter.deviceIds)
    : undefined
  const text = filter.text?.toLowerCase()
  const topic = filter.topic?.toLowerCase()
  return row =>
    (filter.deviceId === undefined || row.deviceId === filter.deviceId)
    && (!ids || ids.has(row.deviceId))
    && (filter.direction === undefined || row.direction === filter.direction)
    && (filter.fromAt === undefined || row.at >= filter.fromAt)
    && (filter.toAt === undefined || row.at <= filter.toAt)
    && (filter.code === undefined || (filter.code === 'failed'
      ? row.code !== null && row.code !== 200
      : row.code === filter.code))
    && (topic === undefined || row.topic.toLowerCase().includes(topic))
    && (text === undefined || lenientUtf8.decode(row.payload).toLowerCase().includes(text))
}
