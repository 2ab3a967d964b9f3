import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { ScanPosition, TraceDetail, TraceMessage, TraceRow } from '../../../shared/contract/trace.ts'
import type { Store, StoredTrace } from '../../store/types.ts'
import type { FindDeviceIds } from './filter.ts'
import type { NameDevice } from './present.ts'
import type { WayContext } from './way.ts'
import { explainDetail, unpackDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { traceIdOf } from '../../../shared/log/message-id.ts'
import { exportHeader, exportRow } from './export.ts'
import { toStoreFilter } from './filter.ts'
import { identityOf, mistakesOf, presentTrace } from './present.ts'
import { readWay } from './way.ts'

export interface TraceContext {
  store: Store
  findDeviceIds: FindDeviceIds
  nameDevice: NameDevice
  way: WayContext
  /** Epoch milliseconds. */
  now: () => number
}

type Handlers = Pick<EngineApi['methods'], 'trace.page' | 'trace.messages' | 'trace.get'>

/** The console's calls on the trace; every filter runs in the reader worker over everything kept. */
export function traceMethodHandlers({ store, findDeviceIds, nameDevice, way, now }: TraceContext): Handlers {
  const present = (row: StoredTrace): TraceRow => presentTrace(row, nameDevice)
  return {
    'trace.page': async ({ filter, before, after, limit, withinMs }, { signal }) => {
      const range = {
        limit,
        timeLimitMs: withinMs,
        ...(before === undefined
          ? {}
          : { before }),
        ...(after === undefined
          ? {}
          : { after }),
      }
      const page = await store.traces.page(toStoreFilter(filter, findDeviceIds), range, signal)
      return {
        rows: page.rows.map(present),
        nextId: page.nextId,
        scannedAt: page.scannedAt,
        scannedShare: page.scannedShare,
      }
    },
    'trace.messages': async ({ filter, last, before: newest, withinMs }, { signal }) => {
      const endAt = withinMs === undefined ? Infinity : now() + withinMs
      const storeFilter = toStoreFilter(filter, findDeviceIds)
      const found: StoredTrace[] = []
      let before: number | null | undefined = newest
      let position: ScanPosition = { scannedAt: null, scannedShare: 0 }
      do {
        const range = {
          limit: Math.min(limits.tracePageRowsMax, last),
          ...(withinMs !== undefined && { timeLimitMs: Math.max(1, endAt - now()) }),
          ...(before === undefined
            ? {}
            : { before }),
        }
        const page = await store.traces.page(storeFilter, range, signal)
        // A record of a connection is not a message; whoever wants records asks for them by direction.
        found.push(...page.rows.filter(row => row.direction !== 'record' || filter.direction === 'record'))
        before = page.nextId
        position = { scannedAt: page.scannedAt, scannedShare: page.scannedShare }
      } while (before !== null && found.length < last && now() < endAt)
      // What was found beyond is left to the next call.
      const nextId = found.length > last ? found[last - 1]!.id : before
      found.length = Math.min(found.length, last)
      const messages = found.reverse().map((row): TraceMessage => ({
        ...present(row),
        payload: row.payload,
        explanation: explainDetail(row.code, row.detail),
        mistakes: mistakesOf(row, identityOf(row, nameDevice)),
      }))
      return { messages, nextId, ...position }
    },
    'trace.get': async ({ id }, { signal }) => {
      const row = await store.traces.get(id)
      if (!row)
        throw new AppError('message/not-found', `The trace has no message with the row ${id}: it is older than what is kept, or was none.`, { id })
      const journey = await readJourney(store, row, signal)
      const { issues, steps } = unpackDetail(row)
      const messageWay = await readWay(way, row, journey)
      // What is wrong with one half of a conversation is told with the other too.
      const halves = [row, ...journey.filter(({ id: other }) => other !== id && (other === messageWay?.requestId || other === messageWay?.answerId))]
      const detail: TraceDetail = {
        ...present(row),
        traceId: traceIdOf(row.causeId ?? row.id),
        payload: row.payload,
        explanation: explainDetail(row.code, row.detail),
        issues,
        steps,
        journey: journey.map(present),
        mistakes: halves.flatMap(half => mistakesOf(half, identityOf(half, nameDevice))),
        way: messageWay,
      }
      return detail
    },
  }
}

/** Rows that follow their cause do so within this many milliseconds; later ones are found from their own side. */
const journeyMs = 10_000

async function readJourney(store: Store, row: StoredTrace, signal: AbortSignal): Promise<StoredTrace[]> {
  const first = row.causeId === null
    ? row
    : await store.traces.get(row.causeId) ?? row
  const page = await store.traces.page(
    // What concerns no device, such as a broadcast, goes on with many.
    { ...(first.deviceId !== 0 && { deviceId: first.deviceId }), fromAt: first.at, toAt: first.at + journeyMs },
    { after: first.id, limit: 200 },
    signal,
  )
  const journey = [
    first,
    ...page.rows.filter(other => other.causeId === first.id),
  ]
  // The answer to an asynchronous service may come hours after its call.
  return journey.some(other => other.id === row.id)
    ? journey
    : [...journey, row]
}

/** Writes everything that matches, oldest first, a page at a time; the subscriber's pace is the pace of the reading. */
export function exportStream({ store, findDeviceIds, nameDevice }: Omit<TraceContext, 'way' | 'now'>): EngineApi['streams']['trace.export'] {
  return async ({ filter, format }, subscriber) => {
    const storeFilter = toStoreFilter(filter, findDeviceIds)
    await subscriber.send({
      text: exportHeader(format),
      rows: 0,
    })
    let after: number | null = 0
    while (after !== null && !subscriber.signal.aborted) {
      const page = await store.traces.page(storeFilter, { after, limit: limits.tracePageRowsMax }, subscriber.signal)
      if (page.rows.length > 0) {
        await subscriber.send({
          text: page.rows.map(row => exportRow(row, format, nameDevice)).join(''),
          rows: page.rows.length,
        })
      }
      after = page.nextId
    }
  }
}
