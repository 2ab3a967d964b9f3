import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { FleetsPage } from './pages/fleets.ts'
import { ProductsPage } from './pages/products.ts'
import { TracePage } from './pages/trace.ts'

test('a thing model becomes a running fleet, a value changes before one\'s eyes, and a refused message is explained', async ({ frame, bench, page }) => {
  const products = new ProductsPage(frame)
  const fleets = new FleetsPage(frame)
  const devices = new DevicesPage(frame)
  const trace = new TracePage(frame)

  await test.step('import the file and read it as a table', async () => {
    await products.importModel(sampleModel, 'Thermostat')
    await expect(products.properties.filter({ hasText: 'temperature' }).first()).toContainText('-40 … 120')
    await expect(products.properties.filter({ hasText: 'temperature' }).first()).toContainText('°C')
  })

  await test.step('start 100 devices over real MQTT', async () => {
    await products.simulate()
    await fleets.create({ count: 100, intervalSec: 1, prefix: 'room' })
    await fleets.allOnline(100)
    await expect(page.locator('[data-legend="online"]')).toContainText('100')
    await expect(frame.strip).toContainText('online 100 of 100')
  })

  await test.step('see a value change in place and on the plot', async () => {
    await fleets.openCell(6)
    await expect(frame.heading('room-0007')).toBeVisible()
    await expect(devices.state).toHaveText('online')
    const value = devices.value('temperature')
    await expect(value).toBeVisible()
    const before = (await value.textContent())!
    await expect(value).not.toHaveText(before)
    await expect(devices.plot('temperature').locator('figcaption')).toContainText('°C')
    await expect(devices.plot('temperature').locator('canvas')).toBeVisible()
    await expect(devices.messages.first()).toBeVisible()
  })

  await test.step('a real client posts one good and three bad values', async () => {
    await devices.create('board')
    await devices.openCreated()
    await expect(devices.state).toHaveText('never connected')
    const certificate = await devices.certificate()
    const client = await bench.connect(certificate)
    await expect(devices.state).toHaveText('online')
    const { topic, payload } = buildPropertyPost({ ...certificate, id: '7', properties: { temperature: 140.5, humidty: 44, mode: 9, humidity: 41 } })
    await client.publishAsync(topic, payload, { qos: 1 })
    // The good one is kept, the bad ones never become values.
    await expect(devices.value('humidity')).toHaveText('41')
    await expect(devices.value('temperature')).toBeHidden()
  })

  await test.step('the refused message stands in the trace, explained beside its bytes', async () => {
    await frame.go('trace')
    await page.locator('[data-failed-only]').click()
    await expect(trace.chip('code')).toBeVisible()
    await trace.open(trace.refused.filter({ hasText: 'humidty' }))
    await expect(trace.explanation).toContainText('temperature: 140.5 is above the maximum 120 °C')
    await expect(trace.explanation).toContainText('Did you mean humidity?')
    await expect(trace.decoded.locator('.bad')).toHaveCount(3)
    await expect(trace.bytes).toContainText('7B226964')
    await expect(trace.detail).toContainText('post_reply')
  })

  await test.step('home counts it and leads back to it', async () => {
    await frame.go('home')
    await expect(page.locator('[data-online-count]')).toHaveText('101')
    await page.locator('[data-highlights] [data-code-mark]').first().click()
    await expect(page.locator('[data-explain]')).toContainText('What to check')
    await page.keyboard.press('Escape')
    await expect(page.locator('[data-explain]')).toBeHidden()
    await page.locator('[data-highlights] a').first().click()
    await frame.isOn('trace')
    await expect(trace.explanation).toBeVisible()
  })

  await test.step('the fleet stops and says so', async () => {
    await frame.go('fleets')
    await fleets.stop()
    await expect(frame.strip).toContainText('online 1 of 101')
  })
})
