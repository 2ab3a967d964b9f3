import type { TraceRow } from '../../../shared/contract/trace.ts'
import type { StoredTrace } from '../../store/types.ts'
import type { NameDevice } from './present.ts'
import { payloadText, presentTrace } from './present.ts'

export type ExportFormat = 'csv' | 'jsonl'

const columns = [
  'at',
  'time',
  'direction',
  'productKey',
  'deviceName',
  'topic',
  'qos',
  'code',
  'payload',
  'payloadEncoding',
] as const

function csvField(value: string | number | null): string {
  const text = value === null
    ? ''
    : String(value)
  return /[",\n\r]/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text
}

/** The first line of an export, or nothing for JSON lines. */
export function exportHeader(format: ExportFormat): string {
  return format === 'csv'
    ? `${columns.join(',')}\r\n`
    : ''
}

/**
 * One row of an export. Times are epoch milliseconds and ISO 8601 in UTC, numbers are locale-neutral; a payload that is
 * not text is written as base64 and says so (`{"base64":…}` in JSON lines).
 */
export function exportRow(row: StoredTrace, format: ExportFormat, nameDevice: NameDevice): string {
  const shown: TraceRow = presentTrace(row, nameDevice)
  const text = payloadText(row.payload)
  const base64 = (): string => btoa(Array.from(row.payload, byte => String.fromCharCode(byte)).join(''))
  if (format === 'jsonl') {
    const { at, direction, productKey, deviceName, topic, qos, code } = shown
    return `${JSON.stringify({
      at,
      direction,
      productKey,
      deviceName,
      topic,
      qos,
      code,
      payload: text ?? {
        base64: base64(),
      },
    })}\n`
  }
  const fields = [
    shown.at,
    new Date(shown.at).toISOString(),
    shown.direction,
    shown.productKey,
    shown.deviceName,
    shown.topic,
    shown.qos,
    shown.code,
    text ?? base64(),
    text === null
      ? 'base64'
      : 'text',
  ]
  return `${fields.map(csvField).join(',')}\r\n`
}
