import type { TraceRow } from '../../../shared/contract/trace.ts'
import type { Mistake } from '../../../shared/diagnose/mistake.ts'
import type { StoredTrace } from '../../store/types.ts'
import { parseFileFrame } from '../../../shared/alink/file-upload.ts'
import { recogniseMistakes } from '../../../shared/diagnose/recognise.ts'

/** Names a device by its registry id, also after it was deleted. */
export type NameDevice = (deviceId: number) => { productKey: string, deviceName: string } | undefined

const previewCharsMax = 240
const previewBytesMax = 320
/** Bytes behind a JSON header: the header says more about them than their first ones. */
const framedTopics = /\/thing\/file\/(?:upload\/mqtt\/send|download_reply)$/
const strictUtf8 = new TextDecoder('utf-8', { fatal: true })
const lenientUtf8 = new TextDecoder('utf-8')

/** The payload as text, or null when it is not UTF-8 text. */
export function payloadText(payload: Uint8Array): string | null {
  try {
    const text = strictUtf8.decode(payload)
    // Control characters other than white space mean that the bytes only happen to be valid UTF-8.
    // eslint-disable-next-line no-control-regex
    return /[\0-\x08\x0E-\x1F]/.test(text)
      ? null
      : text
  }
  catch {
    return null
  }
}

/** The first characters of a payload for one line of a table; bytes that are not text are shown as hex. */
export function payloadPreview(payload: Uint8Array): string {
  const head = payload.subarray(0, previewBytesMax)
  // A character cut in two at the end of the head must not turn the whole preview into hex.
  const text = head.length < payload.length
    ? lenientUtf8.decode(head).replace(/\uFFFD+$/, '')
    : payloadText(head)
  if (text !== null && !text.includes('\uFFFD'))
    return text.slice(0, previewCharsMax)
  return Array.from(head.subarray(0, previewCharsMax / 3), byte => byte.toString(16).padStart(2, '0')).join(' ')
}

/** Who a row is of: a known device, or what was claimed. */
export function identityOf(row: Pick<StoredTrace, 'deviceId' | 'deviceKey'>, nameDevice: NameDevice): { productKey: string, deviceName: string } {
  const [claimedProduct = '', claimedName = ''] = row.deviceKey?.split('/') ?? []
  const known = row.deviceId === 0
    ? undefined
    : nameDevice(row.deviceId)
  return { productKey: known?.productKey ?? claimedProduct, deviceName: known?.deviceName ?? claimedName }
}

/** The mistakes in a stored row. */
export function mistakesOf(row: StoredTrace, identity: { productKey: string, deviceName: string }): Mistake[] {
  return recogniseMistakes({ ...row, ...identity }, payload => lenientUtf8.decode(payload))
}

/** Shapes a stored row for the console. */
export function presentTrace(row: StoredTrace, nameDevice: NameDevice): TraceRow {
  const identity = identityOf(row, nameDevice)
  const [mistake] = mistakesOf(row, identity)
  return {
    id: row.id,
    at: row.at,
    direction: row.direction,
    ...identity,
    topic: row.topic,
    qos: row.qos,
    payloadBytes: row.payload.length,
    preview: payloadPreview(framedTopics.test(row.topic) ? parseFileFrame(row.payload)?.header ?? row.payload : row.payload),
    code: row.code,
    causeId: row.causeId,
    ...(mistake && { mistake: mistake.kind }),
  }
}
