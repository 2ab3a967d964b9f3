import { AxeBuilder } from '@axe-core/playwright'
import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'

test('a device is cloned from life: what was recorded beside what its variants will do, and a fleet of them', async ({ frame, bench: { api }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  const [product] = await api.call('product.list', {})
  const { productKey } = product!
  const { fleetId } = await api.call('fleet.create', { productKey, prefix: 'hall', count: 1, intervalSec: 0.1, seed: 3 })
  await api.call('fleet.start', { fleetId })
  await expect.poll(async () => (await api.call('fleet.get', { fleetId })).stats.acknowledged).toBeGreaterThan(60)
  await api.call('fleet.stop', { fleetId })
  const { certificates: [idle] } = await api.call('device.create', { productKey, deviceName: 'idle' })

  await page.evaluate(address => location.hash = address, `#/devices/${productKey}/hall-0001`)
  await page.locator('[data-go="clone"]').click()
  await expect(page.locator('[data-found]')).toContainText('values')
  const rows = page.locator('[data-clone-property]')
  await expect(rows).not.toHaveCount(0)
  const moving = rows.filter({ has: page.locator('[data-kind="walk"]') }).first()
  await expect(moving.locator('canvas')).toHaveCount(2)
  await expect(moving).toContainText('Each report differs from the last')
  await expect(page.locator('[data-traits]')).toContainText('A report every')
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

  const identifier = await moving.getAttribute('data-clone-property')
  await moving.locator('.n-base-selection').click()
  await page.locator('.n-base-select-option', { hasText: 'exactly as recorded' }).click()
  await expect(page.locator(`[data-clone-property="${identifier}"]`)).toContainText('Chosen by hand.')
  await page.locator('[name="clone-count"]').fill('12')
  await page.locator('[name="clone-prefix"]').fill('twin')
  await page.locator('[data-make]').click()
  await fleets.allOnline(12)
  const made = (await api.call('fleet.list', {})).find(({ prefix }) => prefix === 'twin')
  expect(made).toMatchObject({ productKey, count: 12, name: 'Clones of hall-0001', behaviours: { [identifier!]: { kind: 'trace' } } })

  await page.evaluate(address => location.hash = address, `#/clone/${productKey}/${idle!.deviceName}`)
  await expect(page.locator('[data-nothing]')).toContainText('Nothing recorded in this time')
  await page.locator('[data-nothing] button', { hasText: 'Record for 10 minutes' }).click()
  await expect(page.locator('[data-recording]')).toContainText('left')
  await page.locator('[data-enough]').click()
  await expect(page.locator('[data-nothing]')).toBeVisible()
})
