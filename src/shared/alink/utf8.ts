/** Length of a text in bytes of UTF-8. A lone surrogate counts as the three bytes it is replaced with. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80)
      continue
    const isPair = unit >= 0xD800 && unit <= 0xDBFF && (text.charCodeAt(index + 1) & 0xFC00) === 0xDC00
    if (isPair)
      index++
    bytes += unit < 0x800 ? 1 : 2
  }
  return bytes
}

/** True when a text has more than `bytesMax` bytes of UTF-8; measures only a text that could. */
export function isLongerThan(text: string, bytesMax: number): boolean {
  return text.length * 3 > bytesMax && utf8Length(text) > bytesMax
}

/** A text as bytes of UTF-8, by the language alone; for headers, which are short. */
export function encodeUtf8(text: string): Uint8Array {
  const escaped = encodeURIComponent(text.toWellFormed()).match(/%..|[^%]/g) ?? []
  return Uint8Array.from(escaped, part => part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16))
}

/** The text that bytes of UTF-8 stand for; undefined when they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(Array.from(bytes, byte => `%${byte.toString(16).padStart(2, '0')}`).join(''))
  }
  catch {
    return undefined
  }
}
