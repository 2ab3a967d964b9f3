import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentPxMax, scrollTopAround, scrollTopFor, virtualWindow } from '../../../../../src/ui/kit/rows/virtual-window.ts'

const box = { viewportPx: 280, rowPx: 28, overscan: 2 }

describe('the window of a long list', () => {
  it('holds what is on screen and a little more', () => {
    expect(virtualWindow({ ...box, scrollTop: 0, count: 1_000 })).toEqual({ first: 0, end: 12, contentPx: 28_000, offsetPx: 0 })
    expect(virtualWindow({ ...box, scrollTop: 2_800, count: 1_000 })).toEqual({ first: 98, end: 112, contentPx: 28_000, offsetPx: 98 * 28 })
  })

  it('draws every row at the end and none beyond it', () => {
    const { first, end } = virtualWindow({ ...box, scrollTop: 1e9, count: 1_000 })
    expect([first, end]).toEqual([988, 1_000])
    expect(virtualWindow({ ...box, scrollTop: 0, count: 0 })).toMatchObject({ first: 0, end: 0, contentPx: 0 })
  })

  it('reaches the last of a million rows within what a browser can lay out', () => {
    const count = 1_000_000
    const { contentPx } = virtualWindow({ ...box, scrollTop: 0, count })
    expect(contentPx).toBe(contentPxMax)
    expect(virtualWindow({ ...box, scrollTop: contentPx, count }).end).toBe(count)
  })

  it('covers the viewport at every scroll position of every list', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 28, max: 2_000 }), (count, part, viewportPx) => {
      const contentPx = Math.min(count * 28, contentPxMax)
      const scrollTop = part * Math.max(0, contentPx - viewportPx)
      const view = virtualWindow({ scrollTop, viewportPx, count, rowPx: 28, overscan: 2 })
      const shownTo = view.offsetPx + (view.end - view.first) * 28
      expect(view.offsetPx).toBeLessThanOrEqual(scrollTop + 0.5)
      expect(shownTo).toBeGreaterThanOrEqual(Math.min(scrollTop + viewportPx, count * 28) - 0.5)
    }))
  })
})

describe('bringing a row into view', () => {
  const at = { scrollTop: 280, viewportPx: 280, count: 1_000, rowPx: 28 }

  it('moves by no more than it must, and not at all when the row is visible', () => {
    expect(scrollTopFor(12, at)).toBeNull()
    expect(scrollTopFor(9, at)).toBe(9 * 28)
    expect(scrollTopFor(20, at)).toBe(21 * 28 - 280)
  })
})

it('puts a row into the middle, as far as there are rows around it', () => {
  const at = { viewportPx: 280, count: 1_000, rowPx: 28 }
  expect(scrollTopAround(500, at)).toBe(500 * 28 - 126)
  expect([scrollTopAround(0, at), scrollTopAround(999, at), scrollTopAround(3, { ...at, count: 5 })]).toEqual([0, 1_000 * 28 - 280, 0])
})
