/** Columns of a little curve. */
export const sparkColumns = 48

/** The last value of each column of a time range, for the little curve beside a number. Plain data; times never go back. */
export class SparkSeries {
  /** Where columns begin, in units of their length since the epoch, and the value of each. */
  readonly columns: number[] = []
  readonly values: number[] = []
  readonly columnMs: number
  #loaded = false

  constructor(spanMs: number) {
    this.columnMs = Math.max(1, spanMs / sparkColumns)
  }

  /** What the engine has from before; what came live since stays. */
  load(at: ArrayLike<number>, last: ArrayLike<number>): void {
    const [columns, values] = [this.columns.splice(0), this.values.splice(0)]
    for (let index = 0; index < at.length; index++)
      this.#put(Math.floor(at[index]! / this.columnMs), last[index]!)
    columns.forEach((column, index) => this.#put(column, values[index]!))
    this.#loaded = true
  }

  get isLoaded(): boolean {
    return this.#loaded
  }

  add(at: ArrayLike<number>, value: ArrayLike<number>): void {
    for (let index = 0; index < at.length; index++)
      this.#put(Math.floor(at[index]! / this.columnMs), value[index]!)
  }

  #put(column: number, value: number): void {
    const last = this.columns.at(-1)
    if (last !== undefined && column < last)
      return
    if (column === last)
      this.values[this.values.length - 1] = value
    else
      this.values[this.columns.push(column) - 1] = value
    while (this.columns[0]! < this.columns.at(-1)! - sparkColumns * 2) {
      this.columns.shift()
      this.values.shift()
    }
  }

  /** The curve as points between 0 and 1, from the left and from below, with a break (null) where columns are missing. */
  read(toAt: number): ({ x: number, y: number } | null)[] {
    const end = toAt / this.columnMs
    const seen = this.columns.flatMap((column, index) => column >= end - sparkColumns && column <= end ? [index] : [])
    const numbers = seen.map(index => this.values[index]!)
    const low = Math.min(...numbers)
    const span = Math.max(...numbers) - low
    return seen.flatMap((index, place) => {
      const column = this.columns[index]!
      const point = { x: 1 - (end - column) / sparkColumns, y: span === 0 ? 0.5 : (this.values[index]! - low) / span }
      return place > 0 && column - this.columns[seen[place - 1]!]! > this.#gap ? [null, point] : [point]
    })
  }

  /** Values that come at longer intervals than a column are joined all the same: a gap is three times the usual distance. */
  get #gap(): number {
    const distances = this.columns.slice(1).map((column, index) => column - this.columns[index]!).sort((a, b) => a - b)
    return Math.max(2, 3 * (distances[distances.length >> 1] ?? 1))
  }
}
