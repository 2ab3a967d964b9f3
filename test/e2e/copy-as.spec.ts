import { execFileSync } from 'node:child_process'
import { expect, test } from './bench.ts'

test('a form is also a command line and a curl call, and the curl call does what the form does', async ({ bench: { api }, frame, page }) => {
  await api.call('key.create', { name: 'copy' })
  await page.goto(`${page.url().replace(/#.*/, '')}#/products`)
  await page.getByRole('button', { name: 'New product' }).first().click()
  await page.locator('[name="product-name"]').fill('Copied_product')
  await frame.dialog.getByText('Copy as').click()
  const panel = page.locator('[data-copy-as-panel]')
  await expect(panel.locator('pre')).toHaveText('thingbench product create --name Copied_product --node-type device --format alink')

  await panel.locator('[data-form="node"]').click()
  await expect(panel.locator('pre')).toContainText('client.request(\'CreateProduct\'')
  await expect(panel.locator('pre')).toContainText('accessKeySecret: \'••••••••\'')

  await panel.locator('[data-form="curl"]').click()
  await expect(panel.locator('pre')).toContainText('Signature=')
  expect(JSON.parse(execFileSync('sh', ['-c', await panel.locator('pre').innerText()]).toString())).toMatchObject({ Success: true })
  expect(await api.call('product.list', {})).toMatchObject([{ name: 'Copied_product' }])
})
