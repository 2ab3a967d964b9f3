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
