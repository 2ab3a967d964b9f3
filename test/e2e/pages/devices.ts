import type { Locator, Page } from '@playwright/test'
import type { DeviceCertificate } from '../../../src/shared/contract/device.ts'
import type { Frame } from './frame.ts'
import { expect } from '@playwright/test'

/** Devices: the list, making them, and one device. */
export class DevicesPage {
  readonly page: Page
  readonly frame: Frame
  readonly state: Locator
  readonly messages: Locator
  constructor(frame: Frame) {
    this.frame = frame
    this.page = frame.page
    this.state = frame.page.locator('[data-device-state]')
    this.messages = frame.page.locator('[data-message-rows] [data-code]')
  }

  row(deviceName: string): Locator {
    return this.page.locator(`[data-device="${deviceName}"]`)
  }

  /** Makes devices of the chosen product; the dialog then shows their certificates. */
  async create(name: string, count = 1): Promise<void> {
    await this.frame.go('devices')
    await this.page.locator('[data-add-devices]').click()
    await this.page.locator('[name="device-name"]').fill(name)
    if (count > 1)
      await this.page.locator('[name="device-count"]').fill(String(count))
    await this.frame.dialog.locator('[data-submit]').click()
    await expect(this.page.locator('[data-certificates]')).toBeVisible()
  }

  async openCreated(): Promise<void> {
    await this.frame.dialog.getByRole('button', { name: /^Open / }).click()
  }

  /** The certificate that the device's page shows as JSON. */
  async certificate(): Promise<DeviceCertificate> {
    await this.page.locator('[data-open-certificate]').click()
    const card = this.frame.dialog.locator('[data-certificate]')
    await card.locator('[data-form="json"]').click()
    await card.getByRole('button', { name: 'Show' }).click()
    const certificate = JSON.parse((await card.locator('[data-snippet]').textContent())!) as DeviceCertificate
    await this.page.keyboard.press('Escape')
    await expect(this.frame.dialog).toBeHidden()
    return certificate
  }

  value(property: string): Locator {
    return this.page.locator(`[data-property="${property}"] [data-value]`)
  }

  plot(property: string): Locator {
    return this.page.locator(`[data-plot="${property}"]`)
  }
}
