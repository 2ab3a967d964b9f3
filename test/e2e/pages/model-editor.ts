import type { Locator, Page } from '@playwright/test'
import type { Frame } from './frame.ts'

/** The editor of a product's thing model. */
export class ModelEditor {
  readonly page: Page
  readonly state: Locator
  readonly panel: Locator
  readonly errors: Locator
  readonly dialog: Locator
  constructor(frame: Frame) {
    this.page = frame.page
    this.state = frame.page.locator('[data-draft-state]')
    this.panel = frame.page.locator('[data-feature-panel]')
    this.errors = this.panel.locator('[data-field-error]')
    this.dialog = frame.dialog
  }

  row(identifier: string): Locator {
    return this.page.locator(`[data-feature="${identifier}"]`)
  }

  field(name: string): Locator {
    return this.panel.locator(`[data-field="${name}"] input, input[name="${name}"]`)
  }

  async chooseType(type: string): Promise<void> {
    await this.panel.locator('[data-field="type"]').click()
    await this.page.locator('.n-base-select-option').filter({ hasText: new RegExp(`^${type}$`) }).click()
  }
}
