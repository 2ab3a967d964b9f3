/**
 * Whole numbers beyond 2^53 on their way into the sandbox and out of it. JSON.parse would round them, so they travel as
 * marked text and are BigInt inside: a script that cannot do with those fails, instead of sending wrong digits.
 */

/** A text, or a number that may be too long; strings are matched so that digits inside them are passed over. */
const stringOrLongNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]{15,}/gi
const markedNumber = /"\\u0000(-?\d+)"/g
/** The least and the largest that 64 bits can hold, signed or not; what is beyond is no integer of a device. */
const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

/** Marks the integers of 64 bits in a JSON text that a number could not hold. */
export function markBigNumbers(json: string): string {
  return /\d{16}/.test(json) ? json.replace(stringOrLongNumber, part => part.startsWith('"') || !isBig(part) ? part : `"\\u0000${part}"`) : json
}

function isBig(number: string): boolean {
  if (!/^-?\d+$/.test(number) || Number.isSafeInteger(Number(number)))
    return false
  const value = BigInt(number)
  return value >= int64Min && value <= uint64Max
}

/** Writes marked integers as the digits they stand for. */
export function unmarkBigNumbers(json: string): string {
  return json.includes('"\\u0000') ? json.replace(markedNumber, '$1') : json
}
