import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { expect, sampleModel, test } from './bench.ts'
import { ProductsPage } from './pages/products.ts'

const image = Buffer.alloc(2_500_000, 'firmware ')
const md5 = createHash('md5').update(image).digest('hex')

test('a package is made of a dropped file, shows its digests, is edited, found by a filter and deleted', async ({ frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  await page.locator('[data-nav="ota"]').click()
  await page.locator('[data-new-package]').click()
  await frame.dialog.locator('[name="package-name"]').fill('app-2_0_0')
  await frame.dialog.locator('[name="package-version"]').fill('2.0.0')
  await frame.dialog.locator('input[type="file"]').setInputFiles({ name: 'app.exe', mimeType: 'application/octet-stream', buffer: image })
  await expect(frame.dialog).toContainText('app.exe: at most 32 characters, and it ends with one of .bin')
  await frame.dialog.locator('input[type="file"]').setInputFiles({ name: 'app.bin', mimeType: 'application/octet-stream', buffer: image })
  await expect(frame.dialog.locator('[data-file="app.bin"]')).toContainText(md5)
  await frame.dialog.locator('[data-submit]').click()

  await expect(page.locator('[data-package-facts]')).toContainText('No verification required')
  await expect(page.locator('[data-package-files]')).toContainText(md5)
  await page.locator('[data-security]').click()
  await expect(page.locator('pre')).toContainText('BEGIN PUBLIC KEY')
  await expect(page.locator('[data-package-files]')).toContainText('digestsign')
  const downloading = page.waitForEvent('download')
  await page.locator('[data-download]').click()
  expect((await downloading).suggestedFilename()).toBe('app.bin')
  await page.locator('[data-edit]').click()
  await frame.dialog.locator('[name="package-description"]').fill('Reads the sensor twice.')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-package-facts]')).toContainText('Reads the sensor twice.')

  await page.locator('[data-nav="ota"]').click()
  await expect(page.locator('[data-package="app-2_0_0"]')).toContainText('Thermostat')
  await page.locator('[name="package-search"]').fill('other')
  await expect(page.locator('body')).toContainText('No package fits the filter.')
  await page.locator('[name="package-search"]').fill('app')
  await page.locator('[data-package="app-2_0_0"] a').click()
  await page.locator('[data-delete]').click()
  await frame.dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.locator('body')).toContainText('No update packages yet')
})

test('a product gets a module of its own for updates', async ({ frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  await page.locator('[data-nav="ota"]').click()
  await page.getByText('Modules', { exact: true }).click()
  await expect(page.locator('[data-module="default"]')).toBeVisible()
  await page.locator('[data-new-module]').click()
  await frame.dialog.locator('[name="module-name"]').fill('mcu')
  await frame.dialog.locator('[name="module-alias"]').fill('motor-board')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-module="mcu"]')).toContainText('motor-board')
})
