import { expect, test } from './bench.ts'

test('shows a refused login in the platform\'s log, explains it, follows its chain and leads to the trace', async ({ frame, page, bench }) => {
  const stranger = { productKey: 'a1TbThermo1', deviceName: 'nobody', deviceSecret: 'none' }
  await bench.connect(stranger).catch(() => {})
  await bench.connect(stranger).catch(() => {})
  await frame.go('trace')
  await page.locator('[data-tab="log"]').click()
  const refused = page.locator('[data-log-rows] [data-code="6100"]')
  await expect(refused).toHaveCount(2)

  await refused.first().click()
  await expect(page.locator('[data-log-detail] [data-explanation]')).toContainText('There is no device a1TbThermo1/nobody')
  await page.locator('[data-open-message]').click()
  await expect(page).toHaveURL(/#\/trace\?message=\d+/)

  await page.locator('[data-tab="log"]').click()
  await refused.first().locator('[data-chain]').click()
  await expect(page).toHaveURL(/trace=[0-9a-f]{16}/)
  await expect(refused).toHaveCount(1)
})
