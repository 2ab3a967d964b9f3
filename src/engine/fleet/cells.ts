import type { CellState } from '../../shared/contract/fleet.ts'
import { cellStates } from '../../shared/contract/fleet.ts'

/** The byte of each state in a matrix of cells. */
export const cellByte = Object.fromEntries(cellStates.map((state, byte) => [state, byte])) as Record<CellState, number>

/** The state of every device of a fleet, one byte each, and how many devices are in each state. */
export class Cells {
  #bytes = new Uint8Array(64)
  #length = 0
  #version = 0
  readonly #counts = cellStates.map(() => 0)

  get length(): number {
    return this.#length
  }

  /** Goes up with every change. */
  get version(): number {
    return this.#version
  }

  /** False for a device that does not exist. */
  is(index: number, state: CellState): boolean {
    return index < this.#length && this.#bytes[index] === cellByte[state]
  }

  countOf(state: CellState): number {
    return this.#counts[cellByte[state]]!
  }

  set(index: number, state: CellState): void {
    this.#counts[this.#bytes[index]!]!--
    this.#counts[cellByte[state]]!++
    this.#bytes[index] = cellByte[state]
    this.#version++
  }

  /** Adds an idle device; its index. */
  add(): number {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes[this.#length] = cellByte.idle
    this.#counts[cellByte.idle]!++
    this.#version++
    return this.#length++
  }

  /** Forgets the last device. */
  pop(): void {
    this.#length--
    this.#counts[this.#bytes[this.#length]!]!--
    this.#version++
  }

  /** A copy of all states, an index into `cellStates` each. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }
}
