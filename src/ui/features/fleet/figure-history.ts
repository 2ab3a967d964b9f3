import type { FleetStats } from '../../../shared/contract/fleet.ts'
import type { PlotColumns } from '../../kit/plot/plot-columns.ts'
import { joinColumns } from '../../kit/plot/plot-columns.ts'
import { PointRing } from '../../kit/plot/point-ring.ts'

export const figureNames = ['publishedPerSec', 'p50', 'p95', 'p99'] as const
export type FigureName = (typeof figureNames)[number]

/** Four figures a second for an hour. */
const figurePoints = 14_400

/** A fleet's figures since the page looks at it, for the plots below the matrix; bounded, outside Vue. */
export class FigureHistory {
  readonly #rings = Object.fromEntries(figureNames.map(name => [name, new PointRing(figurePoints)])) as Record<FigureName, PointRing>

  add(at: number, stats: FleetStats): void {
    this.#rings.publishedPerSec.push(at, stats.publishedPerSec)
    // No publish in the last moment has no latency; zero would be a lie.
    if (stats.latencyMs.p99 > 0) {
      this.#rings.p50.push(at, stats.latencyMs.p50)
      this.#rings.p95.push(at, stats.latencyMs.p95)
      this.#rings.p99.push(at, stats.latencyMs.p99)
    }
  }

  /** When the first figure kept was taken; null before it. */
  get firstAt(): number | null {
    const ring = this.#rings.publishedPerSec
    return ring.length > 0 ? ring.at(0) : null
  }

  clear(): void {
    for (const ring of Object.values(this.#rings))
      ring.clear()
  }

  read(names: readonly FigureName[], fromAt: number, toAt: number, pixels: number): PlotColumns[] {
    return names.map(name => joinColumns(null, this.#rings[name], fromAt, toAt, pixels))
  }
}
