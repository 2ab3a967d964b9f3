import type { DeviceLogLine } from '../../../../../src/shared/contract/device-log.ts'
import type { LogRecord } from '../../../../../src/shared/contract/log.ts'
import { expect, it } from 'vitest'
import { isSameEntry, lineEntry, mergeEntries, recordEntry } from '../../../../../src/ui/features/log/log-entries.ts'

const record = (at: number, place = 0): LogRecord => ({ rowId: at, place, at, traceId: 't', messageId: null, productKey: 'p', deviceName: 'd', bizCode: 'uplink', operation: 'o', code: 200, content: { TraceId: 't' } })
const line = (reportedAt: number, lineId = reportedAt): DeviceLogLine => ({ lineId, productKey: 'p', deviceName: 'd', reportedAt, collectedAt: null, level: 'INFO', levelWord: 'INFO', module: '', code: '', traceContext: 't', content: 'c' })

it('joins records and lines newest first, and what came at the same instant side by side', () => {
  const merged = mergeEntries([record(40), record(30), record(10)], [line(50), line(30), line(20), line(5)])
  expect(merged.map(({ kind, at }) => `${kind} ${at}`)).toEqual(['line 50', 'record 40', 'record 30', 'line 30', 'line 20', 'record 10', 'line 5'])
  expect(mergeEntries([], [line(1)])).toEqual([lineEntry(line(1))])
})

it('knows an entry again, however often it is read', () => {
  expect(isSameEntry(recordEntry(record(1)), recordEntry(record(1)))).toBe(true)
  expect(isSameEntry(recordEntry(record(1)), recordEntry(record(1, 1)))).toBe(false)
  expect(isSameEntry(lineEntry(line(1)), lineEntry({ ...line(1), content: 'other' }))).toBe(true)
  expect(isSameEntry(lineEntry(line(1)), recordEntry(record(1)))).toBe(false)
})
