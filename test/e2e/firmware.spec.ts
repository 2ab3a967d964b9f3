import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { createRequire } from 'node:module'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { expect, test } from './bench.ts'

interface SdkDevice {
  on: (event: string, run: () => void) => void
  postProps: (properties: object) => void
  onProps: (run: (command: { id: string }) => void) => void
  publish: (topic: string, payload: string) => void
  end: (force: boolean) => void
}
const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => SdkDevice }

test('a board on the npm SDK works through the checklist from the first paste to a disconnect', async ({ frame, bench, page }) => {
  test.slow()
  await frame.go('home')
  await page.locator('[data-card="firmware"]').click()
  await expect(page.locator('[data-address]')).toContainText(`127.0.0.1:${bench.mqtt.port}`)
  await page.locator('[data-make-all]').click()
  const card = page.locator('[data-certificate]')
  for (const form of ['espIdf', 'python']) {
    await card.locator(`[data-form="${form}"]`).click()
    await expect(card.locator('[data-snippet]')).toContainText('127.0.0.1')
  }
  await card.locator('[data-secure]').click()
  await expect(card.locator('[data-snippet]')).toContainText('thingbench-ca.pem')
  await card.locator('[data-form="json"]').click()
  await card.getByRole('button', { name: 'Show' }).click()
  const certificate = JSON.parse((await card.locator('[data-snippet]').textContent())!) as DeviceCertificate
  const { productKey, deviceName } = certificate
  const step = (name: string) => page.locator(`[data-check="${name}"]`)
  const stateOf = (name: string, state: string) => expect(step(name)).toHaveAttribute('data-check-state', state)
  await stateOf('connect', 'waiting')

  await expect(bench.connect({ ...certificate, deviceSecret: 'wrong' })).rejects.toThrow()
  await stateOf('connect', 'failed')
  await expect(page.locator('[data-rung="signature"]')).toHaveAttribute('data-rung-state', 'failed')
  await expect(page.locator('[data-rung-why]')).toContainText('clientId')

  const device = sdk.device({ ...certificate, brokerUrl: `mqtt://${bench.mqtt.host}:${bench.mqtt.port}` })
  device.on('error', () => {})
  device.onProps(({ id }) => device.publish(`/sys/${productKey}/${deviceName}/thing/service/property/set_reply`, JSON.stringify({ id, code: 200, data: {} })))
  try {
    await stateOf('connect', 'passed')
    await stateOf('subscribe', 'passed')
    await expect(page.locator('[data-rung="subscribed"]')).toContainText('subscribed 2 of 2')
    device.postProps({ targetTemperature: 99 })
    await stateOf('post', 'failed')
    await expect(step('post').locator('[data-check-why]')).toContainText('targetTemperature')
    device.postProps({ targetTemperature: 21 })
    await stateOf('post', 'passed')
    await page.locator('[data-cause="set"]').click()
    await stateOf('set', 'passed')
    device.publish(`/ota/device/inform/${productKey}/${deviceName}`, JSON.stringify({ id: '7', params: { version: '1.0.0' } }))
    await stateOf('version', 'passed')
    device.publish(`/sys/${productKey}/${deviceName}/thing/config/get`, JSON.stringify({ id: '8', version: '1.0', params: { configScope: 'product', getType: 'file' }, method: 'thing.config.get' }))
    await stateOf('config', 'passed')
    await page.locator('[data-cause="reconnect"]').click()
    await stateOf('reconnect', 'passed')
    await expect(page.locator('[data-checklist]')).toHaveAttribute('data-result', 'passed')

    await page.reload()
    await stateOf('reconnect', 'passed')
    await step('set').locator('[data-check-message]').click()
    await expect(page).toHaveURL(/#\/trace\?.*message=/)
    await page.goBack()
    await page.locator('[data-begin]').click()
    await stateOf('post', 'waiting')
  }
  finally {
    device.end(true)
  }
})

test('a board that does not subscribe is told which topic is missing', async ({ frame, bench, page }) => {
  const certificate = await bench.api.call('firmwareCheck.makeDevice', {})
  await frame.go('home')
  await page.locator('[data-card="firmware"]').click()
  const client = await bench.connect(certificate)
  const { topic, payload } = buildPropertyPost({ ...certificate, id: '1', properties: { humidity: 40 } })
  await client.publishAsync(topic, payload, { qos: 1 })
  const subscribe = page.locator('[data-check="subscribe"]')
  await expect(subscribe).toHaveAttribute('data-check-state', 'failed')
  await expect(subscribe.locator('[data-check-why]')).toContainText(`${topic}_reply`)
  await client.subscribeAsync(`${topic}_reply`)
  await client.subscribeAsync(`/sys/${certificate.productKey}/${certificate.deviceName}/thing/service/property/set`)
  await expect(subscribe).toHaveAttribute('data-check-state', 'passed')
  await expect(page.locator('[data-closed]')).toContainText('Only programs on this machine can connect')
  await page.locator('[data-let-in]').click()
  await expect(page.locator('[data-closed]')).toContainText('next start')
})
