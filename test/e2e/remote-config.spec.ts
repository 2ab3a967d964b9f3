import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ProductsPage } from './pages/products.ts'

test('a configuration is written, checked, saved, pushed, fetched while one looks, and an earlier one restored', async ({ frame, bench, page }) => {
  const productKey = await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('thermo-1')
  await devices.openCreated()
  const client = await bench.connect(await devices.certificate())
  await expect(devices.state).toHaveText('online')
  await client.subscribeAsync(`/sys/${productKey}/thermo-1/thing/config/push`)
  const pushed = new Promise<{ id: string, params: { url: string } }>(resolve => client.on('message', (topic, payload) => topic.endsWith('/config/push') && resolve(JSON.parse(payload.toString()) as never)))

  await frame.go('products')
  await page.locator('[data-products] a').first().click()
  await page.locator('[data-open-config]').click()
  await expect(frame.heading('Remote configuration')).toBeVisible()
  await expect(page.locator('[data-config-state]')).toContainText('Switched off')
  await page.locator('[data-config-switch]').click()
  await expect(page.locator('[data-config-state]')).toContainText('Nothing saved yet')
  await expect(page.locator('[data-config-devices]')).toContainText('No device has asked')

  const editor = page.getByRole('textbox', { name: 'Configuration as JSON' })
  await editor.fill('{\n"interval": 30,\n}')
  await expect(page.locator('[data-config-problem]')).toContainText('Line 3, column 1')
  await expect(page.locator('[data-config-save]')).toBeDisabled()
  await editor.fill('{"interval":30}')
  await expect(page.locator('[data-config-size]')).toContainText('15 of')
  await page.locator('[data-config-save]').click()
  await expect(page.locator('[data-version="1"]')).toContainText('newest')
  await editor.fill('{"interval":60}')
  await page.locator('[data-config-save]').click()
  await expect(page.locator('[data-version="2"]')).toContainText('newest')

  await page.locator('[data-config-push]').click()
  await expect(frame.dialog).toContainText('1 of 1 devices are online')
  await frame.dialog.getByRole('button', { name: 'Push' }).click()
  const { id, params } = await pushed
  await expect(page.locator('[data-device="thermo-1"]')).toContainText('v2')
  expect(await (await fetch(params.url)).text()).toBe('{"interval":60}')
  await client.publishAsync(`/sys/${productKey}/thermo-1/thing/config/push_reply`, JSON.stringify({ id, code: 200, data: {} }))
  await expect(page.locator('[data-fetched]')).toHaveText('1 of 1 have fetched version 2')
  await expect(page.locator('[data-device="thermo-1"]')).toContainText('200')

  await page.locator('[data-version="1"] [data-compare]').click()
  await expect(page.locator('[data-config-diff] .gone')).toContainText('{"interval":30}')
  await page.locator('[data-version="1"] [data-restore]').click()
  await expect(page.locator('[data-config-diff]')).toContainText('Nothing is different from version 1')
  await page.locator('[data-config-save]').click()
  await expect(page.locator('[data-version="3"]')).toContainText('newest')
  await expect(page.locator('[data-fetched]')).toHaveText('0 of 1 have fetched version 3')
})
