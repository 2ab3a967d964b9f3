import type { JsonValue } from '../json.ts'
import Papa from 'papaparse'
import { limits } from '../limits.ts'

/** A table, and which of its columns hold the time and the value, by their names in the first line. */
export interface TraceCsv { text: string, time: string, value: string }

/** A value and when it came, in seconds. */
export type TracePoint = [at: number, value: JsonValue]

/** `field` is the part of the table that the problem is with; the problem says what is expected instead. */
export type TraceCsvResult = { ok: true, points: TracePoint[] } | { ok: false, field: keyof TraceCsv, problem: string }

/** Numbers beyond this are epoch milliseconds: as seconds they would be 3,000 years. */
const epochMsFrom = 1e11

/**
 * The points of a recorded table: times in seconds, in epoch milliseconds or in ISO 8601, growing; numbers where a value
 * is one, texts otherwise. Lines without a value are passed over. The comma, the semicolon and the tabulator may separate.
 */
export function readTraceCsv({ text, time, value }: TraceCsv): TraceCsvResult {
  const { data, meta } = Papa.parse<Record<string, string>>(text.trim(), { header: true, skipEmptyLines: true })
  const columns = meta.fields ?? []
  for (const [field, name] of [['time', time], ['value', value]] as const) {
    if (!columns.includes(name))
      return { ok: false, field, problem: `one of the columns ${columns.join(', ')}` }
  }
  const points: TracePoint[] = []
  for (const [index, row] of data.entries()) {
    const told = row[value]
    if (told === undefined || told.trim() === '')
      continue
    const at = readTime(row[time]?.trim() ?? '')
    if (Number.isNaN(at))
      return { ok: false, field: 'text', problem: `seconds, epoch milliseconds or an ISO 8601 time in column ${time} of line ${index + 2}` }
    if (points.length > 0 && at <= points.at(-1)![0])
      return { ok: false, field: 'text', problem: `a time in line ${index + 2} that is after that of the line before` }
    points.push([at, readValue(told)])
  }
  if (points.length === 0)
    return { ok: false, field: 'text', problem: `at least one line with a value in column ${value}` }
  if (points.length > limits.behaviourTracePointsMax)
    return { ok: false, field: 'text', problem: `at most ${limits.behaviourTracePointsMax} lines` }
  return { ok: true, points }
}

function readTime(text: string): number {
  const number = text === '' ? Number.NaN : Number(text)
  if (Number.isNaN(number))
    return Date.parse(text) / 1000
  return Math.abs(number) >= epochMsFrom ? number / 1000 : number
}

function readValue(text: string): JsonValue {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
