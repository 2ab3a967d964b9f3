import type { LogLevel } from '../alink/device-log.ts'
import type { MethodInput } from '../contract/contract.ts'
import type { LogFilterInput } from '../contract/log.ts'
import type { TraceFilterInput, TraceRowDirection } from '../contract/trace.ts'
import type { LogType } from '../log/business-types.ts'
import type { FilterValues } from './language.ts'
import { logTypes } from '../log/business-types.ts'
import { parseInstant } from './parse-instant.ts'
import { parseSpan } from './parse-span.ts'

/** What the values mean in time, at this moment; nothing where they say nothing. */
export function boundsOf({ from, to, last }: FilterValues, now: number): { fromAt?: number, toAt?: number } {
  const fromAt = from === undefined ? null : parseInstant(from, now)
  const toAt = to === undefined ? null : parseInstant(to, now)
  const spanMs = last === undefined ? null : parseSpan(last)
  const begins = [...fromAt === null ? [] : [fromAt], ...spanMs === null ? [] : [(toAt ?? now) - spanMs]]
  return { ...begins.length > 0 && { fromAt: Math.max(...begins) }, ...toAt !== null && { toAt } }
}

function commonOf(values: FilterValues, now: number): { productKey?: string, deviceName?: string, fromAt?: number, toAt?: number } {
  const { product, device } = values
  return { ...product && { productKey: product }, ...device && { deviceName: device }, ...boundsOf(values, now) }
}

/** What was asked for of a code: one, only failures, or any. What fails is what is not 200. */
function codeOf(values: FilterValues): { code?: number | 'failed' } {
  const { code, '-code': excluded } = values
  if (code !== undefined)
    return { code: code === 'ok' ? 200 : code === 'failed' ? 'failed' : Number(code) }
  return excluded === undefined ? {} : { code: 'failed' }
}

function wayOf({ trace, message, lag }: FilterValues): { traceId?: string, messageId?: string, lagAboveMs?: number } {
  const lagMs = lag === undefined ? null : parseSpan(lag.replace(/^>/, ''))
  return { ...trace && { traceId: trace }, ...message && { messageId: message }, ...lagMs !== null && { lagAboveMs: lagMs } }
}

/** A filter of the messages as the engine takes it. */
export function toTraceFilter(values: FilterValues, now: number): TraceFilterInput {
  const { topic, dir, text, answered } = values
  return { ...commonOf(values, now), ...wayOf(values), ...codeOf(values), ...topic && { topic }, ...dir && { direction: dir as TraceRowDirection }, ...answered === 'no' && { answered: false as const }, ...text && { text } }
}

/** A filter of the platform's log as the engine takes it. */
export function toLogFilter(values: FilterValues, now: number): LogFilterInput {
  const { type, '-type': excluded, op, text } = values
  const { code } = codeOf(values)
  const kept = new Set(excluded?.split(','))
  const types = type === undefined && excluded === undefined ? null : (type?.split(',') as LogType[] | undefined ?? logTypes).filter(one => !kept.has(one))
  return {
    ...commonOf(values, now),
    ...wayOf(values),
    ...code === 'failed' || code === 200 ? { state: code === 200 ? 'successful' as const : 'failed' as const } : code !== undefined && { code },
    ...types !== null && { bizCodes: types },
    ...op && { operation: op },
    ...text && { keyword: text },
  }
}

/** A filter of devices' own logs as the engine takes it. */
export function toDeviceLogQuery(values: FilterValues, now: number): Omit<MethodInput<'deviceLog.page'>, 'before' | 'limit'> {
  const { trace, module, level, text } = values
  return {
    ...commonOf(values, now),
    ...trace && { traceContext: trace },
    ...module && { module },
    ...text && { keyword: text },
    ...level && { level: level.replace('>=', '') as LogLevel, orWorse: level.startsWith('>=') },
  }
}
