import type { PointPairs } from '../series-block.ts'
import type { SeriesState } from './series-blocks.ts'
import { limits } from '../../../shared/limits.ts'

/** The newest points of one series, which are not in a block yet. */
export interface Tail {
  deviceId: number
  property: string
  state: SeriesState
  pairs: PointPairs
}

/** Series remembered without waiting points; more are forgotten when nothing waits and looked up again. */
const idleTailsMax = 200_000

/** The points of all series that wait in memory. */
export class SeriesTails {
  readonly #byProperty = new Map<string, Map<number, Tail>>()
  /** Those with points. */
  readonly waiting = new Set<Tail>()
  /** Those with enough points for a block. */
  readonly full = new Set<Tail>()
  #points = 0
  #count = 0

  get points(): number { return this.#points }

  /** The tail of a series; `load` fetches its state the first time. */
  of(deviceId: number, property: string, load: () => SeriesState | undefined): Tail {
    let byDevice = this.#byProperty.get(property)
    if (!byDevice) {
      byDevice = new Map()
      this.#byProperty.set(property, byDevice)
    }
    let tail = byDevice.get(deviceId)
    if (!tail) {
      tail = { deviceId, property, state: load() ?? { id: 0, rowId: 0, chunks: 0, chunkPoints: 0, chunksFrom: 0 }, pairs: [] }
      byDevice.set(deviceId, tail)
      this.#count++
    }
    return tail
  }

  add(tail: Tail, at: number, value: number): void {
    if (tail.pairs.push(at, value) === 2)
      this.waiting.add(tail)
    else if (tail.pairs.length === limits.seriesBlockPoints * 2)
      this.full.add(tail)
    this.#points++
  }

  /** The points of a tail have been written, and this is what the file knows of the series now. */
  written(tail: Tail, state: SeriesState): void {
    this.#points -= tail.pairs.length / 2
    tail.pairs = []
    tail.state = state
    this.waiting.delete(tail)
    this.full.delete(tail)
  }

  /** Lets idle series go when there are very many. */
  trim(): void {
    if (this.#count <= idleTailsMax)
      return
    for (const byDevice of this.#byProperty.values()) {
      for (const [deviceId, tail] of byDevice) {
        if (tail.pairs.length === 0) {
          byDevice.delete(deviceId)
          this.#count--
        }
      }
    }
  }

  /** Lets everything go, points included. */
  clear(): void {
    this.#byProperty.clear()
    this.waiting.clear()
    this.full.clear()
    this.#points = 0
    this.#count = 0
  }
}
