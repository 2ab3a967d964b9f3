/** Something that gathers what it has to send. */
export interface Flushable { flush: () => void }

/**
 * Sends what was gathered in one turn of the event loop at its end: several messages that meet on one socket become one
 * write, which is many times cheaper.
 */
export class Flusher {
  #gathering: Flushable[] = []
  #scheduled: NodeJS.Immediate | undefined

  /** Has `item` flushed at the end of this turn; an item is added once a turn by its own care. */
  add(item: Flushable): void {
    this.#gathering.push(item)
    this.#scheduled ??= setImmediate(() => this.flush())
  }

  /** Flushes everything now. */
  flush(): void {
    if (this.#scheduled !== undefined)
      clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    const items = this.#gathering
    this.#gathering = []
    for (const item of items)
      item.flush()
  }
}
