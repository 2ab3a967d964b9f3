/** Rows that are asked for at a time. */
export const rowsPerPage = 200
const pagesMax = 60

/**
 * A long list of which only the pages near the eye are held: page by page as they come on screen, the least
 * recently used ones let go.
 */
export class RowPages<T> {
  total = 0
  #pages = new Map<number, readonly T[]>()

  row(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / rowsPerPage))?.[index % rowsPerPage]
  }

  /** Pages that a stretch of rows needs and that are not held, in order. */
  missing(first: number, end: number): number[] {
    const pages: number[] = []
    for (let page = Math.floor(first / rowsPerPage); page <= Math.floor(Math.max(first, end - 1) / rowsPerPage); page++) {
      const held = this.#pages.get(page)
      if (held) {
        // Moved to the end of the map: used last.
        this.#pages.delete(page)
        this.#pages.set(page, held)
      }
      else {
        pages.push(page)
      }
    }
    return pages
  }

  put(page: number, rows: readonly T[], total: number): void {
    this.total = total
    this.#pages.delete(page)
    this.#pages.set(page, rows)
    while (this.#pages.size > pagesMax)
      this.#pages.delete(this.#pages.keys().next().value!)
  }

  clear(): void {
    this.#pages.clear()
    this.total = 0
  }
}
