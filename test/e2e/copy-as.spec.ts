import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, sampleModel, test } from './bench.ts'

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

test('the head of a fleet has its actions as command lines, and its form the change that is typed', async ({ bench: { api }, frame, page }) => {
  const { productKey } = await api.call('product.importModel', { text: readFileSync(sampleModel, 'utf8'), name: 'Thermostat' })
  const { fleetId } = await api.call('fleet.create', { productKey, prefix: 'hall', count: 2 })
  await page.goto(`${page.url().replace(/#.*/, '')}#/fleets/${fleetId}`)
  const panel = page.locator('[data-copy-as-panel]')
  await page.locator('header.page-head [data-copy-as]').click()
  await expect(panel.locator('pre')).toHaveText(`thingbench fleet start ${fleetId}`)
  await panel.locator('[data-copied-action]').filter({ hasText: 'Delete' }).click()
  await expect(panel.locator('pre')).toHaveText(`thingbench fleet delete ${fleetId}`)
  await page.keyboard.press('Escape')

  await page.locator('.n-tabs-tab').filter({ hasText: 'Settings' }).click()
  await page.locator('[name="set-count"]').fill('5')
  await page.locator('[name="set-count"]').blur()
  await page.locator('[data-fleet-settings] [data-copy-as]').click()
  await expect(page.locator('[data-copy-as-panel] pre').last()).toHaveText(`thingbench fleet update ${fleetId} --count 5`)
  await expect(frame.strip).toBeVisible()
})
