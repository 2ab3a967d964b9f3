/** So many pictures are timed once a second: asking for all of them would keep the page from ever resting. */
const framesPerLook = 6
const timesKept = 30

/** How long this page takes from one picture to the next. */
export class FrameTimes {
  readonly #nextFrame: (run: (at: number) => void) => unknown
  readonly #times: number[] = []
  #isMeasuring = false
  #turn = 0

  constructor(nextFrame: (run: (at: number) => void) => unknown) {
    this.#nextFrame = nextFrame
  }

  /** Times the next few pictures; nothing while that is still going on. */
  measure(): void {
    if (this.#isMeasuring)
      return
    this.#isMeasuring = true
    const turn = ++this.#turn
    let last: number | undefined
    let left = framesPerLook
    const frame = (at: number): void => {
      if (turn !== this.#turn)
        return
      if (last !== undefined)
        this.#times.push(at - last)
      last = at
      if (left-- > 0)
        return void this.#nextFrame(frame)
      this.#isMeasuring = false
      this.#times.splice(0, this.#times.length - timesKept)
    }
    this.#nextFrame(frame)
  }

  /** A hidden page draws nothing, which says nothing about its speed. */
  forget(): void {
    this.#turn++
    this.#isMeasuring = false
    this.#times.length = 0
  }

  /** The time that 95 of 100 of the last pictures kept to, milliseconds; null while none has been timed. */
  p95(): number | null {
    const sorted = [...this.#times].sort((a, b) => a - b)
    return sorted.length === 0 ? null : Math.round(sorted[Math.ceil(sorted.length * 0.95) - 1]!)
  }
}
