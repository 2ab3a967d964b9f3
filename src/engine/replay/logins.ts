/** Lets so many logins be under way at a time, first come first served. */
export class Logins {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  #open = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Calls `run` at once or when there is room; every run is followed by one {@link done}. */
  want(run: () => void): void {
    if (this.#open >= this.#max) {
      this.#waiting.push(run)
      return
    }
    this.#open++
    run()
  }

  done(): void {
    const next = this.#waiting.shift()
    if (next)
      next()
    else
      this.#open--
  }
}
