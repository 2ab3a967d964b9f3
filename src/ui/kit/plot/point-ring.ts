/** The newest points of a series in typed arrays of a fixed size; the oldest make room. Times never go back. */
export class PointRing {
  readonly capacity: number
  /** Points that made room for newer ones. */
  overwritten = 0
  #at: Float64Array
  #value: Float64Array
  #start = 0
  #length = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.#at = new Float64Array(capacity)
    this.#value = new Float64Array(capacity)
  }

  get length(): number {
    return this.#length
  }

  /** Adds a point; one that is older than the newest is left out, because the ring is searched by time. */
  push(at: number, value: number): void {
    if (this.#length > 0 && at < this.at(this.#length - 1))
      return
    const slot = (this.#start + this.#length) % this.capacity
    this.#at[slot] = at
    this.#value[slot] = value
    if (this.#length < this.capacity) {
      this.#length++
    }
    else {
      this.#start = (this.#start + 1) % this.capacity
      this.overwritten++
    }
  }

  clear(): void {
    this.#start = this.#length = this.overwritten = 0
  }

  at(index: number): number {
    return this.#at[(this.#start + index) % this.capacity]!
  }

  value(index: number): number {
    return this.#value[(this.#start + index) % this.capacity]!
  }

  /** Index of the first point at or after an instant; the length when there is none. */
  firstFrom(at: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.at(middle) < at)
        low = middle + 1
      else
        high = middle
    }
    return low
  }
}
