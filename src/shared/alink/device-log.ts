import type { JsonObject, JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'

/** From the most to the least severe; `OTHER` stands outside the order and collects every other word (platform rule DLG-7). */
export const logLevels = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'OTHER'] as const
export type LogLevel = (typeof logLevels)[number]

/** A line of a device's own log (Alink 7.3). */
export interface LogLine {
  /** When the device wrote it, in epoch milliseconds; null when it gives no time that can be read. */
  collectedAt: number | null
  level: LogLevel
  /** The device's own word for the level. */
  levelWord: string
  module: string
  code: string
  /** What joins the lines of one chain, and the platform's records of it. */
  traceContext: string
  content: string
}

/** What is wrong with a log report: what was expected where, and what came. */
export interface LogProblem { expected: string, got: JsonValue | undefined }

/**
 * The lines of a log report (Alink 7.3): a list of entries, or the older form of a template with contents. Members that
 * are missing count as empty.
 */
export function parseLogPost(params: JsonValue | undefined): LogLine[] | LogProblem {
  if (isJsonObject(params) && Array.isArray(params.contents))
    return parseTemplate(params, params.contents)
  if (!Array.isArray(params) || params.length === 0)
    return { expected: '"params" to be a list of log entries such as [{"utcTime":"…","logLevel":"ERROR","module":"MQTT","logContent":"…"}]', got: params }
  const lines: LogLine[] = []
  for (const [index, entry] of params.entries()) {
    if (!isJsonObject(entry))
      return { expected: `params[${index}] to be an object with "logContent"`, got: entry }
    lines.push({
      collectedAt: parseLogTime(entry.utcTime),
      ...levelOf(textOf(entry.logLevel)),
      module: textOf(entry.module),
      code: textOf(entry.code),
      traceContext: textOf(entry.traceContext),
      content: textOf(entry.logContent),
    })
  }
  return lines
}

/** `{"template":"traceContext logContent","contents":["t-1 socket reset"]}`, as Link SDK for C 3 sends it. */
function parseTemplate({ template, timestamp }: JsonObject, contents: readonly JsonValue[]): LogLine[] | LogProblem {
  if (contents.length === 0)
    return { expected: '"contents" to be a list with at least one line', got: [] }
  const isTraced = textOf(template).startsWith('traceContext ')
  const collectedAt = parseLogTime(timestamp)
  return contents.map((line) => {
    const text = textOf(line)
    const blank = isTraced ? text.indexOf(' ') : -1
    return { collectedAt, ...levelOf(''), module: '', code: '', traceContext: blank === -1 ? '' : text.slice(0, blank), content: text.slice(blank + 1) }
  })
}

function textOf(value: JsonValue | undefined): string {
  if (typeof value === 'string')
    return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function levelOf(word: string): Pick<LogLine, 'level' | 'levelWord'> {
  const level = logLevels.find(known => known === word.toUpperCase())
  return { level: level ?? 'OTHER', levelWord: word }
}

const writtenTime = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/

/**
 * The time of a log line in epoch milliseconds: `2025-01-01T00:00:00.123+0000`, `2026/11/21 10:39:8` as Link SDK for C 4
 * writes it (UTC without an offset), or epoch milliseconds as text or number. Null for anything else.
 */
export function parseLogTime(value: JsonValue | undefined): number | null {
  const text = textOf(value)
  if (/^\d{13}$/.test(text))
    return Number(text)
  const parts = writtenTime.exec(text.trim())
  if (parts === null)
    return null
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  const fraction = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
    return null
  return Date.UTC(year, month - 1, day, hour, minute, second, fraction) - offsetMsOf(parts[8])
}

function offsetMsOf(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z')
    return 0
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

/** The `data` of the answer to a device that asks whether it shall report its log: mode 1 yes, 0 no. */
export function logSwitchData(enabled: boolean): JsonObject {
  return { content: { mode: enabled ? 1 : 0 }, getType: 'content' }
}

/** The message that tells a device of its log switch (Alink 7.3); `id` is decimal digits. It needs no answer. */
export function buildLogSwitchPush({ productKey, deviceName }: TopicIdentity, enabled: boolean, id: string): OutgoingMessage {
  return {
    topic: `/sys/${productKey}/${deviceName}/thing/config/log/push`,
    payload: `{"id":${JSON.stringify(id)},"version":"1.0","params":${JSON.stringify(logSwitchData(enabled))},"method":"thing.config.log.push"}`,
  }
}
