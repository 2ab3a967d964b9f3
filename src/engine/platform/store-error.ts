import type { IncomingMessage } from 'node:http'
import type { DeviceHttpAnswer } from './device-http.ts'
import { randomBytes } from 'node:crypto'

/** An error of the file store in the form of the cloud's (Alink 8.6): XML with code, message, request id and host. */
export function storeError(request: IncomingMessage, status: number, code: string, message: string, more: Record<string, string> = {}): DeviceHttpAnswer {
  const members = { Code: code, Message: message, RequestId: randomBytes(12).toString('hex').toUpperCase(), HostId: request.headers.host ?? '', ...more }
  const lines = Object.entries(members).map(([name, value]) => `  <${name}>${escape(value)}</${name}>`)
  return { status, headers: { 'Content-Type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join('\n')}\n</Error>\n` }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
