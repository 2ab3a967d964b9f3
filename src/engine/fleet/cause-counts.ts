/** More different causes than this are counted together. */
const causesMax = 50
const otherCauses = 'other causes'

/** Counts what went wrong, by its cause in words. */
export class CauseCounts {
  readonly #counts = new Map<string, number>()

  count(cause: string): void {
    const key = this.#counts.has(cause) || this.#counts.size < causesMax ? cause : otherCauses
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  toRecord(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}
