/**
 * Which device is due next: a binary heap over device indexes that also finds, moves and removes the entry of a device.
 * Devices due at the same instant come in the order of their index, so that a run repeats exactly.
 */
export class DueHeap {
  /** Device indexes in heap order. */
  readonly #heap: number[] = []
  /** By device index: when it is due. */
  readonly #dueAt: number[] = []
  /** By device index: where it stands in the heap, -1 when it does not. */
  readonly #place: number[] = []

  get size(): number {
    return this.#heap.length
  }

  /** The device that is due first; undefined when none is waiting. */
  first(): number | undefined {
    return this.#heap[0]
  }

  /** When a device is due; undefined when it is not waiting. */
  dueOf(index: number): number | undefined {
    return (this.#place[index] ?? -1) < 0 ? undefined : this.#dueAt[index]
  }

  /** Enters a device, or moves it. */
  set(index: number, dueAt: number): void {
    while (this.#place.length <= index) {
      this.#place.push(-1)
      this.#dueAt.push(0)
    }
    this.#dueAt[index] = dueAt
    if (this.#place[index]! < 0) {
      this.#heap.push(index)
      this.#place[index] = this.#heap.length - 1
    }
    this.#settle(index)
  }

  remove(index: number): void {
    const place = this.#place[index] ?? -1
    if (place < 0)
      return
    this.#place[index] = -1
    const last = this.#heap.pop()!
    if (last === index)
      return
    this.#heap[place] = last
    this.#place[last] = place
    this.#settle(last)
  }

  /** Gives every waiting device a new instant. */
  reschedule(move: (index: number, dueAt: number) => number): void {
    for (const index of this.#heap)
      this.#dueAt[index] = move(index, this.#dueAt[index]!)
    for (let place = (this.#heap.length >> 1) - 1; place >= 0; place--)
      this.#sink(place)
  }

  #settle(index: number): void {
    this.#rise(this.#place[index]!)
    this.#sink(this.#place[index]!)
  }

  #isBefore(a: number, b: number): boolean {
    const dueA = this.#dueAt[a]!
    const dueB = this.#dueAt[b]!
    return dueA < dueB || (dueA === dueB && a < b)
  }

  #rise(from: number): void {
    const heap = this.#heap
    const index = heap[from]!
    let place = from
    while (place > 0) {
      const parentPlace = (place - 1) >> 1
      const parent = heap[parentPlace]!
      if (!this.#isBefore(index, parent))
        break
      heap[place] = parent
      this.#place[parent] = place
      place = parentPlace
    }
    heap[place] = index
    this.#place[index] = place
  }

  #sink(from: number): void {
    const heap = this.#heap
    const index = heap[from]!
    let place = from
    for (;;) {
      let childPlace = 2 * place + 1
      if (childPlace >= heap.length)
        break
      if (childPlace + 1 < heap.length && this.#isBefore(heap[childPlace + 1]!, heap[childPlace]!))
        childPlace++
      const child = heap[childPlace]!
      if (!this.#isBefore(child, index))
        break
      heap[place] = child
      this.#place[child] = place
      place = childPlace
    }
    heap[place] = index
    this.#place[index] = place
  }
}
