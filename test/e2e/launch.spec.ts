import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ProductsPage } from './pages/products.ts'

test('a package is freed of its verification, given to devices by a batch, and its success stands in the statistics', async ({ bench: served, frame, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('meter', 3)
  await devices.openCreated()
  const certificate = await devices.certificate()
  const { productKey, deviceName } = certificate
  const client = await served.connect(certificate)
  const say = async (word: string, params: object): Promise<void> => {
    await client.publishAsync(`/ota/device/${word}/${productKey}/${deviceName}`, JSON.stringify({ id: '1', params }), { qos: 1 })
  }
  await say('inform', { version: '1.0' })

  await page.locator('[data-nav="ota"]').click()
  await page.locator('[data-new-package]').click()
  await frame.dialog.locator('[name="package-name"]').fill('app-2_0')
  await frame.dialog.locator('[name="package-version"]').fill('2.0')
  await frame.dialog.getByText('Required before the first batch').click()
  await frame.dialog.locator('input[type="file"]').setInputFiles({ name: 'app.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(10_000, 'firmware ') })
  await frame.dialog.locator('[data-submit]').click()

  await test.step('an unverified package tells why there is no batch, and what to do', async () => {
    await expect(page.locator('[data-package-facts]')).toContainText('Unverified')
    await page.locator('[data-new-batch]').click()
    await expect(page.locator('body')).toContainText('has to be verified on devices before a batch can be made')
    await page.locator('[data-gate-off]').click()
    await expect(page.locator('[data-package-facts]')).toContainText('No verification required')
  })

  await page.locator('[data-new-batch]').click()
  const form = page.locator('[data-batch-form]')
  const summary = page.locator('[data-summary]')
  await expect(summary).toContainText('3 of 3 devices are updated to 2.0.')
  await expect(summary).toContainText('2 are offline and told when they connect')

  await test.step('only the fields that apply are there, and what the engine refuses stands at its field', async () => {
    await form.locator('[data-dynamic]').click()
    await expect(summary).toContainText('Choose at least one version')
    await expect(form.locator('[data-scope="phased"]')).toBeHidden()
    await expect(form.locator('[data-planned]')).toBeHidden()
    await form.locator('[data-static]').click()
    await form.locator('[data-rate="growing"]').click()
    await expect(form.locator('[data-growth]')).toContainText('If all are online, 3 devices are told')
    await form.locator('[data-scope="phased"]').click()
    await expect(summary).toContainText('0 devices, 10 % of the 3')
  })

  await test.step('names come from a file, with the wrong ones to download', async () => {
    await form.locator('[data-scope="named"]').click()
    await form.locator('[data-names="file"]').click()
    await form.locator('input[type="file"]').setInputFiles({ name: 'wave.csv', mimeType: 'text/csv', buffer: Buffer.from(`DeviceName\n${deviceName}\nnobody\n${deviceName}\n`) })
    await expect(form.locator('[data-name-check]')).toContainText('1 device of the product')
    await expect(form.locator('[data-name-check]')).toContainText('2 lines that are not')
    const [download] = await Promise.all([page.waitForEvent('download'), form.locator('[data-save-invalid]').click()])
    expect(download.suggestedFilename()).toBe('wave-invalid.csv')
    expect(readFileSync(await download.path(), 'utf8')).toBe(`\uFEFFLine,Name,What is wrong\n3,nobody,No device has this name\n4,${deviceName},Named before\n`)
    await expect(summary).toContainText('1 of 1 devices is updated to 2.0.')
  })

  const noticed = new Promise<void>(resolve => client.on('message', topic => topic.includes('/upgrade/') && resolve()))
  await page.locator('[data-submit]').click()
  await noticed
  await say('progress', { step: '50', desc: '' })
  await say('inform', { version: '2.0' })

  await page.locator('[data-nav="ota"]').click()
  await page.getByText('Statistics', { exact: true }).click()
  await expect(page.locator('[data-version="2.0"]')).toContainText('100 %')
  await expect(page.locator('[data-version-devices]')).toContainText(deviceName)
  await page.locator('[data-view="success"]').click()
  await expect(page.locator('[data-success-rate]')).toContainText('1 · 100 %')
  await expect(page.locator('[data-ranking="succeeded"]')).toHaveAttribute('aria-label', 'Success rate by source version: 1.0 100 %')
  await expect(page.locator('[data-ended-tasks]')).toContainText('1.0 → 2.0')
  await page.locator('[data-success-rate]').getByRole('button', { name: 'Failed' }).click()
  await expect(page.locator('[data-ended-tasks]')).toContainText('Nothing here.')
})
