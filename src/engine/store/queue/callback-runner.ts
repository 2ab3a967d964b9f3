import type { Log } from '../../../shared/log.ts'

/**
 * Callbacks run in one turn of the event loop, or a quarter of those that wait where that is more: ten thousand
 * acknowledgements at once would hold up the sockets, but a backlog must not grow either.
 */
const callbacksPerTurn = 1_000

/** Runs callbacks in the order they were given, some in each turn of the event loop; one that throws is logged. */
export class CallbackRunner {
  readonly #log: Log
  readonly #lists: (() => void)[][] = []
  /** The list that single callbacks are added to, while it is the last one. */
  #singles: (() => void)[] = []
  /** The next callback of the first list. */
  #position = 0
  #waiting = 0
  #scheduled = false

  constructor(log: Log) {
    this.#log = log
  }

  get isIdle(): boolean {
    return this.#waiting === 0
  }

  /** Runs the callbacks now as far as a turn allows, the rest in later turns. */
  run(callbacks: (() => void)[]): void {
    if (callbacks.length === 0)
      return
    this.#lists.push(callbacks)
    this.#waiting += callbacks.length
    if (!this.#scheduled)
      this.#runTurn()
  }

  /** Runs the callback in a later turn. */
  runLater(callback: () => void): void {
    if (this.#lists.at(-1) !== this.#singles) {
      this.#singles = []
      this.#lists.push(this.#singles)
    }
    this.#singles.push(callback)
    this.#waiting++
    this.#schedule()
  }

  /** Runs everything that still waits. */
  drain(): void {
    while (this.#waiting > 0)
      this.#runNext()
  }

  #runTurn(): void {
    for (let left = Math.max(callbacksPerTurn, this.#waiting / 4); left > 0 && this.#waiting > 0; left--)
      this.#runNext()
    if (this.#waiting > 0)
      this.#schedule()
  }

  #runNext(): void {
    const list = this.#lists[0]!
    const callback = list[this.#position++]!
    this.#waiting--
    if (this.#position === list.length) {
      this.#lists.shift()
      this.#position = 0
    }
    try {
      callback()
    }
    catch (error) {
      this.#log.error('A callback after a commit failed.', { error: error instanceof Error ? error.stack ?? error.message : String(error) })
    }
  }

  #schedule(): void {
    if (this.#scheduled)
      return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#runTurn()
    })
  }
}
