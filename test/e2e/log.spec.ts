import type { Locator } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { expect, sampleModel, test } from './bench.ts'
import { TracePage } from './pages/trace.ts'

const stranger = { productKey: 'a1TbThermo1', deviceName: 'nobody', deviceSecret: 'none' }

test('shows a refused login in the platform\'s log, explains it, follows its chain and leads to the trace', async ({ frame, page, bench }) => {
  await bench.connect(stranger).catch(() => {})
  await bench.connect(stranger).catch(() => {})
  await frame.go('trace')
  await page.locator('[data-tab="log"]').click()
  const refused = page.locator('[data-log-rows] [data-code="6100"]')
  await expect(refused).toHaveCount(2)

  await refused.first().click()
  const detail = page.locator('[data-log-detail]')
  await expect(detail.locator('[data-explanation]')).toContainText('There is no device a1TbThermo1/nobody')
  await expect(detail.locator('[data-explain]')).toContainText('The spelling of product key and device name')
  await page.locator('[data-open-message]').click()
  await expect(page).toHaveURL(/#\/trace\?message=\d+/)

  await page.locator('[data-tab="log"]').click()
  await refused.first().locator('[data-chain]').click()
  await expect(page).toHaveURL(/trace=[0-9a-f]{16}/)
  await expect(refused).toHaveCount(1)

  await test.step('a code is explained whole on its own page, also one that never arises here', async () => {
    await refused.first().click()
    await page.locator('[data-open-code]').click()
    await expect(page).toHaveURL(/#\/codes\/6100\/DEV/)
    await page.locator('[data-code-search]').fill('9237')
    await expect(page.locator('[data-explain]')).toContainText('Account in arrears')
    await page.locator('[data-code-search]').fill('6100')
    await page.locator('[data-records-of-code]').click()
    await expect(refused).toHaveCount(2)
  })
})

test('keeps a filter as a view: named, opened by its key, renamed, deleted and brought back', async ({ frame, page, bench }) => {
  test.slow()
  await bench.connect(stranger).catch(() => {})
  await frame.go('trace')
  await page.locator('[data-tab="log"]').click()
  const input = page.locator('[data-filter-input]')
  const chip = (key: string): Locator => page.locator(`[data-filter="${key}"]`)
  const views = page.locator('[data-view]')

  await test.step('a wrong word is said beside the field, a right one is offered by its meaning', async () => {
    await input.fill('lag:500ms')
    await input.press('Enter')
    await expect(page.getByRole('alert')).toHaveText('lag: expected lag>500ms, lag>2s or lag>1m, got “500ms”')
    await input.fill('code:does not')
    await input.fill('code:610')
    await input.press('ArrowDown')
    await expect(page.getByRole('option', { selected: true })).toContainText('Device does not exist')
    await input.press('Enter')
    await expect(page).toHaveURL(/code=6100/)
    await input.fill('-type:uplink last:1h')
    await input.press('Enter')
    await expect(chip('-type')).toContainText('not Business type')
    await expect(page.locator('[data-time-range]')).toContainText('last 1 h')
    await expect(page.locator('[data-log-rows] [data-code="6100"]')).toHaveCount(1)
  })

  await test.step('the values of a field are counted over the hits, and one of them makes the filter narrower', async () => {
    await page.locator('[data-counts]').click()
    await page.locator('[data-count-key="type"]').click()
    await page.locator('[data-count-value="device"]').click()
    await expect(chip('type')).toContainText('Device behaviour')
    await chip('type').getByRole('button').click()
  })

  await page.locator('[data-save-view]').click()
  await page.locator('[data-view-name]').fill('Strangers')
  await page.keyboard.press('Enter')
  await expect(views).toHaveText('Strangers')
  expect(await bench.api.call('savedView.list', {})).toMatchObject([{ list: 'log', name: 'Strangers', filter: '-type:uplink code:6100 last:1h' }])

  await page.keyboard.press('0')
  await expect(chip('code')).toBeHidden()
  await expect(page.locator('[data-time-range]')).toContainText('everything kept')
  await page.keyboard.press('1')
  await expect(chip('code')).toContainText('6100')
  await expect(page).toHaveURL(/last=1h/)

  await page.locator('[data-view-more]').click()
  await page.getByText('Rename', { exact: true }).click()
  await page.locator('[data-view-name]').fill('Unknown devices')
  await page.keyboard.press('Enter')
  await expect(views).toHaveText('Unknown devices')
  await page.locator('[data-view-more]').click()
  await page.getByText('Delete', { exact: true }).click()
  await expect(views).toHaveCount(0)
  await page.locator('[data-undo]').click()
  await expect(views).toHaveText('Unknown devices')
})

test('puts the lines of a device among the records of the platform, joined by the trace id, with links both ways', async ({ frame, page, bench }) => {
  await bench.api.call('product.importModel', { text: readFileSync(sampleModel, 'utf8') })
  const [product] = await bench.api.call('product.list', {})
  const { certificates } = await bench.api.call('device.create', { productKey: product!.productKey, deviceName: 'board-7' })
  const client = await bench.connect(certificates[0]!)
  const root = `/sys/${product!.productKey}/board-7/thing`
  await bench.api.call('deviceLog.setEnabled', { productKey: product!.productKey, deviceName: 'board-7', enabled: true })
  await client.publishAsync(`${root}/event/property/post`, JSON.stringify({ id: '1', version: '1.0', params: { temperature: 999 } }), { qos: 1 })
  const { records } = await bench.api.call('log.search', { filter: { bizCodes: ['ThingModel'], state: 'failed' } })
  const { traceId } = records[0]!
  const line = (logContent: string, traceContext: string) => ({ utcTime: '2025-01-01T00:00:00.123+0000', logLevel: 'WARN', module: 'ADC', code: '4097', traceContext, logContent })
  await client.publishAsync(`${root}/log/post`, JSON.stringify({ id: '2', version: '1.0', params: [line('sensor cable?', traceId), line('heartbeat', '')] }), { qos: 1 })

  await frame.go('trace')
  await page.locator('[data-tab="deviceLog"]').click()
  await page.locator('[data-device-log-rows]').getByText('sensor cable?').click()
  await page.locator('[data-open-records]').click()
  await expect(page).toHaveURL(new RegExp(`#/log\\?.*trace=${traceId}`))
  const rows = page.locator('[data-log-rows]')
  await expect(rows.locator('[data-device-line]')).toHaveCount(1)
  await expect(rows.locator('[data-code="6322"]')).toHaveCount(1)

  await page.locator('[data-with-lines]').click()
  await expect(rows.locator('[data-device-line]')).toHaveCount(0)
  await expect(rows.locator('[data-code="6322"]')).toHaveCount(1)
  await rows.locator('[data-code="6322"]').click()
  await expect(page.locator('[data-explain]')).toContainText('≤ 120 °C')
  await page.locator('[data-open-lines]').click()
  await expect(page.locator('[data-device-log-rows] [data-level="WARN"]')).toHaveCount(1)
})

test('jumps to a moment among the messages and marks it, and shares its time range with the top bar', async ({ frame, page, bench }) => {
  await bench.api.call('product.importModel', { text: readFileSync(sampleModel, 'utf8') })
  const [product] = await bench.api.call('product.list', {})
  const { certificates } = await bench.api.call('device.create', { productKey: product!.productKey, deviceName: 'board-7' })
  const client = await bench.connect(certificates[0]!)
  for (let id = 1; id <= 60; id++)
    await client.publishAsync(`/sys/${product!.productKey}/board-7/thing/event/property/post`, JSON.stringify({ id: String(id), version: '1.0', params: { temperature: id } }), { qos: 1 })
  await frame.go('trace')
  const trace = new TracePage(frame)
  const tenth = trace.rows.filter({ hasText: 'temperature 10' })
  await expect(trace.rows.filter({ hasText: 'temperature 60' })).toBeVisible()
  await expect(tenth).toHaveCount(0)
  const { rows } = await bench.api.call('trace.page', { filter: { text: '"temperature":10}' } })

  await page.keyboard.press('j')
  await page.locator('[data-jump-field]').fill('not a time')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toContainText('a time such as 14:30')
  await page.locator('[data-jump-field]').fill(String(rows[0]!.at))
  await page.keyboard.press('Enter')
  await expect(tenth).toBeVisible()

  await page.locator('[data-time-range]').click()
  await page.getByRole('button', { name: 'last 5 min' }).click()
  await expect(trace.chip('last')).toContainText('5m')
  await expect(page).toHaveURL(/last=5m/)
  await trace.chip('last').getByRole('button').click()
  await expect(page.locator('[data-time-range]')).toContainText('everything kept')
})
