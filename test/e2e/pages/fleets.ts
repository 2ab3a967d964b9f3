import type { Locator, Page } from '@playwright/test'
import type { Frame } from './frame.ts'
import { expect } from '@playwright/test'

/** Fleets: making one, running it, its matrix. */
export class FleetsPage {
  readonly page: Page
  readonly frame: Frame
  readonly matrix: Locator
  readonly online: Locator
  constructor(frame: Frame) {
    this.frame = frame
    this.page = frame.page
    this.matrix = frame.page.locator('[data-matrix]')
    this.online = frame.page.locator('[data-connected]')
  }

  /** Fills the open form and starts the fleet. */
  async create({ count, intervalSec, prefix }: { count: number, intervalSec: number, prefix: string }): Promise<void> {
    await this.page.locator('[name="fleet-count"]').fill(String(count))
    await this.page.locator('[name="fleet-interval"]').fill(String(intervalSec))
    await this.page.locator('[name="fleet-prefix"]').fill(prefix)
    await this.frame.dialog.locator('[data-submit]').click()
    await expect(this.frame.dialog).toBeHidden()
  }

  async allOnline(count: number): Promise<void> {
    const shown = count.toLocaleString('en-GB')
    await expect(this.online).toHaveText(`${shown} of ${shown} online`, { timeout: 30_000 })
  }

  /** Clicks the device at `index` of the matrix. */
  async openCell(index: number): Promise<void> {
    await this.matrix.locator('canvas').click({ position: await this.#middleOf(index) })
  }

  /** Drags from one device of the first row of the matrix to another. */
  async dragOver(from: number, to: number): Promise<void> {
    const box = (await this.matrix.locator('canvas').boundingBox())!
    const [first, last] = [await this.#middleOf(from), await this.#middleOf(to)]
    await this.page.mouse.move(box.x + first.x, box.y + first.y)
    await this.page.mouse.down()
    await this.page.mouse.move(box.x + last.x, box.y + last.y, { steps: 5 })
    await this.page.mouse.up()
  }

  /** The middle of a cell of the first row, in pixels of the canvas. */
  async #middleOf(index: number): Promise<{ x: number, y: number }> {
    const cellPx = Number(await this.matrix.locator('[data-cell-px]').getAttribute('data-cell-px'))
    return { x: (index + 0.5) * cellPx, y: cellPx / 2 }
  }

  async stop(): Promise<void> {
    await this.page.locator('[data-stop]').click()
    await expect(this.page.locator('[data-fleet-state]')).toHaveText('stopped')
  }
}
