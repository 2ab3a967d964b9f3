import type { Locator, Page } from '@playwright/test'
import type { Frame } from './frame.ts'
import { expect } from '@playwright/test'

/** The cloud's API: its calls, its actions, its access keys. */
export class CloudApiPage {
  readonly page: Page
  readonly frame: Frame
  readonly calls: Locator
  readonly detail: Locator
  readonly result: Locator
  constructor(frame: Frame) {
    this.frame = frame
    this.page = frame.page
    this.calls = frame.page.locator('[data-call-rows] [data-call]')
    this.detail = frame.page.locator('[data-call-detail]')
    this.result = frame.page.locator('[data-result]')
  }

  async open(tab: 'api' | 'api-actions' | 'api-keys'): Promise<void> {
    await this.frame.go('api')
    await this.page.locator(`[data-tab="${tab}"]`).click()
    await expect(this.page.locator(`[data-tab="${tab}"]`)).toHaveAttribute('aria-current', 'page')
  }

  /** Makes an access key and reads its secret off the page. */
  async createKey(name: string): Promise<{ accessKeyId: string, accessKeySecret: string }> {
    await this.open('api-keys')
    await this.page.locator('[name="key-name"]').fill(name)
    await this.page.keyboard.press('Enter')
    const row = this.page.locator('[data-key]', { hasText: name })
    await row.locator('[data-reveal]').click()
    return { accessKeyId: (await row.getAttribute('data-key'))!, accessKeySecret: (await row.locator('[data-secret]').textContent())! }
  }

  async url(): Promise<string> {
    return (await this.page.locator('[data-api-url] code').textContent())!
  }

  /** Opens an action by its name, from the search of the list. */
  async choose(action: string): Promise<void> {
    await this.open('api-actions')
    await this.page.locator('[data-action-search]').fill(action)
    await this.page.keyboard.press('Enter')
    await expect(this.page.locator(`[data-action="${action}"]`)).toHaveAttribute('aria-current', 'page')
  }

  parameter(name: string): Locator {
    return this.page.locator(`[data-action-form] [name="${name}"]`)
  }
}
