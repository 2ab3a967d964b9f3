import type { IncomingMessage } from 'node:http'
import type { DeviceHttpAnswer } from './device-http.ts'
import { storeError } from './store-error.ts'

/**
 * Which bytes of a file a request wants: `null` for all of them, also where its header cannot be read or is meant for another
 * state of the file; `none` when the file does not reach there (RFC 9110, 13.1.5 and 14.2).
 */
export function parseByteRange({ headers }: Pick<IncomingMessage, 'headers'>, { size, etag }: { size: number, etag: string }): { start: number, bytes: number } | 'none' | null {
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag)
    return null
  const [, from = '', to = ''] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(headers.range?.trim() ?? '') ?? []
  if (from === '' && to === '')
    return null
  if (from === '') {
    const bytes = Math.min(Number(to), size)
    return bytes === 0 ? 'none' : { start: size - bytes, bytes }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start)
    return null
  return start >= size ? 'none' : { start, bytes: end - start + 1 }
}

/** The answer to a request for bytes that a file of `size` bytes does not have. */
export function unsatisfiableRange(request: IncomingMessage, size: number): DeviceHttpAnswer {
  const answer = storeError(request, 416, 'InvalidRange', 'The requested range cannot be satisfied.', { RangeRequested: String(request.headers.range), ActualObjectSize: String(size) })
  return { ...answer, headers: { ...answer.headers, 'Content-Range': `bytes */${size}` } }
}
