import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { LogFilterInput, LogRecord } from '../../../shared/contract/log.ts'
import type { RecordStep, UnfoldedRow } from '../../../shared/log/unfold.ts'
import type { Store, StoredTrace, TracePage } from '../../store/types.ts'
import type { FindDeviceIds } from './filter.ts'
import type { NameDevice } from './present.ts'
import { rowIdOfTrace, rowsOfMessageId } from '../../../shared/log/message-id.ts'
import { recordSteps, unfoldRecords } from '../../../shared/log/unfold.ts'
import { lagOf } from './filter.ts'
import { refuseSeparators, toRowFilter, toStepTest } from './log-filter.ts'
import { identityOf, payloadText } from './present.ts'

export interface LogContext {
  store: Pick<Store, 'traces'>
  findDeviceIds: FindDeviceIds
  nameDevice: NameDevice
  /** Epoch milliseconds. */
  now: () => number
  /** Whether the cloud's limits are applied. */
  applyLimits: () => boolean
}

/** The rows of one chain are read by then. */
const journeyTimeMs = 2_000
/** Rows that are unfolded in one go, between which everything else has its turn. */
const rowsPerStep = 200
/** Rows of one journey; more is the work of a message storm, of which the first ones tell enough. */
const journeyRowsMax = 1_000
/** Rows of a journey are looked for among all devices only this long after its first one; later ones are of its device. */
const journeyNearMs = 60_000

type Search = EngineApi['methods']['log.search']
type SearchInput = Parameters<Search>[0]
type SearchOutput = Awaited<ReturnType<Search>>

/** The search through the platform's log (platform rules LOG-6 to LOG-8 and LOG-15): rows are found in the reader worker and unfolded a few hundred at a time. */
export function logMethodHandlers(context: LogContext): Pick<EngineApi['methods'], 'log.search'> {
  return {
    'log.search': async (input, { signal }) => {
      if (context.applyLimits())
        refuseSeparators(input.filter)
      const rows = rowsOf(context, input, signal)
      return rows === null ? { records: [], nextId: null, scannedAt: null, scannedShare: 1 } : collect(context, input, rows)
    },
  }
}

/** Hands out rows a page at a time, in the order asked for. */
type ReadRows = (from: number | undefined, leftMs: number) => Promise<TracePage>

/** How the rows of a search are read; null when an id in it names nothing that could exist. */
function rowsOf(context: LogContext, { filter, after }: SearchInput, signal: AbortSignal): ReadRows | null {
  const { store } = context
  const rowFilter = toRowFilter(filter, context.findDeviceIds)
  const range = filter.messageId === undefined ? undefined : rowsOfMessageId(filter.messageId)
  if (range === null)
    return null
  if (filter.traceId !== undefined) {
    const rootId = rowIdOfTrace(filter.traceId)
    return rootId === null ? null : journeyReader(store, rootId, after !== undefined, signal)
  }
  return (from, leftMs) => {
    const place = from === undefined ? {} : after === undefined ? { before: from } : { after: from }
    return store.traces.page({ ...rowFilter, ...(range !== undefined && { ids: range }) }, { ...place, limit: rowsPerStep, timeLimitMs: leftMs }, signal)
  }
}

/** A journey is small and its id tells when it began, so all of it is read and then handed out. */
function journeyReader(store: LogContext['store'], rootId: number, isOldestFirst: boolean, signal: AbortSignal): ReadRows {
  let journey: Promise<StoredTrace[]> | undefined
  return async (from) => {
    const rows = await (journey ??= readJourney(store, rootId, signal))
    const wanted = rows.filter(({ id }) => from === undefined || (isOldestFirst ? id > from : id < from))
    return { rows: isOldestFirst ? wanted : wanted.reverse(), nextId: null, scannedAt: null, scannedShare: 1 }
  }
}

/** Every row of the journey that a row began, oldest first. A journey whose beginning is gone is still found by what is left of it. */
async function readJourney(store: LogContext['store'], rootId: number, signal: AbortSignal): Promise<StoredTrace[]> {
  const root = await store.traces.get(rootId)
  const startAt = Math.floor(rootId / 4096)
  const near = await store.traces.page({ journeyId: rootId, fromAt: startAt, toAt: startAt + journeyNearMs }, { after: rootId, limit: journeyRowsMax, timeLimitMs: journeyTimeMs }, signal)
  const deviceId = (root ?? near.rows[0])?.deviceId
  const later = deviceId === undefined
    ? []
    : (await store.traces.page({ journeyId: rootId, deviceId, fromAt: startAt + journeyNearMs + 1 }, { after: rootId, limit: journeyRowsMax, timeLimitMs: journeyTimeMs }, signal)).rows
  return [...root === undefined ? [] : [root], ...near.rows, ...later]
}

async function collect({ now, nameDevice }: LogContext, { filter, before, after, limit, withinMs }: SearchInput, readRows: ReadRows): Promise<SearchOutput> {
  const isOldestFirst = after !== undefined
  const isWanted = toStepTest(filter)
  const endAt = now() + withinMs
  const records: LogRecord[] = []
  const ids = filter.traceId === undefined ? undefined : filter
  let from = isOldestFirst ? after : before
  for (;;) {
    const page = await readRows(from, Math.max(1, endAt - now()))
    for (const row of page.rows) {
      const unfolded = { ...row, ...identityOf(row, nameDevice) }
      if (ids !== undefined && !isOfDevice(unfolded, ids))
        continue
      const found = recordsOf(unfolded, isWanted, filter)
      records.push(...isOldestFirst ? found : found.reverse())
      if (records.length >= limit)
        return { records, nextId: row.id, scannedAt: row.at, scannedShare: page.scannedShare }
    }
    if (page.nextId === null || now() >= endAt)
      return { records, nextId: page.nextId, scannedAt: page.scannedAt, scannedShare: page.scannedShare }
    from = page.nextId
  }
}

/** A trace id alone says which rows are read, so the rest of the filter is looked at here. */
function isOfDevice({ productKey, deviceName, at, id, causeId }: UnfoldedRow, filter: LogFilterInput): boolean {
  return (filter.productKey ?? productKey) === productKey && (filter.deviceName ?? deviceName) === deviceName
    && at >= (filter.fromAt ?? 0) && at <= (filter.toAt ?? Number.MAX_SAFE_INTEGER)
    && (filter.lagAboveMs === undefined || (lagOf({ id, causeId }) ?? -1) > filter.lagAboveMs)
}

function recordsOf(row: UnfoldedRow, isWanted: (step: RecordStep) => boolean, { keyword, messageId }: LogFilterInput): LogRecord[] {
  const steps = recordSteps(row, payloadText).filter(isWanted)
  const id = messageId?.trim()
  // The API answers a request with a number, which is the id of its row because that of the command is too long for one.
  const records = unfoldRecords(row, payloadText, steps).filter(record => id === undefined || record.messageId === id || (record.messageId !== null && String(row.id) === id))
  if (keyword === undefined)
    return records
  const word = keyword.toLowerCase()
  return records.filter(({ operation, content }) => operation.toLowerCase().includes(word) || textOf(content).includes(word))
}

/** What a person reads in a content, without the quotes and backslashes of JSON within JSON. */
function textOf(content: LogRecord['content']): string {
  return JSON.stringify(content).replaceAll('\\"', '"').toLowerCase()
}
