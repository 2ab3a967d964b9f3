import { Buffer } from 'node:buffer'
import { frameLength, INCOMPLETE, MALFORMED } from './frame.ts'

/** Longer than any fixed header: the first byte and at most four of remaining length. */
const headerBytesMax = 5

/**
 * A packet that has not arrived completely. Exists only between the first and the last read that it is spread over, so
 * that a connection at rest keeps no buffer. Room grows with the bytes that came, not with the length that was claimed,
 * and what is beyond `keepBytesMax` is counted and thrown away.
 */
export class PartialFrame {
  readonly #keepBytesMax: number
  #bytes: Buffer
  #received = 0
  #total = INCOMPLETE

  constructor(keepBytesMax: number) {
    this.#keepBytesMax = keepBytesMax
    // Not from Node's pool, of which one slow connection would keep a thousand times as much.
    this.#bytes = Buffer.allocUnsafeSlow(64)
  }

  /** Length of the whole packet as its header says; {@link INCOMPLETE} while that is unknown, {@link MALFORMED} when it is none. */
  get total(): number {
    return this.#total
  }

  get isComplete(): boolean {
    return this.#total > 0 && this.#received === this.#total
  }

  /** The packet as far as it is kept: shorter than `total` when it was too long. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, Math.min(this.#received, this.#keepBytesMax))
  }

  /** Takes what belongs to this packet from `chunk` between `start` and `length`; returns where the rest begins. */
  take(chunk: Buffer, start: number, length: number): number {
    let position = start
    while (this.#total === INCOMPLETE && position < length && this.#received < headerBytesMax) {
      this.#keep(chunk, position, position + 1)
      position++
      this.#total = frameLength(this.#bytes, 0, this.#received)
    }
    if (this.#total === INCOMPLETE || this.#total === MALFORMED)
      return position
    const end = Math.min(length, position + this.#total - this.#received)
    this.#keep(chunk, position, end)
    return end
  }

  #keep(chunk: Buffer, start: number, end: number): void {
    const kept = Math.min(end, start + Math.max(0, this.#keepBytesMax - this.#received))
    if (kept > start) {
      this.#makeRoom(this.#received + kept - start)
      chunk.copy(this.#bytes, this.#received, start, kept)
    }
    this.#received += end - start
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length)
      return
    const grown = Buffer.allocUnsafeSlow(Math.min(this.#keepBytesMax, Math.max(bytes, this.#bytes.length * 2)))
    this.#bytes.copy(grown, 0, 0, this.#received)
    this.#bytes = grown
  }
}
