import type { Locator, Page } from '@playwright/test'
import { expect } from '@playwright/test'

export type NavName = 'home' | 'fleets' | 'scenarios' | 'products' | 'devices' | 'debug' | 'trace' | 'api' | 'settings'

/** What surrounds every page: rail, top bar, palette, strip. */
export class Frame {
  readonly page: Page
  readonly strip: Locator
  readonly dialog: Locator
  constructor(page: Page) {
    this.page = page
    this.strip = page.locator('footer')
    this.dialog = page.getByRole('dialog')
  }

  async connected(): Promise<void> {
    await expect(this.page.locator('[data-engine="connected"]')).toBeVisible()
  }

  async go(name: NavName): Promise<void> {
    await this.page.locator(`[data-nav="${name}"]`).click()
    await this.isOn(name)
  }

  async isOn(name: NavName): Promise<void> {
    await expect(this.page.locator(`[data-nav="${name}"]`)).toHaveAttribute('aria-current', 'page')
  }

  heading(text: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name: text })
  }

  /** Opens the palette, types, and runs the first command found. */
  async command(text: string, title: string | RegExp): Promise<void> {
    await this.page.keyboard.press('Control+k')
    await this.page.locator('[data-palette-input]').fill(text)
    await expect(this.page.getByRole('option').first()).toHaveText(title)
    await this.page.keyboard.press('Enter')
  }
}
