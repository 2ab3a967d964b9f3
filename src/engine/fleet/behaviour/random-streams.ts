/** A source of numbers evenly spread over 0 (included) to 1 (excluded). */
export interface Random { next: () => number }

const wordsPerStream = 4

/** Spreads a seed and a name over two words, so that even 50,000 similar names hardly ever meet in the same stream. */
function hashName(seed: number, name: string): [number, number] {
  let first = seed ^ 0xDEAD_BEEF
  let second = ~seed ^ 0x41C6_CE57
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at)
    first = Math.imul(first ^ unit, 0x9E37_79B1)
    second = Math.imul(second ^ unit, 0x5F35_6495)
  }
  first = Math.imul(first ^ (first >>> 16), 0x85EB_CA6B) ^ Math.imul(second ^ (second >>> 13), 0xC2B2_AE35)
  second = Math.imul(second ^ (second >>> 16), 0x85EB_CA6B) ^ Math.imul(first ^ (first >>> 13), 0xC2B2_AE35)
  return [first, second]
}

/**
 * One generator (sfc32) per device, split from the seed of the run by the device's name: a device draws the same numbers
 * whatever its place in the fleet and whoever else takes part. 16 bytes a device.
 */
export class RandomStreams {
  readonly #seed: number
  #words: Uint32Array
  #count = 0
  #at = 0
  readonly #cursor: Random = { next: () => this.#next() }

  /** `room` is for how many streams there is memory at first; it grows as needed. */
  constructor(seed: number, room = 64) {
    this.#seed = seed
    this.#words = new Uint32Array(room * wordsPerStream)
  }

  get length(): number {
    return this.#count
  }

  /** Adds a stream behind the others. */
  add(name: string): void {
    const at = this.#count++ * wordsPerStream
    if (at === this.#words.length) {
      const grown = new Uint32Array(2 * this.#words.length)
      grown.set(this.#words)
      this.#words = grown
    }
    const [first, second] = hashName(this.#seed, name)
    this.#words.set([first, second, this.#seed, 1], at)
    this.#at = at
    // The generator's own advice: the first values still show the seed.
    for (let round = 0; round < 12; round++)
      this.#next()
  }

  /** Forgets the streams from `count` on. */
  truncate(count: number): void {
    this.#count = Math.min(this.#count, count)
  }

  /** The stream of one device; the returned object is good until the next call. */
  of(index: number): Random {
    this.#at = index * wordsPerStream
    return this.#cursor
  }

  #next(): number {
    const words = this.#words
    const at = this.#at
    const a = words[at]!
    const b = words[at + 1]!
    const c = words[at + 2]!
    const counter = words[at + 3]!
    const sum = (a + b + counter) >>> 0
    words[at] = b ^ (b >>> 9)
    words[at + 1] = c + (c << 3)
    words[at + 2] = ((c << 21) | (c >>> 11)) + sum
    words[at + 3] = counter + 1
    return sum / 0x1_0000_0000
  }
}

/** A generator of its own for one short purpose, such as the answer to one command. */
export function createRandom(seed: number, name: string): Random {
  const streams = new RandomStreams(seed, 1)
  streams.add(name)
  return streams.of(0)
}
