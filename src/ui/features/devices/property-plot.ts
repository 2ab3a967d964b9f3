import type { HistoryBuckets } from '../../../shared/contract/device.ts'
import type { PlotColumns } from '../../kit/plot/plot-columns.ts'
import { joinColumns } from '../../kit/plot/plot-columns.ts'
import { PointRing } from '../../kit/plot/point-ring.ts'

/** Points kept of one plotted property since its plot was opened; older ones come from the history. */
const ringPoints = 32_768

/**
 * What one property's plot draws: history from the engine up to the moment its plot was opened, live points from then on.
 * Plain data; `version` counts the changes.
 */
export class PropertyPlot {
  readonly identifier: string
  readonly ring = new PointRing(ringPoints)
  history: HistoryBuckets | null = null
  /** Up to when the history reaches. */
  historyToAt = 0

  constructor(identifier: string) {
    this.identifier = identifier
  }

  setHistory(history: HistoryBuckets, toAt: number): void {
    this.history = history
    this.historyToAt = toAt
  }

  add(at: ArrayLike<number>, value: ArrayLike<number>): void {
    for (let index = 0; index < at.length; index++)
      this.ring.push(at[index]!, value[index]!)
  }

  /** True when live points made room for newer ones that the history does not reach, so that it has to be asked again. */
  get hasHole(): boolean {
    return this.ring.overwritten > 0 && this.ring.at(0) > this.historyToAt
  }

  read(fromAt: number, toAt: number, pixels: number): PlotColumns {
    return joinColumns(this.history, this.ring, fromAt, toAt, pixels)
  }
}
