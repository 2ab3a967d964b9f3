import type { DeviceSummary } from '../../../shared/contract/device.ts'

export const devicePageRows = 200
const pagesMax = 60

/**
 * A long list of devices of which only the pages near the eye are held: page by page as they come on screen, the least
 * recently used ones let go.
 */
export class DevicePages {
  total = 0
  #pages = new Map<number, readonly DeviceSummary[]>()

  row(index: number): DeviceSummary | undefined {
    return this.#pages.get(Math.floor(index / devicePageRows))?.[index % devicePageRows]
  }

  /** Pages that a stretch of rows needs and that are not held, in order. */
  missing(first: number, end: number): number[] {
    const pages: number[] = []
    for (let page = Math.floor(first / devicePageRows); page <= Math.floor(Math.max(first, end - 1) / devicePageRows); page++) {
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

  put(page: number, devices: readonly DeviceSummary[], total: number): void {
    this.total = total
    this.#pages.delete(page)
    this.#pages.set(page, devices)
    while (this.#pages.size > pagesMax)
      this.#pages.delete(this.#pages.keys().next().value!)
  }

  clear(): void {
    this.#pages.clear()
    this.total = 0
  }
}
