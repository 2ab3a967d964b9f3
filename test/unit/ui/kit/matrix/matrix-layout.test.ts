import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellAt, cellOrigin, matrixLayout, moveCell } from '../../../../../src/ui/kit/matrix/matrix-layout.ts'

describe('the layout of the matrix', () => {
  it('makes the cells as large as fit, and scrolls only when the smallest do not', () => {
    expect(matrixLayout(100, 900, 500)).toMatchObject({ cellPx: 40, columns: 22, rows: 5 })
    expect(matrixLayout(10_000, 900, 500)).toMatchObject({ cellPx: 7, columns: 128, rows: 79, contentPx: 553 })
    expect(matrixLayout(0, 900, 500)).toMatchObject({ columns: 0, rows: 0, contentPx: 0 })
  })

  it('finds each cell again at its own place, and nothing beside the cells', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 40, max: 2_000 }), fc.integer({ min: 40, max: 1_200 }), fc.nat(), (count, width, height, pick) => {
      const layout = matrixLayout(count, width, height)
      const index = pick % count
      const { x, y } = cellOrigin(layout, index)
      expect(cellAt(layout, count, x, y)).toBe(index)
      expect(cellAt(layout, count, x + layout.cellPx - 0.5, y + layout.cellPx - 0.5)).toBe(index)
      expect(cellAt(layout, count, layout.columns * layout.cellPx + 1, y)).toBeNull()
      expect(cellAt(layout, count, 0, layout.contentPx + 1)).toBeNull()
    }))
  })
})

describe('moving through the matrix by keys', () => {
  const layout = { columns: 10, rows: 3, cellPx: 10, contentPx: 30 }
  const move = (index: number, key: string) => moveCell(layout, 25, index, key, 2)

  it('goes to the neighbour, and stays in its column at the edges', () => {
    expect([move(3, 'ArrowRight'), move(3, 'ArrowLeft'), move(3, 'ArrowDown'), move(13, 'ArrowUp')]).toEqual([4, 2, 13, 3])
    expect([move(3, 'ArrowUp'), move(18, 'ArrowDown')]).toEqual([3, 18])
    expect([move(0, 'ArrowLeft'), move(24, 'ArrowRight')]).toEqual([0, 24])
  })

  it('jumps by pages and to the ends, and leaves other keys alone', () => {
    expect([move(3, 'PageDown'), move(3, 'Home'), move(3, 'End'), move(3, 'x')]).toEqual([23, 0, 24, null])
  })
})
