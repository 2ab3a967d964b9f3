import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'

test('a fleet is told to report on change, to keep samples, and an event because of a value', async ({ frame, bench: { api }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  await products.simulate()
  await fleets.create({ count: 5, intervalSec: 1, prefix: 'room' })
  await fleets.allOnline(5)

  await page.locator('.n-tabs-tab', { hasText: 'Settings' }).click()
  await page.locator('[data-fleet-report]').getByText('on change').click()
  await page.locator('[name="band-temperature"]').fill('50')
  await page.locator('[name="band-humidity"]').fill('100')
  await page.locator('[data-fleet-report]').getByText('keeps samples').click()
  await page.locator('[data-apply-report]').click()
  const fleet = async () => (await api.call('fleet.list', {}))[0]!
  await expect.poll(async () => (await fleet()).report).toMatchObject({ when: 'change', deadBands: { temperature: 50, humidity: 100 }, batch: 1, offline: 'keep' })

  await page.locator('.n-tabs-tab', { hasText: 'Talk' }).click()
  await page.locator('[name="when-overheat"]').fill('temperature >')
  await expect(page.locator('[data-event-conditions] [role="alert"]')).toContainText('column')
  await expect(page.locator('[data-apply-conversation]')).toBeDisabled()
  await page.locator('[name="when-overheat"]').fill('temperature > -100')
  await page.locator('[data-apply-conversation]').click()
  await expect.poll(async () => (await fleet()).stats.conversation.events).toBeGreaterThanOrEqual(5)

  await page.locator('.n-tabs-tab', { hasText: 'Figures' }).click()
  await expect(page.locator('[data-report-count="unchanged"]')).not.toHaveText('0')
})
