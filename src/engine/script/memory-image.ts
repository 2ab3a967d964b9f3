/** A WebAssembly.Memory; its buffer is another one after it has grown. */
export interface WasmMemory { readonly buffer: ArrayBuffer }

/** A page of WebAssembly memory, for looking at it in pieces. */
const pageBytes = 4096
/** What follows the program's constants may be variables that are zero, so as much of it counts as data. */
const zeroedDataBytes = 256 * 1024

/**
 * The memory of an instance of QuickJS at a moment when no call is under way, and the way back to it. The program's own
 * stack is left out: nothing on it is alive at such a moment, and it is most of the memory. It is found as the largest
 * stretch of zeros in an instance that has done nothing yet, between the program's data and its heap.
 */
export class MemoryImage {
  readonly #memory: WasmMemory
  readonly #stackFrom: number
  readonly #stackTo: number
  #data = new Uint8Array()
  #heap = new Uint8Array()

  constructor(memory: WasmMemory) {
    this.#memory = memory
    const { from, to } = largestZeros(new Uint8Array(memory.buffer))
    this.#stackFrom = Math.min(from + zeroedDataBytes, to)
    // The first page above is on the stack's edge and cheap to have twice.
    this.#stackTo = to
  }

  /** Remembers the memory as it is now. */
  take(): void {
    const bytes = new Uint8Array(this.#memory.buffer)
    let end = bytes.length
    while (end > this.#stackTo && isZero(bytes, end - pageBytes))
      end -= pageBytes
    this.#data = bytes.slice(0, this.#stackFrom)
    this.#heap = bytes.slice(this.#stackTo, end)
  }

  /** Puts it back. What the heap has grown by since then stays, as free memory. */
  restore(): void {
    const bytes = new Uint8Array(this.#memory.buffer)
    bytes.set(this.#data, 0)
    bytes.set(this.#heap, this.#stackTo)
  }
}

/** The longest run of pages of zeros that is followed by a page with something in it. */
function largestZeros(bytes: Uint8Array): { from: number, to: number } {
  let best = { from: 0, to: 0 }
  let from = 0
  for (let at = 0; at < bytes.length; at += pageBytes) {
    if (isZero(bytes, at))
      continue
    if (at - from > best.to - best.from)
      best = { from, to: at }
    from = at + pageBytes
  }
  return best
}

function isZero(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < from + pageBytes; at++) {
    if (bytes[at] !== 0)
      return false
  }
  return true
}
