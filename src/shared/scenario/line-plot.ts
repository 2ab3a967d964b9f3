import { formatDuration } from './quantities.ts'

export interface PlotLine { color: string, points: readonly { x: number, y: number }[] }

const width = 1_000
const height = 220
const left = 64
const right = 16
const top = 16
const bottom = 28

/**
 * Lines over time as an SVG picture, with an axis of durations from 0 to `xMax` milliseconds and one of values from 0 up.
 * `marks` are instants at which something was done.
 */
export function linePlot(lines: readonly PlotLine[], { xMax, unit, marks = [] }: { xMax: number, unit: string, marks?: readonly number[] }): string {
  const highest = lines.flatMap(({ points }) => points.map(({ y }) => y)).reduce((most, y) => Math.max(most, y), 0)
  const yStep = niceStep(highest / 4)
  const yMax = Math.max(yStep, Math.ceil(highest / yStep) * yStep)
  const toX = (x: number): string => (left + (width - left - right) * (xMax === 0 ? 0 : x / xMax)).toFixed(1)
  const toY = (y: number): string => (height - bottom - (height - top - bottom) * y / yMax).toFixed(1)
  const rows = Array.from({ length: Math.round(yMax / yStep) + 1 }, (_, index) => index * yStep)
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img">`,
    ...rows.map(y => `<line x1="${left}" x2="${width - right}" y1="${toY(y)}" y2="${toY(y)}" stroke="var(--line)"/><text x="${left - 8}" y="${Number(toY(y)) + 4}" text-anchor="end">${Number(y.toPrecision(6))}${unit}</text>`),
    ...[0, 0.25, 0.5, 0.75, 1].map(part => `<text x="${toX(xMax * part)}" y="${height - 8}" text-anchor="${part === 0 ? 'start' : part === 1 ? 'end' : 'middle'}">${formatDuration(Math.round(xMax * part))}</text>`),
    ...marks.map(at => `<line x1="${toX(at)}" x2="${toX(at)}" y1="${top}" y2="${height - bottom}" stroke="var(--soft)" stroke-dasharray="3 4"/>`),
    ...lines.filter(({ points }) => points.length > 0).map(({ color, points }) => `<polyline fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round" points="${points.map(({ x, y }) => `${toX(x)},${toY(y)}`).join(' ')}"/>`),
    '</svg>',
  ].join('')
}

/** 1, 2 or 5 times a power of ten, not less than what is asked for; 1 for nothing. */
function niceStep(atLeast: number): number {
  if (!(atLeast > 0))
    return 1
  const power = 10 ** Math.floor(Math.log10(atLeast))
  return [1, 2, 5, 10].find(step => step * power >= atLeast * 0.999_999)! * power
}
