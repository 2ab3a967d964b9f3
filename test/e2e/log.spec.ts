import { expect, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'

test('unfolds messages into the platform\'s log, opens a record, and follows one chain', async ({ frame, page, bench }) => {
  await page.locator('[data-add-sample]').click()
  await new FleetsPage(frame).allOnline(1_000)
  await bench.connect({ productKey: 'a1TbThermo1', deviceName: 'nobody', deviceSecret: 'none' }).catch(() => {})
  await frame.go('trace')
  await page.locator('[data-tab="log"]').click()
  const rows = page.locator('[data-log-rows] [data-type]')
  await expect(rows.first()).toBeVisible()

  await page.locator('[data-failed-only]').click()
  const refused = page.locator('[data-log-rows] [data-code="6100"]').first()
  await refused.click()
  await expect(page.locator('[data-log-detail] [data-explanation]')).toContainText('There is no device a1TbThermo1/nobody')
  await page.locator('[data-open-message]').click()
  await expect(page).toHaveURL(/#\/trace\?message=\d+/)

  await page.locator('[data-tab="log"]').click()
  await page.locator('[data-log-rows] [data-type="ThingModel"] [data-chain]').first().click()
  await expect(page).toHaveURL(/trace=[0-9a-f]{16}/)
  await expect(page.locator('[data-log-rows] [data-type="uplink"]')).toHaveCount(1)
})
