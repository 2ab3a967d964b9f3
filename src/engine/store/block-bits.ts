/** Bits for the numbers that occur in a block, numbers above taken round again: exact for some thousand devices and their topics. */
const bits = 16_384

/** One bit for every number that occurs. */
export function toBits(numbers: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(bits / 8)
  for (const number of numbers)
    bytes[number % bits >> 3]! |= 1 << (number & 7)
  return bytes
}

/** Whether any of these numbers may occur; false is certain. */
export function hasAny(bytes: Uint8Array, numbers: readonly number[]): boolean {
  return numbers.some(number => (bytes[number % bits >> 3]! & (1 << (number & 7))) !== 0)
}
