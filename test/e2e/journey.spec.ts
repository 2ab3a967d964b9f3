import { expect, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { TracePage } from './pages/trace.ts'

test.beforeEach(async ({ bench: { api }, frame }) => {
  await api.call('app.addSample', { count: 60 })
  await frame.go('fleets')
  await new FleetsPage(frame).allOnline(60)
})

test('shows a report and its reply on one line, and its way from end to end, which keys walk', async ({ frame, page }) => {
  await frame.go('trace')
  const trace = new TracePage(frame)
  await trace.filter('device:sim-0003')
  const report = trace.rows.filter({ hasText: 'temperature' }).filter({ has: page.locator('[data-answer]') }).last()
  await expect(report.locator('[data-answer]')).toContainText('200 success')
  await trace.open(report)
  const hops = trace.detail.locator('[data-way] [data-hop]')
  await expect(hops).toHaveText([/Device sent/, /Broker accepted/, /Checked/, /Stored/, /Replied/, /Device got it.*took note/])
  await expect(trace.detail.locator('[data-way] [data-gap]')).toHaveCount(0)

  await hops.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(hops.nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/log\?trace=[0-9a-f]{16}/)
})

test('says on the line of a real board\'s report that the reply is not subscribed, and what to change', async ({ bench: running, frame, page }) => {
  const [product] = await running.api.call('product.list', {})
  const { certificates } = await running.api.call('device.create', { productKey: product!.productKey, deviceName: 'kitchen' })
  const client = await running.connect(certificates[0]!)
  const post = `/sys/${product!.productKey}/kitchen/thing/event/property/post`
  await client.publishAsync(post, '{"id":"1","params":{"temperature":21.5}}', { qos: 1 })
  await frame.go('trace')
  const trace = new TracePage(frame)
  await trace.filter('device:kitchen')
  const line = trace.rows.filter({ hasText: 'temperature' })
  await expect(line.locator('[data-mistake]')).toHaveText('reply not subscribed')
  await trace.open(line)
  await expect(trace.detail.locator('[data-hop="sent"]')).toContainText('not known for a real board')
  await expect(trace.detail.locator('[data-hop="arrived"]')).toContainText('not subscribed to it')
  await expect(trace.detail.locator('[data-mistakes]')).toContainText(`Subscribe to ${post}_reply`)

  await client.publishAsync(`/sys/kitchen/${product!.productKey}/thing/event/property/post`, '{}', { qos: 1 })
  await page.keyboard.press('Escape')
  // A list that somebody reads in stands still until it is told to go on.
  await trace.pill.click()
  await trace.open(trace.rows.filter({ hasText: 'names swapped in the topic' }))
  await expect(trace.detail.locator('[data-mistakes]')).toContainText(`Use ${post}.`)
})
