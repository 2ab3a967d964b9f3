import { readFile } from 'node:fs/promises'
import { buildFileFrame } from '../../src/shared/alink/file-upload.ts'
import { expect, sampleModel, test } from './bench.ts'
import { DevicesPage } from './pages/devices.ts'
import { ProductsPage } from './pages/products.ts'

test('a file that a device uploads, and the version it reports, are seen while it does, and the file is saved and deleted', async ({ frame, bench, page }) => {
  await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')
  const devices = new DevicesPage(frame)
  await devices.create('recorder')
  await devices.openCreated()
  const certificate = await devices.certificate()
  const { productKey, deviceName } = certificate
  const client = await bench.connect(certificate)
  await expect(devices.state).toHaveText('online')
  await client.publishAsync(`/ota/device/inform/${productKey}/${deviceName}`, '{"id":1, "params":{"version":"1.0.1"}}', { qos: 1 })
  await expect(page.locator('[data-versions]')).toContainText('1.0.1')

  await page.locator('[data-tab="files"]').click()
  await expect(page.locator('[data-device-files]')).toContainText('No files from this device')
  const root = `/sys/${productKey}/${deviceName}/thing/file/upload/mqtt/`
  await client.subscribeAsync(`${root}init_reply`)
  const replied = new Promise<string>(resolve => client.on('message', (topic, payload) => topic.endsWith('init_reply') && resolve(payload.toString())))
  await client.publishAsync(`${root}init`, '{"id":"1","params":{"fileName":"trace_1.log","fileSize":600}}')
  const { data: { uploadId } } = JSON.parse(await replied) as { data: { uploadId: string } }
  const send = (offset: number, isComplete: boolean): Promise<unknown> => {
    const header = JSON.stringify({ id: '2', params: { uploadId, offset, bSize: 300, isComplete } })
    return client.publishAsync(`${root}send`, Buffer.from(buildFileFrame(Buffer.from(header), Buffer.alloc(300, 'x'))))
  }
  await send(0, false)
  await expect(page.locator('[data-upload]')).toContainText('300 B of 600 B')
  await send(300, true)
  const file = page.locator('[data-file]')
  await expect(file).toContainText('trace_1.log')
  await expect(page.locator('[data-upload]')).toBeHidden()

  const [download] = await Promise.all([page.waitForEvent('download'), file.locator('[data-download]').click()])
  expect(download.suggestedFilename()).toBe('trace_1.log')
  expect(await readFile(await download.path(), 'utf8')).toBe('x'.repeat(600))
  await file.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.locator('[data-device-files]')).toContainText('No files from this device')
})
