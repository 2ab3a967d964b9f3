const crc16Table = Uint16Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++)
    value = value & 1 ? value >>> 1 ^ 0xA001 : value >>> 1
  return value
})

/** CRC-16/ARC: polynomial 0x8005 reflected, start 0, nothing added at the end; 0xBB3D for the text `123456789`. */
export function crc16Arc(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes)
    crc = crc >>> 8 ^ crc16Table[(crc ^ byte) & 0xFF]!
  return crc
}

/** The two CRCs of 64 bits that are in use for whole files. */
export type Crc64Variant = 'xz' | 'jones'

interface Crc64Rule { polynomial: bigint, inverted: boolean }

/** Both reflected. XZ is what object stores report (`995dc9bbdf1939fa` for `123456789`), Jones what Redis uses (`e9c6d914c4b8d9ca`). */
const crc64Rules: Record<Crc64Variant, Crc64Rule> = {
  xz: { polynomial: 0xC96C5795D7870F42n, inverted: true },
  jones: { polynomial: 0x95AC9329AC4BC9B5n, inverted: false },
}

/** A table of 64-bit values in halves, because whole ones would be slow: [low, high]. */
type HalfTables = [Int32Array, Int32Array]

function makeTables(polynomial: bigint): HalfTables {
  const tables: HalfTables = [new Int32Array(256), new Int32Array(256)]
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index)
    for (let bit = 0; bit < 8; bit++)
      value = value & 1n ? value >> 1n ^ polynomial : value >> 1n
    tables[0][index] = Number(value & 0xFFFFFFFFn) | 0
    tables[1][index] = Number(value >> 32n) | 0
  }
  return tables
}

const crc64Tables: Record<Crc64Variant, HalfTables> = {
  xz: makeTables(crc64Rules.xz.polynomial),
  jones: makeTables(crc64Rules.jones.polynomial),
}

/** A CRC-64 over bytes that come in pieces. */
export class Crc64 {
  readonly #rule: Crc64Rule
  readonly #low: Int32Array
  readonly #high: Int32Array
  #lowWord: number
  #highWord: number

  constructor(variant: Crc64Variant) {
    this.#rule = crc64Rules[variant];
    [this.#low, this.#high] = crc64Tables[variant]
    this.#lowWord = this.#highWord = this.#rule.inverted ? -1 : 0
  }

  update(bytes: Uint8Array): this {
    const lowTable = this.#low
    const highTable = this.#high
    let low = this.#lowWord
    let high = this.#highWord
    for (const byte of bytes) {
      const index = (low ^ byte) & 0xFF
      low = (low >>> 8 | high << 24) ^ lowTable[index]!
      high = high >>> 8 ^ highTable[index]!
    }
    this.#lowWord = low
    this.#highWord = high
    return this
  }

  /** The value so far as 16 lower-case hex digits. */
  hex(): string {
    const words = [this.#highWord, this.#lowWord].map(word => (this.#rule.inverted ? ~word : word) >>> 0)
    return words.map(word => word.toString(16).padStart(8, '0')).join('')
  }
}
