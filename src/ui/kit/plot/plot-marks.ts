import type uPlot from 'uplot'
import type { Tokens } from '../tokens.ts'
import type { PlotColumns } from './plot-columns.ts'
import type { PlotSeries } from './plot-options.ts'

export interface MarkLook {
  colors: Tokens
  series: readonly PlotSeries[]
  columns: readonly PlotColumns[]
  /** Instants of the marks A and B. */
  marks: readonly number[]
  hidden: ReadonlySet<number>
  /** The cursor of another plot or log, drawn here too. */
  cursorAt: number | null
  unit: string
  valueText: (value: number) => string
}

/** Paints over the curves what uPlot does not: the last value at each line's end, the marks A and B, and the shared cursor. */
export function drawMarks(chart: uPlot, look: MarkLook): void {
  const { ctx } = chart
  const ratio = chart.ctx.canvas.width / chart.width
  ctx.save()
  ctx.font = `${11 * ratio}px system-ui, sans-serif`
  drawLastValues(chart, look, ratio)
  look.marks.forEach((at, index) => drawVertical(chart, at, look.colors.text, index === 0 ? 'A' : 'B', ratio, []))
  if (look.cursorAt !== null)
    drawVertical(chart, look.cursorAt, look.colors.textFaint, '', ratio, [3 * ratio, 3 * ratio])
  ctx.restore()
}

function drawLastValues(chart: uPlot, look: MarkLook, ratio: number): void {
  const { ctx, bbox } = chart
  const labels: { y: number, color: string, text: string }[] = []
  look.series.forEach((one, at) => {
    const column = look.columns[at]
    const value = column?.line.at(-1)
    if (!column || value === null || value === undefined || look.hidden.has(at))
      return
    const color = look.colors[one.color]
    const x = Math.min(chart.valToPos(column.at.at(-1)!, 'x', true), bbox.left + bbox.width)
    const y = chart.valToPos(value, 'y', true)
    ctx.fillStyle = color
    ctx.beginPath()
    ctx.arc(x, y, 2.5 * ratio, 0, Math.PI * 2)
    ctx.fill()
    labels.push({ y, color, text: look.valueText(value) })
  })
  // Labels that would overlap move down, the topmost stays where its line ends.
  labels.sort((a, b) => a.y - b.y)
  let free = -Infinity
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  for (const label of labels) {
    const y = Math.max(label.y, free)
    free = y + 13 * ratio
    ctx.fillStyle = label.color
    ctx.fillText(label.text, bbox.left + bbox.width + 6 * ratio, y, 64 * ratio)
  }
}

function drawVertical(chart: uPlot, at: number, color: string, label: string, ratio: number, dash: number[]): void {
  const { ctx, bbox } = chart
  const x = Math.round(chart.valToPos(at, 'x', true))
  if (x < bbox.left || x > bbox.left + bbox.width)
    return
  ctx.strokeStyle = color
  ctx.lineWidth = ratio
  ctx.setLineDash(dash)
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  if (label) {
    ctx.fillStyle = color
    ctx.textBaseline = 'top'
    ctx.textAlign = 'left'
    ctx.fillText(label, x + 3 * ratio, bbox.top)
  }
}
