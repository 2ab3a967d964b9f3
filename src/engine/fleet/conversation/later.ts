interface Entry { dueAt: number, order: number, run: (now: number) => void }

/** More than this waits for nobody: a flood of commands with a long delay. */
const entriesMax = 50_000

/** What is to be done once and later, in the order of its instants; costs nothing while nothing waits. */
export class Later {
  /** A binary heap. */
  readonly #heap: Entry[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  /** False when too much waits already. */
  add(dueAt: number, run: (now: number) => void): boolean {
    const heap = this.#heap
    if (heap.length >= entriesMax)
      return false
    const entry: Entry = { dueAt, order: this.#order++, run }
    let place = heap.length
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      if (!isBefore(entry, heap[parentPlace]!))
        break
      heap[place] = heap[parentPlace]!
      place = parentPlace
    }
    heap[place] = entry
    return true
  }

  /** Runs what is due, at most `countMax` of it. */
  run(now: number, countMax: number): void {
    for (let count = 0; count < countMax && this.#heap.length > 0 && this.#heap[0]!.dueAt <= now; count++)
      this.#takeFirst().run(now)
  }

  clear(): void {
    this.#heap.length = 0
  }

  #takeFirst(): Entry {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0)
      return first
    let place = 0
    for (let child = 1; child < heap.length; child = 2 * place + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!))
        child++
      if (!isBefore(heap[child]!, last))
        break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = last
    return first
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order)
}
