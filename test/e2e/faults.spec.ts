import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { expect, sampleModel, test } from './bench.ts'

test('a delay is switched on for a device, its reply is late and marked, the badge counts it, and it is switched off again', async ({ frame, page, bench }) => {
  await frame.connected()
  const { productKey } = await bench.api.call('product.importModel', { text: await readFile(sampleModel, 'utf8'), name: 'Thermostat' })
  const { certificates: [certificate] } = await bench.api.call('device.create', { productKey, deviceName: 'hall' })
  const client = await bench.connect(certificate!)
  const replies: string[] = []
  client.on('message', (_topic, payload: Buffer) => replies.push(Buffer.from(payload).toString()))
  const post = (id: string): Promise<unknown> => client.publishAsync(`/sys/${productKey}/hall/thing/event/property/post`, JSON.stringify({ id, version: '1.0', params: { temperature: 21 }, method: 'thing.event.property.post' }))

  // On the page of the product, for all of its devices.
  await page.goto(`${page.url().split('#')[0]}#/products/${productKey}`)
  const panel = page.locator('[data-fault-panel]')
  await panel.getByRole('switch', { name: 'Delay' }).focus()
  await page.keyboard.press('Space')
  await expect(panel.getByRole('switch', { name: 'Delay' })).toBeChecked()
  await panel.locator('[data-fault-more="delay"]').click()
  const least = panel.locator('[data-fault-number="minMs"] input')
  await least.fill('600')
  await least.press('Tab')
  await expect.poll(async () => (await bench.api.call('platformFault.list', { productKey })).faults[0]?.fault).toMatchObject({ kind: 'delay', minMs: 600 })
  await expect(page.locator('[data-faults]')).toContainText('1 fault on')

  await post('1')
  await expect.poll(() => replies.length).toBe(1)
  await expect(panel.locator('[data-fault="delay"] [data-fault-struck]')).toContainText('struck once')
  const { rows: [row] } = await bench.api.call('trace.page', { filter: { productKey, deviceName: 'hall', direction: 'down' }, limit: 1 })
  const { explanation, journey } = await bench.api.call('trace.get', { id: row!.id })
  expect(explanation).toMatch(/^\[injected\] The message was held back for \d+ ms\.$/)
  expect(journey.at(-1)!.at).toBeGreaterThan(journey[0]!.at)

  // The number leads to the record behind it.
  await panel.locator('[data-fault="delay"] [data-fault-struck] >> visible=true').click()
  await expect(page.getByText(/\[injected\] The message was held back/).first()).toBeVisible()

  await page.locator('[data-faults]').click()
  await expect(page.locator('[data-fault-on="delay"]')).toContainText('all of Thermostat')
  await page.locator('[data-faults-all-off]').click()
  await expect(page.locator('[data-no-faults]')).toBeVisible()
  await expect(page.locator('[data-faults]')).toHaveCount(0)
  await page.locator('[data-faults-undo]').click()
  await expect(page.locator('[data-fault-on="delay"]')).toBeVisible()
  await page.locator('[data-fault-on="delay"]').getByRole('switch').click()
  await expect(page.locator('[data-no-faults]')).toBeVisible()
  await post('2')
  await expect.poll(() => replies.length).toBe(2)
  await expect.poll(async () => (await bench.api.call('platformFault.list', {})).faults).toEqual([])
})

test('a bundle is switched on for everything and off with one click, and a device can be kicked now', async ({ frame, page, bench }) => {
  await frame.connected()
  const { productKey } = await bench.api.call('product.create', { name: 'Lamp' })
  const { certificates: [certificate] } = await bench.api.call('device.create', { productKey, deviceName: 'board' })
  const client = await bench.connect(certificate!)
  await page.goto(`${page.url().split('#')[0]}#/faults`)
  await page.locator('[data-fault-preset="busyCloud"]').click()
  await expect(page.locator('[data-faults]')).toContainText('5 faults on')
  await expect(page.locator('[data-fault-preset="busyCloud"]')).toHaveAttribute('aria-pressed', 'true')
  await page.locator('[data-fault-panel] [data-fault-all-off]').click()
  await expect(page.locator('[data-no-faults]')).toBeVisible()
  const closed = new Promise<void>(resolve => client.once('close', () => resolve()))
  await page.locator('[data-fault-kick]').click()
  await closed
  await expect(page.locator('[data-fault-panel]')).toContainText('One device was disconnected.')
})
