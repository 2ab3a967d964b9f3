import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ProductsPage } from './pages/products.ts'

test('devices are made in bulk, found by a part of their name, and deleted', async ({ frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('hall', 2_500)
  await expect(page.locator('[data-certificates]')).toContainText('2,500 devices were added')
  const [download] = await Promise.all([page.waitForEvent('download'), frame.dialog.getByRole('button', { name: 'Save all as CSV' }).click()])
  expect(download.suggestedFilename()).toMatch(/-devices\.csv$/)
  await page.keyboard.press('Escape')
  await expect(frame.dialog).toBeHidden()
  await expect(page.locator('main')).toContainText('2,500 devices')

  await test.step('the list scrolls to its end', async () => {
    await page.getByRole('grid', { name: 'Devices' }).focus()
    await page.keyboard.press('End')
    await expect(devices.row('hall-2500')).toBeVisible()
  })

  await page.locator('[data-filter-input]').fill('2499')
  await expect(page.locator('[data-device]')).toHaveCount(1)
  await devices.row('hall-2499').click()
  await expect(frame.heading('hall-2499')).toBeVisible()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete device' }).click()
  await expect(page.locator('main')).toContainText('2,499 devices')
})

test('a property\'s history is zoomed with the pointer, and goes back to the present', async ({ frame, bench, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('zoom')
  await devices.openCreated()
  const certificate = await devices.certificate()
  const client = await bench.connect(certificate)
  await expect(devices.state).toHaveText('online')
  for (let id = 1; id <= 20; id++) {
    const { topic, payload } = buildPropertyPost({ ...certificate, id: String(id), properties: { temperature: 20 + id / 10 } })
    await client.publishAsync(topic, payload, { qos: 1 })
  }
  const plot = devices.plot('temperature')
  await expect(plot.locator('figcaption')).toContainText('22')
  const box = (await plot.locator('.u-over').boundingBox())!
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + 40, { steps: 6 })
  await page.mouse.up()
  await expect(page.locator('[data-time-range]')).toContainText('–')
  await expect(plot).toContainText('No values in this range')
  await plot.focus()
  await page.keyboard.press('0')
  await expect(page.locator('[data-time-range]')).toHaveText(/last 15 min/)
  // Without the pointer over it, the plot names the last value instead of the one nearest to the pointer.
  await page.mouse.move(0, 0)
  await expect(plot.locator('figcaption')).toContainText('22')
})

test('a device is given a nickname, which the list shows and finds', async ({ frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('hall')
  await devices.openCreated()
  await page.locator('[data-rename]').click()
  const field = page.locator('input[name="nickname"]')
  await field.fill('灯')
  await expect(page.locator('[data-submit-nickname]')).toBeDisabled()
  await field.fill('Hall lamp')
  await page.locator('[data-submit-nickname]').click()
  await expect(page.locator('[data-nickname]')).toHaveText('Hall lamp')
  await frame.go('devices')
  await page.locator('[data-filter-input]').fill('lamp')
  await expect(devices.row('hall')).toContainText('Hall lamp')
})
