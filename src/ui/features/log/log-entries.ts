import type { DeviceLogLine } from '../../../shared/contract/device-log.ts'
import type { LogRecord } from '../../../shared/contract/log.ts'

/** One line of the merged timeline: a record of the platform, or a line of a device's own log (platform rule DLG-12). */
export type LogEntry = { kind: 'record', at: number, record: LogRecord } | { kind: 'line', at: number, line: DeviceLogLine }

export function recordEntry(record: LogRecord): LogEntry {
  return { kind: 'record', at: record.at, record }
}
/** A line stands where the platform heard of it: clocks of devices differ. */
export function lineEntry(line: DeviceLogLine): LogEntry {
  return { kind: 'line', at: line.reportedAt, line }
}

/** Whether two entries are the same one, however often it was read. */
export function isSameEntry(a: LogEntry, b: LogEntry): boolean {
  if (a.kind === 'record')
    return b.kind === 'record' && a.record.rowId === b.record.rowId && a.record.place === b.record.place
  return b.kind === 'line' && a.line.lineId === b.line.lineId
}

/** Joins records and lines, both newest first, into one list, newest first, each in its own order; a line stands below the records of its instant. */
export function mergeEntries(records: readonly LogRecord[], lines: readonly DeviceLogLine[]): LogEntry[] {
  const merged: LogEntry[] = []
  let next = 0
  for (const record of records) {
    for (; next < lines.length && lines[next]!.reportedAt > record.at; next++)
      merged.push(lineEntry(lines[next]!))
    merged.push(recordEntry(record))
  }
  return merged.concat(lines.slice(next).map(lineEntry))
}
