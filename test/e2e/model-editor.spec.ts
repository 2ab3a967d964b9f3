import { readFileSync } from 'node:fs'
import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ModelEditor } from './pages/model-editor.ts'

test('a product gets its model in the page: draft, check beside the field, publish, change, restore', async ({ frame, page, bench }) => {
  const editor = new ModelEditor(frame)
  const devices = new DevicesPage(frame)
  await frame.go('products')
  await page.getByRole('button', { name: 'New product' }).first().click()
  await page.locator('[name="product-name"]').fill('Oven')
  await page.locator('[name="product-name"]').press('Enter')
  await page.locator('[data-first-property]').click()

  await test.step('the first property is checked while it is typed, and taken with Enter', async () => {
    await editor.field('identifier').fill('te mp')
    await expect(editor.errors).toHaveText('Expected: 1 to 50 letters, digits or underscores')
    await editor.field('identifier').fill('Temp')
    await editor.field('min').fill('300')
    await editor.field('max').fill('30')
    await expect(editor.errors).toHaveText('Expected: a number that is not below the minimum 300')
    await editor.field('min').fill('-10')
    await editor.field('max').press('Enter')
    await expect(editor.panel).toHaveCount(0)
    await expect(editor.row('Temp')).toContainText('-10 … 30')
    await expect(editor.state).toContainText('one change')
  })

  await test.step('a struct with members and an enum follow', async () => {
    await page.locator('[data-add="property"]').click()
    await editor.field('identifier').fill('Place')
    await editor.chooseType('struct')
    await editor.panel.locator('[data-done]').click()
    await expect(editor.errors).toContainText('a list of struct members')
    await editor.panel.locator('[data-add-parameter]').click()
    await editor.field('parameter-identifier').fill('row')
    await editor.panel.locator('[data-done-next]').click()
    await editor.field('identifier').fill('Mode')
    await editor.chooseType('enum')
    await editor.field('item-value').nth(1).fill('0')
    await expect(editor.errors.first()).toContainText('every value once')
    await editor.field('item-value').nth(1).fill('1')
    await editor.field('item-name').nth(1).fill('eco')
    await editor.panel.locator('[data-done]').click()
    await expect(editor.row('Mode')).toContainText('1 eco')
    await expect(editor.row('Place')).toContainText('{row: int}')
  })

  await test.step('a deleted row comes back, and Escape leaves the panel', async () => {
    await editor.row('Mode').locator('[data-remove]').click()
    await expect(editor.row('Mode')).toHaveCount(0)
    await page.locator('[data-undo]').click()
    await expect(editor.row('Mode')).toBeVisible()
    await editor.row('Mode').click()
    await page.keyboard.press('Escape')
    await expect(editor.panel).toHaveCount(0)
    await expect(editor.state).toContainText('3 changes')
    await page.reload()
    await expect(editor.row('Mode')).toBeVisible()
  })

  const productKey = await test.step('published, devices are checked by it', async () => {
    await page.locator('[data-open-publish]').click()
    await expect(editor.dialog.locator('[data-change="Temp"]')).toBeVisible()
    await expect(editor.dialog.locator('[data-breaking]')).toHaveCount(0)
    await editor.dialog.locator('[data-submit]').click()
    await expect(editor.state).toContainText('version 1.0')
    return /products\/(\w+)/.exec(page.url())![1]!
  })
  await devices.create('oven-1')
  await devices.openCreated()
  const client = await bench.connect(await devices.certificate())
  await client.publishAsync(`/sys/${productKey}/oven-1/thing/event/property/post`, JSON.stringify({ id: '1', version: '1.0', params: { Temp: 20 } }), { qos: 1 })
  await expect(devices.value('Temp')).toHaveText('20')

  await test.step('what is taken away is told before, and its values stay readable', async () => {
    await page.goto(`${page.url().replace(/#.*/, '')}#/products/${productKey}/model`)
    await editor.row('Temp').locator('[data-remove]').click()
    await page.locator('[data-open-publish]').click()
    await expect(editor.dialog.locator('[data-breaking]')).toContainText('One change can break')
    await editor.dialog.locator('[data-submit]').click()
    await expect(editor.state).toContainText('version 1.1')
    await page.goto(`${page.url().replace(/#.*/, '')}#/devices/${productKey}/oven-1`)
    await expect(page.locator('[data-property="Temp"] [data-former]')).toHaveText('not in the model any more')
    await expect(devices.value('Temp')).toHaveText('20')
    await expect(devices.plot('Temp')).toBeVisible()
  })

  await test.step('an old version comes back as the draft', async () => {
    await page.goto(`${page.url().replace(/#.*/, '')}#/products/${productKey}/model`)
    await page.locator('[data-open-versions]').click()
    await editor.dialog.locator('[data-version="1.0"] [data-restore]').click()
    await expect(editor.row('Temp')).toBeVisible()
    await expect(editor.state).toContainText('one change')
  })
})

test('a draft that was discarded, or replaced by an old version, comes back', async ({ bench: { api }, frame, page }) => {
  const { productKey } = await api.call('product.importModel', { text: readFileSync(sampleModel, 'utf8'), name: 'Thermostat' })
  const published = await api.call('model.draft', { productKey })
  const editor = new ModelEditor(frame)
  const undo = page.locator('[data-undo-notice] [data-undo]')
  await page.goto(`${page.url().replace(/#.*/, '')}#/products/${productKey}/model`)
  const rows = page.locator('[data-feature]')
  await expect(rows.first()).toBeVisible()
  const before = await rows.count()
  const removed = (await rows.first().getAttribute('data-feature'))!
  const remove = async (): Promise<void> => {
    await editor.row(removed).locator('[data-remove]').click()
    await expect(editor.state).toContainText('one change')
  }

  await remove()
  await page.locator('[data-discard]').click()
  await expect(rows).toHaveCount(before)
  await page.keyboard.press('Control+z')
  await expect(rows).toHaveCount(before - 1)
  await expect(editor.state).toContainText('one change')

  await page.locator('[data-open-versions]').click()
  await editor.dialog.locator(`[data-version="${published.published}"] [data-restore]`).click()
  await expect(rows).toHaveCount(before)
  await undo.last().click()
  await expect(rows).toHaveCount(before - 1)
  await expect.poll(async () => (await api.call('model.draft', { productKey })).changes.map(({ change }) => change)).toEqual(['removed'])
})
