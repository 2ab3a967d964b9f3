import type { Locator, Page } from '@playwright/test'
import type { Frame } from './frame.ts'
import { readFile } from 'node:fs/promises'
import { expect } from '@playwright/test'

/** The trace: its filter, its rows and the opened message. */
export class TracePage {
  readonly page: Page
  readonly frame: Frame
  readonly table: Locator
  readonly rows: Locator
  readonly refused: Locator
  readonly pill: Locator
  readonly detail: Locator
  readonly explanation: Locator
  readonly decoded: Locator
  readonly bytes: Locator
  constructor(frame: Frame) {
    this.frame = frame
    this.page = frame.page
    this.table = frame.page.locator('[data-message-rows]')
    this.rows = this.table.locator('[data-code]')
    this.refused = this.table.locator('.failed')
    this.pill = frame.page.locator('[data-new-pill]')
    this.detail = frame.page.locator('[data-message-detail]')
    this.explanation = this.detail.locator('[data-explanation]')
    this.decoded = this.detail.locator('[data-decoded]')
    this.bytes = this.detail.locator('[data-bytes]')
  }

  async filter(text: string): Promise<void> {
    await this.page.locator('[data-filter-input]').fill(text)
    await this.page.keyboard.press('Enter')
  }

  chip(key: string): Locator {
    return this.page.locator(`[data-filter="${key}"]`)
  }

  async open(row: Locator): Promise<void> {
    await row.click()
    await expect(this.detail.locator('[data-verdict]')).toBeVisible()
  }

  /** Exports what matches and returns the file's text. */
  async export(format: 'CSV' | 'JSON lines'): Promise<string> {
    await this.page.locator('[data-export]').click()
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByText(`${format}, everything that matches`).click(),
    ])
    return readFile(await download.path(), 'utf8')
  }
}
