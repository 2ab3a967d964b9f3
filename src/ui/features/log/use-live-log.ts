import type { Ref, WatchSource } from 'vue'
import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { DeviceLogLine } from '../../../shared/contract/device-log.ts'
import type { ListPosition } from '../../../shared/contract/event.ts'
import type { LogFilterInput, LogRecord } from '../../../shared/contract/log.ts'
import type { Pages } from '../../session/use-pages.ts'
import type { LogEntry } from './log-entries.ts'
import { useIntervalFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import { useApi } from '../../session/connection.ts'
import { usePages } from '../../session/use-pages.ts'
import { mergeEntries } from './log-entries.ts'

export interface LiveLogQuery {
  records: LogFilterInput
  /** What the devices' own lines are searched by; null without them. */
  lines: Omit<MethodInput<'deviceLog.page'>, 'before' | 'limit'> | null
}

export interface LiveLog extends Omit<Pages<LogEntry>, 'prepend'> {
  /** Entries that have come while the list stood still; more than a page counts as a page. */
  waiting: Ref<number>
}

const pageRecords = 200
/** Lines of devices between the records of one page; whoever has more looks at the device log. */
const linesMax = 2_000
const newestMs = 1_500
/** How long one answer of a search may take: its position moves as often. */
const searchStepMs = 300

interface Cursor { before: number, toAt: number }

/**
 * The platform's log, newest first, with the lines of devices among its records where that is asked for, and new entries as they come; while
 * `held` they are only counted, so that nothing moves under the reader's eye.
 */
export function useLiveLog(query: () => LiveLogQuery, held: Ref<boolean>, sources: WatchSource[]): LiveLog {
  const api = useApi()
  const waiting = ref(0)

  const { prepend, ...pages } = usePages<LogEntry, Cursor>(async (cursor, signal) => {
    const { records: filter, lines } = query()
    const page = await api.call('log.search', { filter, limit: pageRecords, withinMs: searchStepMs, ...cursor && { before: cursor.before } }, { signal })
    // Lines belong to a page as far back as its records were searched.
    const from = page.nextId === null ? 0 : page.scannedAt ?? page.records.at(-1)?.at ?? 0
    const found = lines === null ? [] : await readLines({ ...lines, fromAt: Math.max(from, lines.fromAt ?? 0), toAt: Math.min(cursor?.toAt ?? Number.MAX_SAFE_INTEGER, lines.toAt ?? Number.MAX_SAFE_INTEGER) }, signal)
    return { rows: mergeEntries(page.records, found), next: page.nextId === null ? null : { before: page.nextId, toAt: from - 1 }, scanned: page }
  }, sources)

  async function readLines(wanted: NonNullable<LiveLogQuery['lines']>, signal: AbortSignal): Promise<DeviceLogLine[]> {
    const found: DeviceLogLine[] = []
    for (let before: ListPosition | null | undefined; before !== null && found.length < linesMax;) {
      const page: { lines: DeviceLogLine[], next: ListPosition | null } = await api.call('deviceLog.page', { ...wanted, limit: 1_000, ...before !== undefined && { before } }, { signal })
      found.push(...page.lines)
      before = page.next
    }
    return found
  }

  const newestRecord = (): number => pages.rows.value.find(entry => entry.kind === 'record')?.record.rowId ?? 0
  const newestLine = (): number => pages.rows.value.reduce((newest, entry) => entry.kind === 'line' ? Math.max(newest, entry.line.lineId) : newest, 0)

  async function readNewer(): Promise<{ records: LogRecord[], lines: DeviceLogLine[] }> {
    const { records: filter, lines } = query()
    const { records } = await api.call('log.search', { filter, after: newestRecord(), limit: pageRecords })
    if (lines === null)
      return { records: records.reverse(), lines: [] }
    const last = newestLine()
    const page = await api.call('deviceLog.page', { ...lines, limit: pageRecords })
    return { records: records.reverse(), lines: page.lines.filter(({ lineId }) => lineId > last) }
  }

  useIntervalFn(async () => {
    const { records, lines } = query()
    if (pages.loading.value || document.hidden || records.toAt !== undefined)
      return
    const before = pages.rows.value
    const wasHeld = held.value
    const newer = await readNewer().catch(() => null)
    // Somebody searched anew, or began to read, meanwhile.
    if (newer === null || before !== pages.rows.value || pages.loading.value || held.value !== wasHeld)
      return
    const count = newer.records.length + newer.lines.length
    if (held.value)
      waiting.value = count
    // More than a page of news: what lies between is found by searching anew.
    else if (newer.records.length >= pageRecords || (lines !== null && newer.lines.length >= pageRecords))
      void pages.reload()
    else
      prepend(mergeEntries(newer.records, newer.lines))
  }, newestMs)
  watch([held, pages.rows], () => waiting.value = 0)
  return { ...pages, waiting }
}
