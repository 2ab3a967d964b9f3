import type { Locator, Page } from '@playwright/test'
import type { Frame } from './frame.ts'
import { expect } from '@playwright/test'

/** Products: the list, the import of a thing model, and one product. */
export class ProductsPage {
  readonly page: Page
  readonly frame: Frame
  readonly issues: Locator
  readonly properties: Locator
  constructor(frame: Frame) {
    this.frame = frame
    this.page = frame.page
    this.issues = frame.page.locator('[data-model-issues] tbody tr')
    this.properties = frame.page.locator('[data-properties] tbody tr')
  }

  async chooseModel(file: string | { name: string, mimeType: string, buffer: Buffer }): Promise<void> {
    await this.frame.go('products')
    await this.page.locator('[data-import-model]').click()
    await this.page.locator('[data-model-import] input[type="file"]').setInputFiles(file)
  }

  /** Imports a file that is in order and waits for the product's page; returns its key. */
  async importModel(file: string, name: string): Promise<string> {
    await this.chooseModel(file)
    await this.page.locator('[name="import-name"]').fill(name)
    await this.submit().click()
    await expect(this.frame.heading(name)).toBeVisible()
    return /products\/(\w+)/.exec(this.page.url())![1]!
  }

  /** Makes an empty product and waits for its page. */
  async create(name: string, { format }: { format?: string } = {}): Promise<void> {
    await this.frame.go('products')
    await this.page.getByRole('button', { name: 'New product' }).first().click()
    await this.page.locator('[name="product-name"]').fill(name)
    if (format !== undefined)
      await this.frame.dialog.getByText(format, { exact: true }).click()
    await this.submit().click()
    await expect(this.frame.heading(name)).toBeVisible()
  }

  submit(): Locator {
    return this.frame.dialog.locator('[data-submit]')
  }

  async simulate(): Promise<void> {
    await this.page.getByRole('button', { name: 'Simulate a fleet' }).click()
  }
}
