import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'

test('a fleet gets weather and bad devices, which are in plain sight while they are on', async ({ frame, bench: { api }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  await products.simulate()
  await fleets.create({ count: 20, intervalSec: 2, prefix: 'room' })
  await fleets.allOnline(20)
  await expect(page.locator('[data-trouble-tag]')).toBeHidden()

  await page.locator('.n-tabs-tab', { hasText: 'Trouble' }).click()
  await page.locator('[data-weather]').click()
  await page.locator('.n-base-select-option', { hasText: '2G edge' }).click()
  await expect(page.locator('[name="up-latencyMsMax"]')).toHaveValue('700')
  await page.locator('[name="bad-wrongType"]').fill('100')
  await page.locator('[name="rate-wrongType"]').fill('3600')
  await page.locator('[data-apply-trouble]').click()
  await expect(page.locator('[data-trouble-tag]')).toContainText('2G edge')
  await expect(page.locator('[data-fleets-in-trouble]')).toContainText('1 fleet')
  const [fleet] = await api.call('fleet.list', {})
  expect(fleet).toMatchObject({ network: { weather: 'edge-2g' }, misbehaviour: [{ kind: 'wrongType', devicesPercent: 100, perHour: 3_600 }] })

  await page.locator('.n-tabs-tab', { hasText: 'Figures' }).click()
  await expect(page.locator('[data-misdeed="wrongType"] td').nth(1)).not.toHaveText('0')

  await page.locator('.n-tabs-tab', { hasText: 'Steer' }).click()
  await page.locator('[data-choose-all]').click()
  await page.locator('[data-steer="misbehave"]').click()
  await expect.poll(async () => (await api.call('fleet.get', { fleetId: fleet!.fleetId })).stats.misdeeds.malformedJson?.sent).toBe(20)

  await page.locator('[data-trouble-tag]').click()
  await page.locator('[data-weather]').click()
  await page.locator('.n-base-select-option', { hasText: 'none' }).click()
  await page.locator('[name="bad-wrongType"]').fill('0')
  await page.locator('[data-apply-trouble]').click()
  await expect(page.locator('[data-trouble-tag]')).toBeHidden()
  await expect(page.locator('[data-fleets-in-trouble]')).toBeHidden()
})
