import type { Page } from '@playwright/test'
import type { Bench } from './bench.ts'
import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { expect, sampleModel, test } from './bench.ts'

async function makePackage({ api }: Bench, productKey: string): Promise<string> {
  const { uploadId } = await api.call('otaUpload.begin', { name: 'lamp.bin' })
  await api.call('otaUpload.part', { uploadId, offset: 0, bytes: Buffer.alloc(50_000, 'lamp 2 ') })
  return (await api.call('otaPackage.create', { productKey, name: 'lamp-2', version: '2.0.0', verify: false, uploadIds: [uploadId] })).packageId
}

async function openGym(page: Page): Promise<void> {
  await page.locator('[data-nav="ota"]').click()
  await page.getByText('Failure gym', { exact: true }).click()
}

test('a fleet goes through endings of updates, and each of its devices stands beside what the rulebook says', async ({ frame, page, bench }) => {
  await frame.connected()
  const { productKey } = await bench.api.call('product.importModel', { text: await readFile(sampleModel, 'utf8'), name: 'Street lamp' })
  await bench.api.call('fleet.create', { productKey, name: 'Lamps', count: 12, intervalSec: 60, updates: { flashMs: 0, restartMs: 0 } })
  await makePackage(bench, productKey)

  await openGym(page)
  await page.locator('[data-new-run]').first().click()
  await page.locator('[data-preset="everything"]').click()
  await page.locator('[data-start-run]').click()

  await expect(page.locator('[data-judged]')).toContainText('12')
  await expect(page.locator('[data-end-matrix] [data-ending]').first()).toBeVisible()
  await page.locator('[data-row]').first().click()
  await expect(page.locator('[data-step="created"]')).toBeVisible()
})

test('a board goes through an exercise: the fault shows in the frame while it is on, and the board is told how it did', async ({ frame, page, bench }) => {
  await frame.connected()
  const { productKey } = await bench.api.call('product.create', { name: 'Street lamp' })
  const { certificates: [certificate] } = await bench.api.call('device.create', { productKey, deviceName: 'board' })
  const client = await bench.connect(certificate!)
  const notice = new Promise<{ data: { url: string } }>(resolve => client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString()) as { data: { url: string } })))
  await makePackage(bench, productKey)

  await openGym(page)
  await page.getByText('Real board', { exact: true }).click()
  await page.locator('[data-board-gym] .n-select').nth(1).click()
  await page.getByText('board', { exact: true }).last().click()
  await page.locator('[data-start-exercise="expired"]').click()
  await expect(page.locator('[data-faults]')).toContainText('1 fault on')

  const { data: { url } } = await notice
  await expect.poll(async () => (await fetch(url)).status).toBe(403)
  const report = (params: object): Promise<unknown> => client.publishAsync(`/ota/device/progress/${productKey}/board`, JSON.stringify({ id: '1', params }), { qos: 1 })
  await report({ step: '-2', desc: 'the address has expired' })
  await expect(page.locator('[data-exercise="expired"] [data-exercise-verdict]')).toContainText('Good')
  await expect(page.locator('[data-faults]')).toHaveCount(0)
})
