/** A WebAssembly.Memory; its buffer is another one after it has grown. */
export interface WasmMemory { readonly buffer: ArrayBuffer }

/** Memory is looked at in pages, word by word because there are megabytes of it. */
const pageBytes = 4096
const wordsPerPage = pageBytes / 4
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
    const { from, to } = largestZeros(new Uint32Array(memory.buffer))
    this.#stackFrom = Math.min(from + zeroedDataBytes, to)
    // The first page above is on the stack's edge and cheap to have twice.
    this.#stackTo = to
  }

  /** Remembers the memory as it is now. */
  take(): void {
    const bytes = new Uint8Array(this.#memory.buffer)
    const words = new Uint32Array(this.#memory.buffer)
    let end = bytes.length
    while (end > this.#stackTo && isZero(words, end - pageBytes))
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
function largestZeros(words: Uint32Array): { from: number, to: number } {
  let best = { from: 0, to: 0 }
  let from = 0
  for (let at = 0; at < words.byteLength; at += pageBytes) {
    if (isZero(words, at))
      continue
    if (at - from > best.to - best.from)
      best = { from, to: at }
    from = at + pageBytes
  }
  return best
}

function isZero(words: Uint32Array, from: number): boolean {
  const first = from / 4
  for (let at = first; at < first + wordsPerPage; at++) {
    if (words[at] !== 0)
      return false
  }
  return true
}
