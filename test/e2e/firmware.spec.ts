import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { expect, test } from './bench.ts'

test('a board lights the ladder step by step, and a wrong signature is named', async ({ frame, bench, page }) => {
  await frame.go('home')
  await page.locator('[data-card="firmware"]').click()
  await expect(page.locator('[data-address]')).toContainText(`${bench.mqtt.host}:${bench.mqtt.port}`)
  await page.locator('[data-make-all]').click()
  const card = page.locator('[data-certificate]')
  await card.locator('[data-form="json"]').click()
  await card.getByRole('button', { name: 'Show' }).click()
  await expect(card.locator('[data-snippet]')).toContainText('deviceSecret')
  const certificate = JSON.parse((await card.locator('[data-snippet]').textContent())!) as DeviceCertificate
  const step = (name: string) => page.locator(`[data-step="${name}"]`)
  await expect(step('connect')).toHaveAttribute('data-step-state', 'waiting')

  await expect(bench.connect({ ...certificate, deviceSecret: 'wrong' })).rejects.toThrow()
  await expect(step('signature')).toHaveAttribute('data-step-state', 'failed')

  const client = await bench.connect(certificate)
  await expect(step('signature')).toHaveAttribute('data-step-state', 'done')
  await client.subscribeAsync(`/sys/${certificate.productKey}/${certificate.deviceName}/thing/event/property/post_reply`, { qos: 1 })
  await expect(step('subscribe')).toHaveAttribute('data-step-state', 'done')
  const { topic, payload } = buildPropertyPost({ ...certificate, id: '1', properties: { anything: 1 } })
  await client.publishAsync(topic, payload, { qos: 1 })
  await expect(step('post')).toHaveAttribute('data-step-state', 'done')
})
