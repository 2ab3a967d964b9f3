import { Buffer } from 'node:buffer'
import { damagedContent } from './storage-fault.ts'

/**
 * The samples of one trace row, packed. Each sample is a head (property id × 8 + time bit + kind), the time when it
 * differs from that of the sample before (the first is compared with the arrival of the row), and the value: an integer
 * or an integer number of thousandths as a varint where that is exact, otherwise eight bytes. A reading like 21.4 then
 * takes four bytes instead of nineteen.
 */
const kindDouble = 0
const kindInteger = 1
const kindThousandths = 2
const timeBit = 4
const headFactor = 8

/** Two varints, a head and a double: the most one sample can take. */
const sampleBytesMax = 32
/** Integers beyond this are kept as doubles, so that their zigzag form stays exact. */
const varintMax = 2 ** 51

export interface SampleEncoder {
  /** Starts the samples of one row that arrived at `rowAt`. */
  begin: (rowAt: number) => void
  /** Adds a sample; `at` is a whole number of milliseconds, `value` is finite. */
  add: (propertyId: number, at: number, value: number) => void
  /** The packed samples, valid until the next `begin`; null when there are none. */
  end: () => Uint8Array | null
}

/** Packs the samples of one row after the other into the same memory. */
export function createSampleEncoder(): SampleEncoder {
  let buffer = Buffer.allocUnsafe(1024)
  let length = 0
  let previousAt = 0

  function putVarint(value: number): void {
    while (value >= 0x80) {
      buffer[length++] = (value % 0x80) | 0x80
      value = Math.floor(value / 0x80)
    }
    buffer[length++] = value
  }
  const putSigned = (value: number) => putVarint(value < 0 ? -value * 2 - 1 : value * 2)

  return {
    begin(rowAt) {
      length = 0
      previousAt = rowAt
    },
    add(propertyId, at, value) {
      if (length + sampleBytesMax > buffer.length) {
        const larger = Buffer.allocUnsafe(buffer.length * 2)
        buffer.copy(larger)
        buffer = larger
      }
      const thousandths = Math.round(value * 1000)
      const kind = isShort(value)
        ? kindInteger
        : isShort(thousandths) && thousandths / 1000 === value ? kindThousandths : kindDouble
      putVarint(propertyId * headFactor + (at === previousAt ? 0 : timeBit) + kind)
      if (at !== previousAt)
        putSigned(at - previousAt)
      previousAt = at
      if (kind === kindDouble)
        length = buffer.writeDoubleLE(value, length)
      else
        putSigned(kind === kindInteger ? value : thousandths)
    },
    end: () => length === 0 ? null : buffer.subarray(0, length),
  }
}

/** An integer whose varint is exact and does not lose the sign of -0. */
function isShort(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < varintMax && !Object.is(value, -0)
}

/** Calls `visit` for every sample of a row that arrived at `rowAt`, in order; throws an error that counts as damage. */
export function decodeSamples(data: Uint8Array, rowAt: number, visit: (propertyId: number, at: number, value: number) => void): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let offset = 0
  let at = rowAt

  function need(bytes: number): void {
    if (offset + bytes > data.byteLength)
      throw damagedContent('The samples of a trace row end too early.')
  }
  function takeVarint(): number {
    let value = 0
    let factor = 1
    for (;;) {
      need(1)
      const byte = view.getUint8(offset++)
      value += (byte & 0x7F) * factor
      if (byte < 0x80)
        return value
      factor *= 0x80
    }
  }
  function takeSigned(): number {
    const value = takeVarint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  while (offset < data.byteLength) {
    const head = takeVarint()
    const kind = head % timeBit
    if (head % headFactor >= timeBit)
      at += takeSigned()
    let value: number
    if (kind === kindDouble) {
      need(8)
      value = view.getFloat64(offset, true)
      offset += 8
    }
    else {
      value = kind === kindInteger ? takeSigned() : takeSigned() / 1000
    }
    visit(Math.floor(head / headFactor), at, value)
  }
}
