/** Which bytes of a file a request wants: `null` for all of them, also where the header cannot be read (RFC 9110, 14.2); `none` when the file does not reach there. */
export function parseByteRange(header: string | undefined, size: number): { start: number, bytes: number } | 'none' | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header?.trim() ?? '') ?? []
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
