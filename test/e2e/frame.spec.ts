import { expect, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'

test('an empty workspace offers the sample, a file and a board', async ({ frame, page }) => {
  const empty = page.locator('[data-empty-workspace]')
  await expect(empty).toContainText('Add 1,000 sample devices')
  await expect(page.locator('[data-card="serial"]')).toContainText('It is coming')
  await empty.getByRole('button', { name: 'Import a thing model' }).click()
  await expect(frame.dialog).toContainText('Import a thing model')
  await page.keyboard.press('Escape')
  for (const [name, words] of [['fleets', 'No fleets yet'], ['products', 'No products yet'], ['devices', 'No devices yet'], ['trace', 'No messages yet']] as const) {
    await frame.go(name)
    await expect(page.locator('main')).toContainText(words)
  }
})

test.describe('in a Chinese browser with dark colours', () => {
  test.use({ locale: 'zh-CN', colorScheme: 'dark' })

  test('the page is Chinese and dark, and both can be changed and stay so', async ({ frame, page }) => {
    await expect(frame.heading('首页')).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN')
    await page.locator('[data-language]').click()
    await expect(frame.heading('Home')).toBeVisible()
    await page.locator('[data-theme-switch]').click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await page.reload()
    await frame.connected()
    await expect(frame.heading('Home')).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  })
})

test.describe('when the engine dies', () => {
  test.use({ allowed: [/WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource/] })

  test('the page says so, dims and keeps what was on screen', async ({ frame, bench, page }) => {
    await page.locator('[data-add-sample]').click()
    const fleets = new FleetsPage(frame)
    await fleets.allOnline(1_000)
    await bench.kill()
    await expect(page.locator('[data-engine-lost]')).toContainText('The engine does not answer')
    await expect(page.locator('[data-engine="lost"]')).toBeVisible()
    await expect(fleets.online).toHaveText('1,000 of 1,000 online')
    await expect(page.locator('[data-legend="online"]')).toContainText('1,000')
  })
})

test.describe('with an address that was used before', () => {
  test.use({ allowed: [/WebSocket|401/] })

  test('the page explains that it may not talk to the engine', async ({ frame, bench, browser }) => {
    await frame.connected()
    const context = await browser.newContext()
    const other = await context.newPage()
    await other.goto(bench.url)
    await expect(other.getByRole('alert')).toContainText('may not talk to the engine')
    await context.close()
  })
})

test('a page that does not exist says so', async ({ frame, page }) => {
  await page.goto(`${page.url().replace(/#.*/, '')}#/nowhere`)
  await frame.connected()
  await expect(page.locator('main')).toContainText('There is no such page.')
})

test('settings are checked while typing, stored, and still there after a reload', async ({ frame, page }) => {
  await frame.go('settings')
  const days = page.locator('[data-setting="trace.keepDays"]')
  await days.locator('input').fill('0')
  await expect(days.getByRole('alert')).toHaveText('expected 0.01 to 3,650')
  await days.locator('input').fill('3')
  await days.locator('input').press('Enter')
  await expect(days).toContainText('Back to 7 days')
  await page.locator('[data-setting="limits.applyCloud"]').getByRole('switch').click()
  await page.reload()
  await frame.connected()
  await expect(days.locator('input')).toHaveValue('3')
  await expect(page.locator('[data-setting="limits.applyCloud"]').getByRole('switch')).toHaveAttribute('aria-checked', 'true')
})
