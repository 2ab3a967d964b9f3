import type { ApiClient } from '../../../shared/contract/contract.ts'
import type { ListPosition } from '../../../shared/contract/event.ts'
import type { FilterValues } from '../../../shared/filter/language.ts'
import type { FilterList } from '../../../shared/filter/list-rules.ts'
import { toDeviceLogQuery, toLogFilter, toTraceFilter } from '../../../shared/filter/list-queries.ts'

/** What a hit has in the fields that can be counted, by the keys of the filter. */
export type Hit = Readonly<Record<string, string>>

/** The fields of each list whose values can be counted (platform rule ANA-10). */
export const countedKeys: Readonly<Record<FilterList, readonly string[]>> = {
  trace: ['device', 'code', 'topic', 'dir'],
  log: ['device', 'code', 'type', 'op'],
  deviceLog: ['device', 'level', 'module'],
}

/** Hits that are looked at, the newest ones; beyond that the share of a value changes little and the wait much. */
export const hitsMax = 5_000
const hitsPerCall = 1_000

/** Reads the newest hits of a filter, page by page. */
export async function* readHits(api: ApiClient, list: FilterList, values: FilterValues, now: number, signal: AbortSignal): AsyncGenerator<Hit[]> {
  let read = 0
  let before: number | null = Number.MAX_SAFE_INTEGER
  let position: ListPosition | null | undefined
  while (before !== null && position !== null && read < hitsMax && !signal.aborted) {
    let hits: Hit[]
    if (list === 'trace') {
      const page: Awaited<ReturnType<typeof readTrace>> = await readTrace(api, values, now, before, signal)
      hits = page.rows.map(({ deviceName, productKey, topic, code, direction }) => ({ device: deviceName, code: code === null ? '' : String(code), topic: shorten(topic, productKey, deviceName), dir: direction }))
      before = page.nextId
    }
    else if (list === 'log') {
      const page: Awaited<ReturnType<typeof readLog>> = await readLog(api, values, now, before, signal)
      hits = page.records.map(({ deviceName, productKey, bizCode, operation, code }) => ({ device: deviceName, code: String(code), type: bizCode, op: shorten(operation, productKey, deviceName) }))
      before = page.nextId
    }
    else {
      const page: { lines: readonly { deviceName: string, level: string, module: string }[], next: ListPosition | null } = await api.call('deviceLog.page', { ...toDeviceLogQuery(values, now), limit: hitsPerCall, ...position && { before: position } }, { signal })
      hits = page.lines.map(({ deviceName, level, module }) => ({ device: deviceName, level, module }))
      position = page.next
    }
    read += hits.length
    yield hits
  }
}

function readTrace(api: ApiClient, values: FilterValues, now: number, before: number, signal: AbortSignal) {
  return api.call('trace.page', { filter: toTraceFilter(values, now), limit: hitsPerCall, before }, { signal })
}
function readLog(api: ApiClient, values: FilterValues, now: number, before: number, signal: AbortSignal) {
  return api.call('log.search', { filter: toLogFilter(values, now), limit: hitsPerCall, before }, { signal })
}

/** A topic without the identity in it, so that the same one of many devices counts as one. */
function shorten(topic: string, productKey: string, deviceName: string): string {
  return topic.replace(`/sys/${productKey}/${deviceName}/`, '').replace(`/${productKey}/${deviceName}`, '')
}

/** The values of a field with how often each stands there, the most frequent first. */
export function countValues(hits: readonly Hit[], key: string): { value: string, count: number }[] {
  const counts = new Map<string, number>()
  for (const hit of hits)
    counts.set(hit[key] ?? '', (counts.get(hit[key] ?? '') ?? 0) + 1)
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
