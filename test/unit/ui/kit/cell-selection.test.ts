import { expect, it } from 'vitest'
import { countInRanges, joinRanges } from '../../../../src/shared/index-ranges.ts'
import { cutRanges, paintedRows, rangesOf, rectangleOf, toggleCell } from '../../../../src/ui/kit/matrix/cell-selection.ts'
import { matrixLayout } from '../../../../src/ui/kit/matrix/matrix-layout.ts'

// Ten columns of 10 pixels, and 25 cells: the last row has five.
const layout = { ...matrixLayout(25, 100, 400), columns: 10, cellPx: 10 }

it('chooses the cells of a rectangle in whichever direction it is drawn, as far as there are cells', () => {
  expect(rectangleOf(layout, 25, 2, 14)).toEqual([[2, 4], [12, 14]])
  expect(rectangleOf(layout, 25, 14, 2)).toEqual([[2, 4], [12, 14]])
  expect(rectangleOf(layout, 25, 8, 21)).toEqual([[1, 8], [11, 18], [21, 24]])
  expect(rectangleOf(layout, 25, 0, 19)).toEqual([[0, 19]])
})

it('joins what overlaps or touches, and takes single cells in and out', () => {
  expect(joinRanges([[5, 9], [0, 2], [3, 4], [7, 12]])).toEqual([[0, 12]])
  expect(toggleCell([[0, 9]], 4)).toEqual([[0, 3], [5, 9]])
  expect(toggleCell([[0, 3], [5, 9]], 4)).toEqual([[0, 9]])
  expect(toggleCell([[4, 4]], 4)).toEqual([])
  expect(rangesOf([7, 3, 4, 1])).toEqual([[1, 1], [3, 4], [7, 7]])
})

it('counts cells, and lets go of those that are not there any more', () => {
  expect(countInRanges([[0, 3], [5, 9]])).toBe(9)
  expect(cutRanges([[0, 3], [5, 9], [12, 14]], 8)).toEqual([[0, 3], [5, 7]])
})

it('paints a stretch row by row', () => {
  expect(paintedRows(layout, [[8, 21]])).toEqual([
    { x: 80, y: 0, width: 20, height: 10 },
    { x: 0, y: 10, width: 100, height: 10 },
    { x: 0, y: 20, width: 20, height: 10 },
  ])
})
