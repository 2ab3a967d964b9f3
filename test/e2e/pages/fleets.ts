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
    const cell = index * 26 + 13
    await this.matrix.locator('canvas').click({ position: { x: cell, y: 13 } })
  }

  /** Drags from one device of the first row of the matrix to another. */
  async dragOver(from: number, to: number): Promise<void> {
    const box = (await this.matrix.locator('canvas').boundingBox())!
    await this.page.mouse.move(box.x + from * 26 + 13, box.y + 13)
    await this.page.mouse.down()
    await this.page.mouse.move(box.x + to * 26 + 13, box.y + 13, { steps: 5 })
    await this.page.mouse.up()
  }

  async stop(): Promise<void> {
    await this.page.locator('[data-stop]').click()
    await expect(this.page.locator('[data-fleet-state]')).toHaveText('stopped')
  }
}
