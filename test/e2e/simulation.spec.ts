import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, sampleModel, test } from './bench.ts'

interface NpmBoard extends EventEmitter { end: (force?: boolean) => void }
const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => NpmBoard }

test('one is a device from the page, reports and answers as it, loses its seat to a real board and takes it back', async ({ frame, bench, page }) => {
  const { productKey } = await bench.api.call('product.importModel', { text: await readFile(sampleModel, 'utf8') })
  const { certificates: [certificate] } = await bench.api.call('device.create', { productKey, deviceName: 'kitchen' })
  await frame.connected()
  await page.evaluate(hash => void (location.hash = hash), `/simulate/${productKey}/kitchen`)
  const seat = page.locator('[data-seat]')
  await expect(seat).toHaveAttribute('data-seat-state', 'stopped')
  await expect(page.locator('[data-send]')).toBeDisabled()
  await page.locator('[data-seat-switch]').click()
  await expect(seat).toHaveAttribute('data-seat-state', 'online')

  await page.locator('input[name="temperature"]').fill('21.5')
  await page.locator('[data-send]').click()
  await expect(page.locator('[data-report]')).toHaveAttribute('data-code', '200')
  await expect(page.locator('[data-message-rows]')).toContainText('thing/event/property/post')
  await page.locator('input[name="temperature"]').fill('400')
  await expect(page.locator('[data-send]')).toBeDisabled()
  await page.locator('input[name="temperature"]').fill('21.5')

  await page.locator('[data-tab-down]').click()
  await page.locator('[data-answer-mode="by-hand"]').click()
  await expect.poll(async () => (await bench.api.call('deviceSimulation.get', { productKey, deviceName: 'kitchen' })).answers.mode).toBe('by-hand')
  const set = bench.api.call('device.setProperties', { productKey, deviceName: 'kitchen', properties: { targetTemperature: 20 }, timeoutMs: 60_000 })
  const request = page.locator('[data-request-state="pending"]')
  await expect(request).toContainText('targetTemperature')
  await expect(request.locator('[data-countdown]')).toBeVisible()
  await request.locator('[data-answer]').click()
  expect(await set).toMatchObject({ code: 200 })
  await expect(page.locator('[data-request-state="answered"]')).toHaveCount(1)

  await page.locator('[data-tab-policies]').click()
  await page.locator('[data-add-policy]').click()
  await page.locator('[data-policy-value="humidity"]').click()
  await page.locator('[data-policy-form] [data-submit]').click()
  const policy = page.locator('[data-policy-state="running"]')
  await expect(policy).toContainText(/[1-9]\d* sent/)

  const board = sdk.device({ ...certificate, brokerUrl: `mqtt://127.0.0.1:${bench.mqtt.port}` })
  board.on('error', () => {})
  await once(board, 'connect')
  await expect(seat).toHaveAttribute('data-seat-state', 'swapped')
  await expect(page.locator('[data-seat-swap]')).toContainText('A real device took the seat from 127.0.0.1')
  await expect(page.locator('[data-next]')).toContainText('waits for the device')
  // Otherwise the SDK comes back, and the seat is its own again.
  board.on('close', () => board.end(true))
  await page.locator('[data-take-back]').click()
  await page.locator('[data-take-back-sure]').click()
  await expect(seat).toHaveAttribute('data-seat-state', 'online')
  await expect(page.locator('[data-seat-swap]')).toBeHidden()

  await page.locator('[data-device-page]').click()
  await expect(page).toHaveURL(new RegExp(`#/devices/${productKey}/kitchen`))
  await expect(page.locator('main, body').first()).toContainText('21.5')
  expect((await bench.api.call('deviceSimulation.get', { productKey, deviceName: 'kitchen' })).state).toBe('online')
  board.end(true)
})

test('a device that is online itself is taken over only when that is said twice', async ({ frame, bench, page }) => {
  const { productKey } = await bench.api.call('product.importModel', { text: await readFile(sampleModel, 'utf8') })
  const { certificates: [certificate] } = await bench.api.call('device.create', { productKey, deviceName: 'kitchen' })
  const client = await bench.connect(certificate!)
  await frame.connected()
  await page.evaluate(hash => void (location.hash = hash), `/simulate/${productKey}/kitchen`)
  await expect(page.locator('[data-obstacle]')).toContainText('online itself')
  await expect(page.locator('[data-seat-switch]')).toBeDisabled()
  await page.locator('[data-take-over]').click()
  expect(client.connected).toBe(true)
  await page.locator('[data-take-over-sure]').click()
  await expect(page.locator('[data-seat]')).toHaveAttribute('data-seat-state', 'online')
  await expect.poll(() => client.connected).toBe(false)
})
