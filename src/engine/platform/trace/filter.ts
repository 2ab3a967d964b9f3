import type { TraceFilterInput } from '../../../shared/contract/trace.ts'
import type { StoredTrace, TraceFilter } from '../../store/types.ts'
import { msOfRow, rowIdOfTrace, rowsOfMessageId } from '../../../shared/log/message-id.ts'
import { wantsAnswer } from './unanswered.ts'

/** Finds the registry ids behind the names in a filter. */
export type FindDeviceIds = (productKey: string | undefined, deviceName: string | undefined) => number[]

/** What no row matches. */
const nothing: Pick<TraceFilter, 'deviceIds'> = { deviceIds: [] }

/** The rows that can be the message with a platform's id: the one with it as its id, or those around its time that carry it. */
function toIdFilter(messageId: string): Pick<TraceFilter, 'ids' | 'anywhere' | 'deviceIds'> {
  const ids = rowsOfMessageId(messageId)
  if (ids === null)
    return nothing
  return ids.first === ids.last ? { ids } : { ids, anywhere: [messageId.trim()] }
}

/** The rows of the chain that a trace id names. */
function toChainFilter(traceId: string): Pick<TraceFilter, 'journeyId' | 'deviceIds'> {
  const journeyId = rowIdOfTrace(traceId)
  return journeyId === null ? nothing : { journeyId }
}

/**
 * Translates the console's filter, which speaks of names, into the store's, which speaks of ids. A name that no device
 * has matches nothing rather than everything.
 */
export function toStoreFilter(filter: TraceFilterInput, findDeviceIds: FindDeviceIds): TraceFilter {
  const { productKey, deviceName, traceId, messageId, ...others } = filter
  const rest = {
    ...others,
    ...(traceId !== undefined && toChainFilter(traceId)),
    ...(messageId !== undefined && toIdFilter(messageId)),
  }
  // An id that nothing can have finds nothing, whatever else is asked for.
  if (rest.deviceIds)
    return nothing
  if (productKey === undefined && deviceName === undefined)
    return rest as TraceFilter
  const ids = findDeviceIds(productKey, deviceName)
  return (ids.length === 1
    ? { ...rest, deviceId: ids[0] }
    : { ...rest, deviceIds: ids }) as TraceFilter
}

const lenientUtf8 = new TextDecoder('utf-8')

/** Whole milliseconds between the row that began a chain and a later one of it, as their ids say it; null for a row without a cause. */
export function lagOf({ id, causeId }: Pick<StoredTrace, 'id' | 'causeId'>): number | null {
  return causeId === null ? null : msOfRow(id) - msOfRow(causeId)
}

/** Makes the test that SQLite applies to kept rows, for rows that have just come; whether an answer will come, time tells (see `waitForAnswers`). */
export function createTraceMatcher(filter: TraceFilter): (row: StoredTrace) => boolean {
  const ids = filter.deviceIds
    ? new Set(filter.deviceIds)
    : undefined
  const text = filter.text?.toLowerCase()
  const topic = filter.topic?.toLowerCase()
  const parts = filter.anywhere?.map(part => part.toLowerCase())
  return row =>
    (filter.deviceId === undefined || row.deviceId === filter.deviceId)
    && (!ids || ids.has(row.deviceId))
    && (filter.direction === undefined || row.direction === filter.direction)
    && (filter.fromAt === undefined || row.at >= filter.fromAt)
    && (filter.toAt === undefined || row.at <= filter.toAt)
    && (filter.code === undefined || (filter.code === 'failed'
      ? row.code !== null && row.code !== 200
      : row.code === filter.code))
    && (filter.journeyId === undefined || row.id === filter.journeyId || row.causeId === filter.journeyId)
    && (filter.ids === undefined || (row.id >= filter.ids.first && row.id <= filter.ids.last))
    && (filter.lagAboveMs === undefined || (lagOf(row) ?? -1) > filter.lagAboveMs)
    && (filter.answered === undefined || wantsAnswer(row))
    && (topic === undefined || row.topic.toLowerCase().includes(topic))
    && (text === undefined || lenientUtf8.decode(row.payload).toLowerCase().includes(text))
    && (parts === undefined || parts.some(part => [lenientUtf8.decode(row.payload), row.detail ?? '', row.topic, row.deviceKey ?? ''].some(place => place.toLowerCase().includes(part))))
}
