import type { RunSample } from '../../../shared/scenario/figures.ts'
import type { PlotColumns } from '../../kit/plot/plot-columns.ts'

/** The columns of some figures of a run between two instants, all of them on the same instants. */
export function sampleColumns(samples: readonly RunSample[], startedAt: number, names: readonly (keyof RunSample)[], fromAt: number, toAt: number): PlotColumns[] {
  const shown = samples.filter(({ atMs }) => startedAt + atMs >= fromAt && startedAt + atMs <= toAt)
  const at = shown.map(({ atMs }) => startedAt + atMs)
  return names.map((name) => {
    const line = shown.map(sample => sample[name])
    return { at: [...at], line, min: [...line], max: [...line] }
  })
}
