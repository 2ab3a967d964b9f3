import type { BlockPoints, BlockSummary } from '../series-block.ts'

/** What of a series is wanted; both ends are inclusive. */
export interface WindowWish { fromAt: number, toAt: number, newestFirst: boolean, limit: number }

/** Points that may gather beyond the limit before those that are too many are let go. */
const slack = 4_096

/** Keeps the first points of a range, newest or oldest first, out of points that come in any order. */
export class PointWindow {
  readonly #wish: WindowWish
  #points: { at: number, value: number }[] = []
  /** Once there are enough points: later ones (newest first: earlier ones) than this are not among the first. */
  #lastAt: number | null = null

  constructor(wish: WindowWish) {
    this.#wish = wish
  }

  /** Passes over a block that lies outside the range or behind everything that is wanted; false when its points are needed. */
  addSummary({ firstAt, lastAt }: Pick<BlockSummary, 'firstAt' | 'lastAt'>): boolean {
    const { fromAt, toAt, newestFirst } = this.#wish
    return lastAt < fromAt || firstAt > toAt || this.#isBehind(newestFirst ? lastAt : firstAt)
  }

  addPoint(at: number, value: number): void {
    if (at < this.#wish.fromAt || at > this.#wish.toAt || this.#isBehind(at))
      return
    this.#points.push({ at, value })
    if (this.#points.length >= this.#wish.limit + slack)
      this.#shrink()
  }

  addPoints({ firstAt, offsets, values }: BlockPoints): void {
    for (let i = 0; i < offsets.length; i++)
      this.addPoint(firstAt + offsets[i]!, values[i]!)
    this.#shrink()
  }

  /** The points that were asked for, in their order. */
  take(): { at: Float64Array, value: Float64Array } {
    this.#shrink()
    return { at: Float64Array.from(this.#points, point => point.at), value: Float64Array.from(this.#points, point => point.value) }
  }

  #isBehind(at: number): boolean {
    return this.#lastAt !== null && (this.#wish.newestFirst ? at < this.#lastAt : at > this.#lastAt)
  }

  #shrink(): void {
    const { newestFirst, limit } = this.#wish
    this.#points.sort((a, b) => newestFirst ? b.at - a.at : a.at - b.at)
    if (this.#points.length < limit)
      return
    this.#points.length = limit
    this.#lastAt = this.#points.at(-1)!.at
  }
}
