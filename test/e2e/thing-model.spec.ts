import { readFile } from 'node:fs/promises'
import { expect, sampleModel, test } from './bench.ts'
import { ProductsPage } from './pages/products.ts'

interface Model { profile: { productKey: string }, properties: { dataType: { type: string, specs: Record<string, string> }, accessMode: string }[] }
const file = (text: string) => ({ name: 'model.json', mimeType: 'application/json', buffer: Buffer.from(text) })

test('a file with errors is refused with every place, what was expected and what was found', async ({ frame }) => {
  const products = new ProductsPage(frame)
  const model = JSON.parse(await readFile(sampleModel, 'utf8')) as Model
  model.properties[0]!.dataType.specs.max = 'warm'
  model.properties[1]!.accessMode = 'rx'
  await products.chooseModel(file(JSON.stringify(model)))
  await expect(products.issues).toHaveCount(2)
  await expect(products.issues.nth(0)).toContainText('properties[0].dataType.specs.max')
  await expect(products.issues.nth(0)).toContainText('warm')
  await expect(products.issues.nth(1)).toContainText('properties[1].accessMode')
  await expect(products.submit()).toBeDisabled()

  await test.step('and so is a file that is no JSON, with line and column', async () => {
    await frame.dialog.getByText('Another file').click()
    await frame.dialog.locator('input[type="file"]').setInputFiles(file('{\n  "properties": [,]\n}'))
    await expect(products.issues).toHaveCount(1)
    await expect(products.issues).toContainText('line 2, column')
  })
})

test('a model is exported as it was imported, and replaced in the product that it belongs to', async ({ frame, page }) => {
  const products = new ProductsPage(frame)
  const productKey = await products.importModel(sampleModel, 'Thermostat')
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-export-model]').click()])
  const exported = JSON.parse(await readFile(await download.path(), 'utf8')) as Model
  const given = JSON.parse(await readFile(sampleModel, 'utf8')) as Model
  expect(exported.properties).toEqual(given.properties)
  expect(exported.profile.productKey).toBe(productKey)

  exported.properties = exported.properties.slice(0, 2)
  await products.chooseModel(file(JSON.stringify(exported)))
  await frame.dialog.locator('.n-select').click()
  await page.locator('.n-base-select-option').filter({ hasText: 'replacing its model' }).click()
  await expect(frame.dialog).toContainText('Replaces the thing model of Thermostat')
  await products.submit().click()
  await expect(products.properties).toHaveCount(2)
})

test('a file dropped anywhere on the page is read', async ({ frame, page }) => {
  await frame.go('products')
  const text = await readFile(sampleModel, 'utf8')
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer()
    data.items.add(new File([content], 'dropped.json', { type: 'application/json' }))
    return data
  }, text)
  const surface = page.locator('main .page')
  await surface.dispatchEvent('dragover', { dataTransfer: transfer })
  await surface.dispatchEvent('drop', { dataTransfer: transfer })
  await expect(frame.dialog).toContainText('The file is good: 6 properties, 2 events, 2 services.')
})
