import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'

test('devices are chosen by dragging over the matrix and told to go, to come and to keep a value', async ({ frame, bench: { api }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  await products.simulate()
  await fleets.create({ count: 60, intervalSec: 5, prefix: 'room' })
  await fleets.allOnline(60)

  await fleets.dragOver(0, 9)
  await expect(page.locator('[data-chosen-count]')).toContainText('10 of 60 devices')
  await page.locator('[data-steer="disconnect"]').click()
  await expect(fleets.online).toHaveText('50 of 60 online')
  await page.locator('[data-choose-state] .n-base-selection').click()
  await page.locator('.n-base-select-option', { hasText: 'idle' }).or(page.locator('.n-base-select-option', { hasText: 'offline' })).first().click()
  await page.locator('[data-matrix] [role="grid"]').focus()
  await page.keyboard.press('Control+a')
  await expect(page.locator('[data-chosen-count]')).toContainText('60 of 60 devices')
  await page.locator('[data-steer="connect"]').click()
  await fleets.allOnline(60)

  await page.locator('[name="steer-query"]').fill('name = "room-0007"')
  await page.locator('[data-choose-query]').click()
  await expect(page.locator('[data-chosen-count]')).toContainText('1 of 60 devices')
  const [fleet] = await api.call('fleet.list', {})
  expect(await api.call('fleet.choose', { fleetId: fleet!.fleetId, devices: { query: 'name = "room-0007"' } })).toEqual({ ranges: [[6, 6]], devices: 1 })
  await page.locator('[name="steer-query"]').fill('name is nonsense')
  await page.locator('[data-choose-query]').click()
  await expect(page.locator('[data-steering] [role="alert"]')).toContainText('query')
})

test('devices are switched off and on, start again, and have a life that is set on the page', async ({ frame, bench: { api }, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  await products.importModel(sampleModel, 'Thermostat')
  await products.simulate()
  await fleets.create({ count: 40, intervalSec: 5, prefix: 'room' })
  await fleets.allOnline(40)

  await fleets.dragOver(0, 7)
  await page.locator('[data-steer="power-off"]').click()
  await expect(page.locator('[data-legend="off"]')).toContainText('8')
  await expect(fleets.online).toHaveText('32 of 40 online')
  await page.locator('[data-steer="power-on"]').click()
  await fleets.allOnline(40)

  await page.locator('.n-tabs-tab', { hasText: 'Settings' }).click()
  await page.locator('[name="life-boot"]').fill('long')
  await expect(page.locator('[data-apply-life]')).toBeDisabled()
  await page.locator('[name="life-boot"]').fill('60-90')
  await page.locator('[data-apply-life]').click()
  await expect.poll(async () => (await api.call('fleet.list', {}))[0]!.life.bootSec).toEqual({ draw: 'uniform', min: 60, max: 90 })

  await page.locator('.n-tabs-tab', { hasText: 'Steer' }).click()
  await page.locator('[data-steer="reboot"]').click()
  await expect(page.locator('[data-legend="booting"]')).toContainText('8')
  await page.locator('.n-tabs-tab', { hasText: 'Figures' }).click()
  await expect(page.locator('[data-life="reboots"]')).toHaveText('8')
})
