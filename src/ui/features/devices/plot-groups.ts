import type { PlotSeries } from '../../kit/plot/plot-options.ts'
import type { ValueRow } from './value-rows.ts'
import { unitOf } from '../../parts/thing-model/use-thing-model.ts'

/** What stands on one plot: values that share an axis. */
export interface PlotGroup {
  /** The identifier of the first value. */
  key: string
  unit: string
  rows: ValueRow[]
  series: PlotSeries[]
}

/** Colours of curves, in the order of the ticks. */
export const plotColors = ['accent', 'online', 'kicked', 'warning', 'down', 'refused'] as const

const isNamed = ({ dataType }: ValueRow): boolean => dataType?.type === 'bool' || dataType?.type === 'enum'

/** Every value on a plot of its own, or numbers of one unit together; switches and modes never share an axis, because their words do not. Pure. */
export function plotGroups(rows: readonly ValueRow[], together: boolean): PlotGroup[] {
  const groups: PlotGroup[] = []
  rows.forEach((row, index) => {
    const unit = row.dataType ? unitOf(row.dataType) : ''
    const series: PlotSeries = { label: row.identifier, color: plotColors[index % plotColors.length]!, stepped: isNamed(row) }
    const group = together && !isNamed(row) ? groups.find(one => one.unit === unit && !isNamed(one.rows[0]!)) : undefined
    if (group) {
      group.rows.push(row)
      group.series.push(series)
    }
    else {
      groups.push({ key: row.identifier, unit, rows: [row], series: [series] })
    }
  })
  return groups
}
