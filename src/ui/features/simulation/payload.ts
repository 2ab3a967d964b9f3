import { toBase64 } from '../../kit/base64.ts'

export const payloadForms = ['text', 'hex', 'base64'] as const
export type PayloadForm = (typeof payloadForms)[number]

/** The bytes that were typed, in Base64; null when it is not of that form. */
export function readPayload(form: PayloadForm, typed: string): string | null {
  if (form === 'text')
    return toBase64(typed)
  if (form === 'hex') {
    const digits = typed.replace(/^\s*0x/i, '').replaceAll(/\s+/g, '')
    return /^(?:[0-9a-f]{2})*$/i.test(digits) ? toBase64(Uint8Array.from(digits.match(/../g) ?? [], pair => Number.parseInt(pair, 16))) : null
  }
  const text = typed.replaceAll(/\s+/g, '')
  return /^(?:[A-Z\d+/]{4})*(?:[A-Z\d+/]{2}==|[A-Z\d+/]{3}=)?$/i.test(text) ? text : null
}

/** Bytes as a line to read: text where they are text, else hex digits. */
export function showPayload(payloadBase64: string): string {
  const bytes = Uint8Array.from(atob(payloadBase64), character => character.charCodeAt(0))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  }
  catch {
    return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ')
  }
}
