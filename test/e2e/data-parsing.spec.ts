import { expect, test } from './bench.ts'
import { ProductsPage } from './pages/products.ts'

test('a product with a custom format gets a script that is tried, marked where it fails, and submitted', async ({ frame, page }) => {
  const products = new ProductsPage(frame)
  await products.create('Probe', { format: 'Custom' })
  const section = page.locator('[data-parsing]')
  const editor = section.getByRole('textbox', { name: 'Parsing script' })
  await expect(section.locator('[data-script-state]')).toContainText('No script yet')

  await page.locator('[data-script-sample]').click()
  await expect(editor).toContainText('rawDataToProtocol')
  await page.locator('[name="script-hex"]').fill('00 00 00 00 2a')
  await page.locator('[data-script-run]').click()
  await expect(page.locator('[data-script-result]')).toContainText('"id":"42"')
  await page.locator('[name="script-hex"]').fill('77 00 00 00 00 01')
  await page.locator('[data-script-run]').click()
  await expect(page.locator('[data-script-result]')).toContainText('unknown message 0x77 (26002)')
  await expect(section.locator('.cm-lint-marker-error')).toBeVisible()

  await page.locator('[data-script-save]').click()
  await expect(section.locator('[data-script-state]')).toContainText('Draft of')
  await page.locator('[data-script-submit]').click()
  await expect(section.locator('[data-script-state]')).toContainText('Version 1 runs')
  await page.reload()
  await expect(editor).toContainText('rawDataToProtocol')
})
