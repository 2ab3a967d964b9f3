export interface MatrixLayout { columns: number, rows: number, cellPx: number, contentPx: number }

const cellPxMin = 7
const cellPxMax = 40

/**
 * Lays `count` square cells into a box: as large as fits without scrolling, between 7 and 40 pixels; beyond that the
 * content grows downwards.
 */
export function matrixLayout(count: number, widthPx: number, heightPx: number): MatrixLayout {
  if (count === 0 || widthPx < cellPxMin)
    return { columns: 0, rows: 0, cellPx: cellPxMin, contentPx: 0 }
  for (let cellPx = cellPxMax; cellPx >= cellPxMin; cellPx--) {
    const columns = Math.floor(widthPx / cellPx)
    const rows = Math.ceil(count / columns)
    if (rows * cellPx <= heightPx || cellPx === cellPxMin)
      return { columns, rows, cellPx, contentPx: rows * cellPx }
  }
  throw new Error('unreachable: the smallest cell always fits')
}

/** The cell at a point of the content, or null beside the cells. */
export function cellAt(layout: MatrixLayout, count: number, x: number, y: number): number | null {
  const column = Math.floor(x / layout.cellPx)
  const row = Math.floor(y / layout.cellPx)
  if (column < 0 || column >= layout.columns || row < 0)
    return null
  const index = row * layout.columns + column
  return index < count ? index : null
}

/** Where a cell stands in the content. */
export function cellOrigin(layout: MatrixLayout, index: number): { x: number, y: number } {
  return { x: (index % layout.columns) * layout.cellPx, y: Math.floor(index / layout.columns) * layout.cellPx }
}

/** The cell that a key leads to from `index`, or null when the key does not move. */
export function moveCell(layout: MatrixLayout, count: number, index: number, key: string, pageRows: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -layout.columns,
    ArrowDown: layout.columns,
    PageUp: -layout.columns * pageRows,
    PageDown: layout.columns * pageRows,
  }
  if (count === 0)
    return null
  if (key === 'Home')
    return 0
  if (key === 'End')
    return count - 1
  const step = steps[key]
  if (step === undefined)
    return null
  const target = index + step
  // Vertical moves stay in their column at the edges instead of jumping to a corner.
  if (Math.abs(step) > 1 && (target < 0 || target >= count))
    return index
  return Math.min(count - 1, Math.max(0, target))
}
