import { expect, sampleModel, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'
import { TracePage } from './pages/trace.ts'

test('everything on the way from a fleet to one message can be done by keys', async ({ frame, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  const trace = new TracePage(frame)
  const { keyboard } = page
  await products.importModel(sampleModel, 'Thermostat')
  await products.simulate()
  await fleets.create({ count: 60, intervalSec: 1, prefix: 'key' })
  await fleets.allOnline(60)

  await test.step('the matrix is walked by arrows and Enter opens the device', async () => {
    await page.getByRole('grid', { name: /60 devices/ }).focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft'])
      await keyboard.press(key)
    await expect(page.locator('.tip')).toContainText('key-0002')
    await keyboard.press('Enter')
    await expect(frame.heading('key-0002')).toBeVisible()
  })

  await test.step('g and a letter change the page, / goes to its filter', async () => {
    await keyboard.press('g')
    await keyboard.press('t')
    await frame.isOn('trace')
    await keyboard.press('/')
    await expect(page.locator('[data-filter-input]')).toBeFocused()
    await keyboard.type('device:key-0002')
    await keyboard.press('Enter')
    await expect(trace.chip('device')).toBeVisible()
  })

  await test.step('rows are walked by arrows, a message opens, Escape closes it', async () => {
    await expect.poll(() => trace.rows.count()).toBeGreaterThan(3)
    await page.getByRole('grid', { name: /Messages/ }).focus()
    await keyboard.press('Home')
    await keyboard.press('ArrowDown')
    await expect(trace.detail).toBeVisible()
    await keyboard.press('Escape')
    await expect(trace.detail).toBeHidden()
  })

  await test.step('the palette finds a device and commands; ? lists the keys; Escape closes dialogs', async () => {
    await frame.command('key-0033', 'Device key-0033')
    await expect(frame.heading('key-0033')).toBeVisible()
    await frame.command('stop fleet', /Stop fleet/)
    await frame.go('fleets')
    await expect(page.locator('[data-fleet-state]')).toHaveText('stopped')
    await keyboard.press('?')
    await expect(frame.dialog).toContainText('Keys')
    await keyboard.press('Escape')
    await expect(frame.dialog).toBeHidden()
  })

  await test.step('Tab reaches the rail first, and focus can be seen', async () => {
    await page.reload()
    await frame.connected()
    await keyboard.press('Tab')
    await keyboard.press('Tab')
    const focused = page.locator(':focus')
    await expect(focused).toHaveAttribute('data-nav', 'home')
    expect(await focused.evaluate(element => getComputedStyle(element).outlineStyle)).toBe('solid')
  })
})
