import { Buffer } from 'node:buffer'
import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'

test('a fleet is sent to another broker, which is tried first, and then says so wherever it is shown', async ({ frame, bench: { api, mqtt }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  const [product] = await api.call('product.list', {})
  const { certificates } = await api.call('device.create', { productKey: product!.productKey, deviceName: 'field', count: 5 })
  await products.simulate()

  await page.locator('[data-target-kind="broker"]').click()
  await page.locator('[name="target-host"]').fill('127.0.0.1')
  await page.locator('[name="target-port"]').fill(String(mqtt.port))
  await page.locator('[name="target-topic"]').fill('plant/{device}/up')
  await expect(page.locator('[data-fleet-target]')).toContainText('expected no + or #')
  await page.locator('[name="target-topic"]').fill('plant/{deviceName}/up')
  await page.locator('[data-test-target]').click()
  await expect(page.locator('[data-test-verdict]')).toHaveText('It ends at this step: Login')
  await expect(page.locator('[data-step="tcp"]')).toHaveAttribute('data-step-state', 'passed')

  await page.locator('[data-target-kind="cloud"]').click()
  const csv = (lines: string[]) => ({ name: 'devices.csv', mimeType: 'text/csv', buffer: Buffer.from(`DeviceName,DeviceSecret,ProductKey\n${lines.join('\n')}\n`) })
  const good = certificates.map(one => `${one.deviceName},${one.deviceSecret},${one.productKey}`)
  const input = page.locator('[data-fleet-target] input[type="file"]')
  await input.setInputFiles(csv([good[0]!, ',secret,a1']))
  await expect(page.locator('[data-wrong-lines]')).toContainText('Line 3: expected a DeviceName, got nothing.')
  await input.setInputFiles(csv(good))
  await expect(page.locator('[data-devices-read]')).toContainText('5 devices')
  await expect(page.locator('[name="fleet-count"]')).toHaveValue('5')
  await page.locator('[data-test-target]').click()
  await expect(page.locator('[data-test-verdict]')).toHaveText('The way to the broker is open.')
  await frame.dialog.locator('[data-submit]').click()
  await expect(frame.dialog).toBeHidden()

  await fleets.allOnline(5)
  await expect(page.locator('[data-target-banner]')).toContainText(`These devices report to 127.0.0.1:${mqtt.port}, not to this platform.`)
  await expect(page.locator('[data-target-tag]')).toBeVisible()
  await page.locator('.n-tabs-tab', { hasText: 'Settings' }).click()
  await expect(page.locator('[data-fleet-target-form]')).toContainText('Can be changed once the fleet is stopped.')
  await fleets.stop()
  await expect(page.locator('[data-devices-kept]')).toContainText('5 devices are set; kept in a file that only you can read')
  await page.locator('[data-fleet-target-form] [data-target-kind="local"]').click()
  await page.locator('[data-apply-target]').click()
  await expect(page.locator('[data-target-banner]')).toBeHidden()
  expect(await api.call('fleet.list', {})).toMatchObject([{ target: { kind: 'local' }, secrets: { devices: null } }])
})
