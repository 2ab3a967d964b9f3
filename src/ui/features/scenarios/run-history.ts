import type { RunSample } from '../../../shared/scenario/figures.ts'
import type { PlotColumns } from '../../kit/plot/plot-columns.ts'
import { limits } from '../../../shared/limits.ts'
import { joinColumns } from '../../kit/plot/plot-columns.ts'
import { PointRing } from '../../kit/plot/point-ring.ts'

const figureNames = ['online', 'publishedPerSec', 'replyP99Ms', 'pubackP99Ms'] as const
type FigureName = (typeof figureNames)[number]

/** The points of a run's plots; outside Vue. */
export class RunHistory {
  // The last one comes after the end.
  readonly #rings = Object.fromEntries(figureNames.map(name => [name, new PointRing(limits.scenarioSamplesMax + 2)])) as Record<FigureName, PointRing>

  add(startedAt: number, sample: RunSample): void {
    for (const name of figureNames)
      this.#rings[name].push(startedAt + sample.atMs, sample[name])
  }

  /** Devices online at the newest point; null before the first one. */
  get online(): number | null {
    const { online } = this.#rings
    return online.length === 0 ? null : online.value(online.length - 1)
  }

  clear(): void {
    for (const ring of Object.values(this.#rings))
      ring.clear()
  }

  read(names: readonly FigureName[], fromAt: number, toAt: number, pixels: number): PlotColumns[] {
    return names.map(name => joinColumns(null, this.#rings[name], fromAt, toAt, pixels))
  }
}
