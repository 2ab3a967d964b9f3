import { readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'

test('a device is cloned from life: what was recorded beside what its variants will do, and a fleet of them', async ({ frame, bench: { api }, page }) => {
  const fleets = new FleetsPage(frame)
  const { productKey } = await api.call('product.importModel', { text: readFileSync(sampleModel, 'utf8'), name: 'Thermostat' })
  const { fleetId } = await api.call('fleet.create', { productKey, prefix: 'hall', count: 1, intervalSec: 0.1, seed: 3, transport: 'in-process' })
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
  await expect(page.locator('[data-traits]')).toContainText(/A report every|Reports came irregularly/)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))).toEqual([])

  const identifier = await moving.getAttribute('data-clone-property')
  await moving.locator('.n-base-selection').click()
  await page.locator('.n-base-select-option', { hasText: 'exactly as recorded' }).click()
  await expect(page.locator(`[data-clone-property="${identifier}"]`)).toContainText('Chosen by hand.')
  await page.locator('[name="clone-count"]').fill('12')
  await page.locator('[name="clone-prefix"]').fill('twin')
  await page.locator('[data-clone-form] .n-checkbox').click()
  await page.locator('[data-make]').click()
  await expect(page).toHaveURL(/#\/fleets\//)
  const made = (await api.call('fleet.list', {})).find(({ prefix }) => prefix === 'twin')
  expect(made).toMatchObject({ productKey, count: 12, name: 'Clones of hall-0001', behaviours: { [identifier!]: { kind: 'trace' } } })

  // In the engine's own process, because a busy machine takes its time to start another.
  await api.call('fleet.update', { fleetId: made!.fleetId, change: { transport: 'in-process' } })
  await api.call('fleet.start', { fleetId: made!.fleetId })
  await fleets.allOnline(12)

  await page.evaluate(address => location.hash = address, `#/clone/${productKey}/${idle!.deviceName}`)
  await expect(page.locator('[data-nothing]')).toContainText('Nothing recorded in this time')
  await page.locator('[data-nothing] button', { hasText: 'Record for 10 minutes' }).click()
  await expect(page.locator('[data-recording]')).toContainText('left')
  await page.locator('[data-enough]').click()
  await expect(page.locator('[data-nothing]')).toBeVisible()
})
