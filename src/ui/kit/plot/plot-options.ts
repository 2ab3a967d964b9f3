import type { Options, Series } from 'uplot'
import type { Tokens } from '../tokens.ts'
import uPlot from 'uplot'

export interface PlotSeries {
  label: string
  color: keyof Tokens
  /** Values hold until the next one, as switches and modes do. */
  stepped?: boolean
}

export interface PlotLook {
  colors: Tokens
  font: string
  width: number
  height: number
  unit: string
  yMin: number | undefined
  yMax: number | undefined
  /** A tick of the value axis; `step` is the distance between ticks. */
  formatValue: (value: number, step: number) => string
  formatTick: (at: number, stepMs: number) => string
}

/**
 * Options of a time plot in our look. Each series becomes three of uPlot's: the line, and the invisible upper and lower
 * edges of the band between minimum and maximum. Times are epoch milliseconds.
 */
export function plotOptions(series: readonly PlotSeries[], look: PlotLook, hooks: Options['hooks']): Options {
  const { colors } = look
  const axis = { stroke: colors.textSoft, font: look.font, grid: { stroke: colors.line, width: 1 }, ticks: { stroke: colors.line, width: 1, size: 4 } }
  return {
    width: look.width,
    height: look.height,
    ms: 1,
    padding: [10, 72, 0, 4],
    legend: { show: false },
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { size: 6, fill: (_plot, at) => colors[series[Math.floor((at - 1) / 3)]?.color ?? 'accent'] },
      y: false,
    },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_plot, min, max) => yRange(min, max, look.yMin, look.yMax) },
    },
    axes: [
      { ...axis, size: 26, space: 90, values: (_plot, splits, _axis, _space, stepMs) => splits.map(at => look.formatTick(at, stepMs)) },
      { ...axis, size: 48, space: 34, label: look.unit, labelSize: look.unit ? 18 : 0, labelFont: look.font, labelGap: 0, values: (_plot, splits, _axis, _space, step) => splits.map(value => look.formatValue(value, step)) },
    ],
    series: [{}, ...series.flatMap(one => seriesOf(one, colors))],
    bands: series.map((one, at) => ({ series: [at * 3 + 2, at * 3 + 3] as [number, number], fill: `${colors[one.color]}2e` })),
    ...(hooks ? { hooks } : {}),
  }
}

function seriesOf(one: PlotSeries, colors: Tokens): Series[] {
  const paths = one.stepped ? uPlot.paths.stepped!({ align: 1 }) : undefined
  const edge: Series = { stroke: 'transparent', width: 0, points: { show: false }, ...(paths ? { paths } : {}) }
  return [{ label: one.label, stroke: colors[one.color], width: 1.5, points: { show: isSparse, size: 4, fill: colors[one.color] }, spanGaps: false, ...(paths ? { paths } : {}) }, edge, edge]
}

/** Points are drawn where they stand apart; a lone point has no line to be seen by. */
function isSparse(plot: uPlot, _series: number, first: number, last: number): boolean {
  const at = plot.data[0]
  const widthPx = plot.valToPos(at[last] ?? 0, 'x') - plot.valToPos(at[first] ?? 0, 'x')
  return last === first || widthPx / (last - first) > 16
}

/** A range that leaves air above and below, never of no height, and never beyond hard bounds by more than that air. */
export function yRange(min: number | null, max: number | null, hardMin: number | undefined, hardMax: number | undefined): [number, number] {
  if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max))
    return [hardMin ?? 0, hardMax ?? 1]
  const span = max - min
  const air = span > 0 ? span * 0.08 : Math.max(Math.abs(max) * 0.05, 0.5)
  return [hardMin ?? min - air, hardMax ?? max + air]
}
