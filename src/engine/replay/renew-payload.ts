import type { Topic } from '../../shared/alink/topic.ts'
import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { JsonSpan } from './json-spans.ts'
import { memberOf, readJsonSpans } from './json-spans.ts'

/** What becomes of a message that is sent again. */
export interface Renewal {
  /** Its new id, decimal digits. */
  id: string
  /** Milliseconds by which its instants move; 0 leaves them as they were. */
  shiftMs: number
  /** Whose message it was and whose it is, for payloads that name their device. */
  from: DeviceIdentity
  to: DeviceIdentity
}

interface Edit { span: JsonSpan, text: string }

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
/** Thirteen digits, which is what the platform takes for an instant. */
const instant = /^\d{13}$/
const writtenTime = /^(\d{4}-\d{2}-\d{2})([T ])(\d{2}:\d{2}:\d{2})(\.\d{3})?(\s*(?:Z|[+-]\d{2}:?\d{2})?)$/
/** Kinds of message that have an id of their own; others are the device's own bytes. */
const untouched = new Set<Topic['kind']>(['custom', 'raw.up', 'unknown', 'ext.rrpc'])

/**
 * The payload of a message that is sent again: with an id of its own and its instants moved along, everything else to the letter. Custom topics and
 * raw bytes, and what is not JSON, stay what they were.
 */
export function renewPayload(kind: Topic['kind'], payload: Uint8Array, renewal: Renewal): Uint8Array {
  if (untouched.has(kind))
    return payload
  const text = decode(payload)
  const root = text === null ? null : readJsonSpans(text)
  if (text === null || root?.kind !== 'object')
    return payload
  const edits: Edit[] = []
  const id = memberOf(root, 'id')
  // A device that writes its id as a number goes on doing so.
  if (id?.kind === 'string' || id?.kind === 'number')
    edits.push({ span: id, text: id.kind === 'string' ? `"${renewal.id}"` : renewal.id })
  const params = memberOf(root, 'params')
  if (params !== undefined) {
    if (renewal.shiftMs !== 0)
      edits.push(...instantsOf(kind, params, text).flatMap(span => shifted(text, span, renewal.shiftMs)))
    if (kind === 'property.historyPost')
      edits.push(...identities(params, text, renewal))
  }
  return encoder.encode(applied(text, edits))
}

function decode(payload: Uint8Array): string | null {
  try {
    return utf8.decode(payload)
  }
  catch {
    return null
  }
}

/** Where the instants of a message stand. */
function instantsOf(kind: Topic['kind'], params: JsonSpan, text: string): JsonSpan[] {
  switch (kind) {
    // The wrapper stands around each value, and what looks like one inside a value is none.
    case 'property.post':
      return params.members.flatMap(({ value }) => timeOf(value))
    case 'event.post':
      return timeOf(params)
    case 'property.batchPost':
    case 'property.historyPost':
      return timesWithin(params)
    case 'network.post':
      return entriesOf(memberOf(params, 'p')).flatMap(entry => memberOf(entry, '_time') ?? [])
    case 'log.post':
      return [...entriesOf(params).flatMap(entry => memberOf(entry, 'utcTime') ?? []), memberOf(params, 'timestamp') ?? []].flat().filter(span => writtenTime.test(text.slice(span.from + 1, span.to - 1)))
    default:
      return []
  }
}

function entriesOf(span: JsonSpan | undefined): JsonSpan[] {
  return span === undefined ? [] : span.kind === 'array' ? span.items : [span]
}

function timeOf(span: JsonSpan): JsonSpan[] {
  const time = memberOf(span, 'time')
  return time !== undefined && memberOf(span, 'value') !== undefined ? [time] : []
}

/** The times of all wrappers, but of none inside a value. */
function timesWithin(span: JsonSpan): JsonSpan[] {
  const own = timeOf(span)
  return own.length > 0 ? own : [...span.items, ...span.members.map(({ value }) => value)].flatMap(timesWithin)
}

function shifted(text: string, span: JsonSpan, shiftMs: number): Edit[] {
  const written = text.slice(span.from, span.to)
  if (span.kind === 'number' && instant.test(written))
    return [{ span, text: String(Math.round(Number(written) + shiftMs)) }]
  const parts = span.kind === 'string' ? writtenTime.exec(written.slice(1, -1)) : null
  if (parts === null)
    return []
  const [, date, between, time, fraction, zone = ''] = parts
  const at = Date.parse(`${date}T${time}${fraction ?? ''}Z`)
  if (Number.isNaN(at))
    return []
  const moved = new Date(at + Math.round(shiftMs)).toISOString()
  return [{ span, text: `"${moved.slice(0, 10)}${between}${moved.slice(11, fraction === undefined ? 19 : 23)}${zone}"` }]
}

/** A history names the device that it is of. */
function identities(params: JsonSpan, text: string, { from, to }: Renewal): Edit[] {
  return entriesOf(params).flatMap((entry) => {
    const identity = memberOf(entry, 'identity')
    return identity === undefined
      ? []
      : (['productKey', 'deviceName'] as const).flatMap((name): Edit[] => {
          const span = memberOf(identity, name)
          return span !== undefined && text.slice(span.from, span.to) === JSON.stringify(from[name]) ? [{ span, text: JSON.stringify(to[name]) }] : []
        })
  })
}

function applied(text: string, edits: Edit[]): string {
  let result = ''
  let at = 0
  for (const { span, text: instead } of edits.toSorted((a, b) => a.span.from - b.span.from)) {
    result += text.slice(at, span.from) + instead
    at = span.to
  }
  return result + text.slice(at)
}
