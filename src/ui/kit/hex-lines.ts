const charPx = 7.25

/** 16, 8 or 4 bytes a line: the most that fits the width with offset and characters beside them. */
export function bytesPerLine(widthPx: number): number {
  const chars = Math.floor((widthPx - 60) / charPx)
  for (const bytes of [32, 16, 8]) {
    if (8 + bytes * 3.9 + 1 <= chars)
      return bytes
  }
  return 4
}

export function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase()
}

/** The offset of a line: six hex digits, enough for every payload the platform accepts. */
export function offsetOf(offset: number): string {
  return offset.toString(16).padStart(6, '0')
}

/** The byte as a printable ASCII character, a dot otherwise. */
export function asciiOf(byte: number): string {
  return byte >= 0x20 && byte <= 0x7E ? String.fromCharCode(byte) : '·'
}
