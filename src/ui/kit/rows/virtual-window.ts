export interface VirtualWindowInput {
  scrollTop: number
  viewportPx: number
  count: number
  rowPx: number
  /** Rows drawn beyond each edge, so that a fast scroll shows no blank. */
  overscan: number
}

export interface VirtualWindow {
  /** First row to draw, and the one after the last. */
  first: number
  end: number
  /** Height of the scrolled content; never beyond what browsers can lay out. */
  contentPx: number
  /** Where the first drawn row goes, from the top of the content. */
  offsetPx: number
}

/** Browsers stop laying out somewhere above 16 million pixels; taller lists scroll proportionally instead. */
export const contentPxMax = 12_000_000

function scale(count: number, rowPx: number, viewportPx: number): { contentPx: number, ratio: number } {
  const wantedPx = count * rowPx
  const contentPx = Math.min(wantedPx, contentPxMax)
  const ratio = contentPx > viewportPx ? (wantedPx - viewportPx) / (contentPx - viewportPx) : 1
  return { contentPx, ratio }
}

/** Which rows of a list of any length are on screen at a scroll position, and where to draw them. */
export function virtualWindow({ scrollTop, viewportPx, count, rowPx, overscan }: VirtualWindowInput): VirtualWindow {
  const { contentPx, ratio } = scale(count, rowPx, viewportPx)
  const top = Math.min(Math.max(0, scrollTop), Math.max(0, contentPx - viewportPx))
  const wantedTop = top * ratio
  const first = Math.max(0, Math.floor(wantedTop / rowPx) - overscan)
  const end = Math.min(count, Math.ceil((wantedTop + viewportPx) / rowPx) + overscan)
  return { first, end, contentPx, offsetPx: top + first * rowPx - wantedTop }
}

/** The scroll position that brings row `index` fully into view with the least movement, or null when it already is. */
export function scrollTopFor(index: number, { scrollTop, viewportPx, count, rowPx }: Omit<VirtualWindowInput, 'overscan'>): number | null {
  const { ratio } = scale(count, rowPx, viewportPx)
  const wantedTop = scrollTop * ratio
  const rowTop = index * rowPx
  if (rowTop < wantedTop)
    return rowTop / ratio
  if (rowTop + rowPx > wantedTop + viewportPx)
    return (rowTop + rowPx - viewportPx) / ratio
  return null
}

/** The scroll position that has row `index` in the middle, as far as there are rows around it. */
export function scrollTopAround(index: number, { viewportPx, count, rowPx }: Pick<VirtualWindowInput, 'viewportPx' | 'count' | 'rowPx'>): number {
  const { contentPx, ratio } = scale(count, rowPx, viewportPx)
  const wanted = (index * rowPx - (viewportPx - rowPx) / 2) / ratio
  return Math.min(Math.max(0, wanted), Math.max(0, contentPx - viewportPx))
}
