import type { LimitPart } from './contract/limit.ts'

/** A part has to be in trouble for so long before it is named, and to be well for so long before it is not any more. */
const enterMs = 2_000
const leaveMs = 5_000

/** Which part is named as the limit, made steady: a single slow second names nobody, and a single good one acquits nobody. */
export class SteadyLimit {
  #current: { part: LimitPart, fromAt: number } | null = null
  /** When the current one was last found in trouble, and since when somebody has been without a break. */
  #foundAt = 0
  #troubledFrom: number | null = null

  /** Takes what a look found at `at`, milliseconds; what is named from then on. `mustName` names it without waiting. */
  look(found: LimitPart | null, at: number, mustName = false): { part: LimitPart, fromAt: number } | null {
    if (found === null) {
      this.#troubledFrom = null
      if (this.#current !== null && at - this.#foundAt >= leaveMs)
        this.#current = null
      return this.#current
    }
    this.#troubledFrom ??= at
    if (found === this.#current?.part) {
      this.#foundAt = at
    }
    else if (mustName || (this.#current === null ? at - this.#troubledFrom : at - this.#foundAt) >= enterMs) {
      this.#current = { part: found, fromAt: this.#current === null ? this.#troubledFrom : at }
      this.#foundAt = at
    }
    return this.#current
  }

  /** When the part that is named was last found in trouble. */
  get foundAt(): number {
    return this.#foundAt
  }
}
