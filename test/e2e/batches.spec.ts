import type { Page } from '@playwright/test'
import type { MqttClient } from 'mqtt'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { Bench } from './bench.ts'
import { Buffer } from 'node:buffer'
import { expect, test } from './bench.ts'

interface Lamp { certificate: DeviceCertificate, say: (what: 'inform' | 'progress', params: object) => Promise<unknown>, notices: string[] }

async function connectLamp({ connect }: Pick<Bench, 'connect'>, certificate: DeviceCertificate): Promise<Lamp> {
  const client: MqttClient = await connect(certificate)
  const notices: string[] = []
  client.on('message', topic => notices.push(topic))
  let id = 0
  return {
    certificate,
    notices,
    say: (what, params) => client.publishAsync(`/ota/device/${what}/${certificate.productKey}/${certificate.deviceName}`, JSON.stringify({ id: String(++id), params }), { qos: 1 }),
  }
}

async function makePackage({ api }: Pick<Bench, 'api'>, productKey: string, version: string): Promise<string> {
  const { uploadId } = await api.call('otaUpload.begin', { name: 'lamp.bin' })
  await api.call('otaUpload.part', { uploadId, offset: 0, bytes: Buffer.from(`lamp ${version}`) })
  await api.call('otaUpload.end', { uploadId })
  return (await api.call('otaPackage.create', { productKey, name: `lamp-${version}`.replaceAll('.', '_'), version, verify: false, uploadIds: [uploadId] })).packageId
}

async function openBatch(page: Page, batchId: string): Promise<void> {
  await page.locator('[data-nav="ota"]').click()
  await page.getByText('Batches', { exact: true }).click()
  await page.locator(`[data-batch="${batchId}"]`).getByRole('link').click()
}

test('a batch lives on its page, is paused, drilled down from a reason to the message behind a failure, retried and cancelled', async ({ frame, page, bench }) => {
  const { api } = bench
  await frame.connected()
  const { productKey } = await api.call('product.create', { name: 'Street lamp' })
  const { certificates } = await api.call('device.create', { productKey, deviceName: 'lamp', count: 40 })
  const one = await connectLamp(bench, certificates[0]!)
  const two = await connectLamp(bench, certificates[1]!)
  await one.say('inform', { version: '1.0.0' })
  await two.say('inform', { version: '1.0.0' })
  const packageId = await makePackage(bench, productKey, '2.0.0')
  const { batchId } = await api.call('batch.create', { packageId, rate: { kind: 'constant', perMinute: 6_000 }, tags: { wave: '1' } })

  await openBatch(page, batchId)
  await expect(page.locator('[data-state="NOTIFIED"]')).toContainText('2')
  await expect(page.locator('[data-state="QUEUED"]')).toContainText('38')
  await expect(page.locator('[data-task="lamp-3"]')).toContainText('device offline')
  await one.say('progress', { step: '40', desc: '' })
  await expect(page.locator('[data-task="lamp-1"]')).toContainText('40 %')
  await two.say('progress', { step: '-2', desc: 'no route to host' })
  await expect(page.locator('[data-state="FAILED"]')).toContainText('1')
  await one.say('inform', { version: '2.0.0' })
  await expect(page.locator('[data-state="SUCCEEDED"]')).toContainText('1')

  // From the reason to the device, its steps and the message behind one.
  await page.locator('[data-reason]').click()
  await expect(page.locator('[data-task-count]')).toHaveText('1 device')
  await page.locator('[data-task="lamp-2"]').click()
  const timeline = page.locator('[data-timeline]')
  await expect(timeline).toContainText('Progress error')
  await expect(timeline.locator('[data-step="progress -2"]')).toContainText('The download failed (-2): no route to host')
  await timeline.locator('[data-step="progress -2"] [data-open-message]').click()
  await expect(page.locator('body')).toContainText(`/ota/device/progress/${productKey}/lamp-2`)
  await page.goBack()

  // Paused, a device that begins anew is not told before the batch goes on.
  await page.locator('[data-pause]').click()
  await expect(page.locator('[data-batch-state="PAUSED"]')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(timeline).toBeHidden()
  await page.locator('[data-retry-all]').click()
  await page.locator('[data-reason-chip] button').click()
  await expect(page.locator('[data-task="lamp-2"]')).toContainText('batch paused')
  await page.locator('[data-resume]').click()
  await expect(page.locator('[data-task="lamp-2"]')).toContainText('Pushed')
  expect(two.notices).toHaveLength(2)

  await page.locator('[data-edit]').click()
  await frame.dialog.locator('[name="batch-rate"]').fill('500')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-rate]')).toContainText('500')
  await page.locator('[data-tab="info"]').click()
  await expect(page.locator('[data-batch-facts]')).toContainText('wave = 1')
  await page.locator('[data-tab="devices"]').click()

  await page.locator('[data-task="lamp-3"] .n-checkbox').click()
  await page.locator('[data-cancel-chosen]').click()
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-state="CANCELED"]')).toContainText('1')
  await page.locator('[data-cancel]').click()
  await frame.dialog.locator('[data-choice="notified"]').click()
  await expect(frame.dialog.locator('[data-cancel-effects]')).toContainText('37 devices: their task is cancelled.')
  await expect(frame.dialog.locator('[data-cancel-effects]')).toContainText('1 device goes on with its update.')
  await frame.dialog.locator('[data-submit]').click()
  await expect(page.locator('[data-state="CANCELED"]')).toContainText('38')
  await two.say('inform', { version: '2.0.0' })
  await expect(page.locator('[data-batch-state="COMPLETED"]')).toBeVisible()
})

test('tasks that wait for the app are confirmed on the page, and a device shows its updates', async ({ frame, page, bench }) => {
  const { api } = bench
  await frame.connected()
  const { productKey } = await api.call('product.create', { name: 'Street lamp' })
  const { certificates } = await api.call('device.create', { productKey, deviceName: 'lamp', count: 3 })
  const one = await connectLamp(bench, certificates[0]!)
  const packageId = await makePackage(bench, productKey, '2.0.0')
  const { batchId } = await api.call('batch.create', { packageId, needsConfirmation: true })
  await openBatch(page, batchId)
  await page.locator('[data-task="lamp-1"] .n-checkbox').click()
  await page.locator('[data-confirm-chosen]').click()
  await expect(page.locator('[data-task="lamp-1"]')).toContainText('Pushed')
  await page.locator('[data-confirm-all]').click()
  await expect(page.locator('[data-state="QUEUED"]')).toContainText('2')
  await one.say('progress', { step: '10', desc: '' })
  await expect(page.locator('[data-task="lamp-1"]')).toContainText('10 %')

  await page.locator('[data-task="lamp-1"]').click()
  await page.locator('[data-open-device]').click()
  await page.locator('[data-tab="updates"]').click()
  await expect(page.locator('[data-device-updates]')).toContainText('In upgrade')
  await page.locator('[data-device-updates] [data-task]').click()
  await expect(page.locator('[data-timeline]')).toContainText('Confirmed in place of the app')

  await page.locator('[data-timeline]').getByText('Open the batch').click()
  await expect(page).toHaveURL(new RegExp(`ota/batches/${batchId}`))

  // The same update among those of its package, from where another batch can be made.
  await page.goto(`${page.url().replace(/#.*/, '')}#/ota/packages/${packageId}`)
  await page.locator('.n-tabs-tab', { hasText: 'Devices' }).click()
  await expect(page.locator('[data-device-updates]')).toContainText('3 updates')
  await page.locator('[name="task-search"]').fill('lamp-1')
  await expect(page.locator('[data-device-updates] [data-task-state="IN_PROGRESS"]')).toContainText('lamp-1')
  await page.goto(`${page.url().replace(/#.*/, '')}#/ota/batches`)
  await page.locator('[data-new-batch-of]').click()
  await page.getByText('lamp-2_0_0 (2.0.0)', { exact: true }).click()
  await expect(page.getByText('How devices are told')).toBeVisible()
})
