import type { IndexRanges } from '../../../shared/index-ranges.ts'
import type { MatrixLayout } from './matrix-layout.ts'
import { joinRanges } from '../../../shared/index-ranges.ts'

/** The cells of the rectangle between two cells. */
export function rectangleOf({ columns }: MatrixLayout, count: number, from: number, to: number): IndexRanges {
  const [left, right] = [from % columns, to % columns].toSorted((one, other) => one - other) as [number, number]
  const [top, bottom] = [Math.floor(from / columns), Math.floor(to / columns)].toSorted((one, other) => one - other) as [number, number]
  const rows: [number, number][] = []
  for (let row = top; row <= bottom; row++)
    rows.push([row * columns + left, Math.min(row * columns + right, count - 1)])
  return joinRanges(rows.filter(([first, last]) => first <= last))
}

/** Takes one cell in, or out when it is in. */
export function toggleCell(ranges: IndexRanges, index: number): IndexRanges {
  if (!ranges.some(([first, last]) => first <= index && index <= last))
    return joinRanges([...ranges, [index, index]])
  return ranges.flatMap(([first, last]): [number, number][] => index < first || index > last
    ? [[first, last]]
    : [...(first < index ? [[first, index - 1] as [number, number]] : []), ...(index < last ? [[index + 1, last] as [number, number]] : [])])
}

/** Cells by themselves as stretches. */
export function rangesOf(indexes: Iterable<number>): IndexRanges {
  return joinRanges([...indexes].map((index): [number, number] => [index, index]))
}

/** The stretches as far as there are cells. */
export function cutRanges(ranges: IndexRanges, count: number): IndexRanges {
  return ranges.filter(([first]) => first < count).map(([first, last]) => [first, Math.min(last, count - 1)] as const)
}

/** Rows of cells to paint, in pixels of the content. */
export function paintedRows({ columns, cellPx }: MatrixLayout, ranges: IndexRanges): { x: number, y: number, width: number, height: number }[] {
  const rows: { x: number, y: number, width: number, height: number }[] = []
  if (columns === 0)
    return rows
  for (const [first, last] of ranges) {
    for (let start = first; start <= last;) {
      const row = Math.floor(start / columns)
      const end = Math.min(last, (row + 1) * columns - 1)
      rows.push({ x: (start % columns) * cellPx, y: row * cellPx, width: (end - start + 1) * cellPx, height: cellPx })
      start = end + 1
    }
  }
  return rows
}
