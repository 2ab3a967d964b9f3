import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ProductsPage } from './pages/products.ts'

test('a group is made by a query that is tried while it is typed, and filters the list of devices', async ({ frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  await new DevicesPage(frame).create('hall', 12)
  await page.keyboard.press('Escape')
  await page.locator('[data-open-groups]').click()
  await page.locator('[data-new-group]').click()
  await frame.dialog.locator('[name="group-name"]').fill('Halls')
  await frame.dialog.locator('[data-kind="dynamic"]').click()
  const query = frame.dialog.locator('[name="group-query"]')
  await query.fill('name like hall')
  await expect(frame.dialog).toContainText('Character 11: expected a pattern in quotes')
  await query.fill('name like "hall-1%"')
  await expect(frame.dialog).toContainText('Finds 4 devices now, 0 of them online: hall-1, hall-10, hall-11, hall-12')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-members] tbody tr')).toHaveCount(4)
  await page.getByRole('button', { name: 'Show as a list of devices' }).click()
  await expect(page.locator('[data-device]')).toHaveCount(4)
})

test('a product gets a custom topic, and its devices a broadcast', async ({ frame, bench, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('hall')
  await devices.openCreated()
  const client = await bench.connect(await devices.certificate())
  const received: string[] = []
  client.on('message', (_topic, payload) => received.push(payload.toString()))
  await page.keyboard.press('Escape')
  await frame.go('products')
  await page.locator('[data-products] a').first().click()
  const topics = page.locator('[data-topics]')
  await topics.locator('[name="topic-name"]').fill('user/lamp/+')
  await topics.locator('[data-add-topic]').click()
  await expect(topics.locator('[data-topic="user/lamp/+"]')).toBeVisible()
  await topics.locator('[data-broadcast]').click()
  await frame.dialog.locator('[name="message-payload"]').fill('hello all')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('body')).toContainText('Sent to 1 of 1 devices')
  await expect.poll(() => received).toEqual(['hello all'])
})
