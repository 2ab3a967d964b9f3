import { Buffer } from 'node:buffer'

/** A seeded source of choices (sfc32): the same seed and index make the same case on every machine. */
export class Dice {
  readonly #words: Uint32Array

  constructor(seed: number, index: number) {
    this.#words = new Uint32Array([seed ^ 0x9E37_79B9, Math.imul(index + 1, 0x85EB_CA6B), seed ^ index, 1])
    for (let round = 0; round < 12; round++)
      this.next()
  }

  /** 0 included to 1 excluded. */
  next(): number {
    const words = this.#words
    const [a, b, c, counter] = words as unknown as [number, number, number, number]
    const sum = (a + b + counter) >>> 0
    words[0] = b ^ (b >>> 9)
    words[1] = c + (c << 3)
    words[2] = ((c << 21) | (c >>> 11)) + sum
    words[3] = counter + 1
    return sum / 0x1_0000_0000
  }

  /** A whole number from 0 to `max` excluded. */
  below(max: number): number {
    return Math.floor(this.next() * max)
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    for (let at = 0; at < length; at++)
      bytes[at] = this.below(256)
    return bytes
  }
}
