import type { Locator, Page } from '@playwright/test'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { JsonObject } from '../../src/shared/json.ts'
import type { SdkDevice } from '../support/node-sdk.ts'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { talkingProductKey as productKey, talkingModel } from '../support/talking-product.ts'
import { expect, test } from './bench.ts'

const { device: sdkDevice } = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => SdkDevice }
const deviceName = 'lamp-0001'

async function makeLamp(api: ApiClient): Promise<DeviceCertificate> {
  await api.call('product.importModel', { text: JSON.stringify(talkingModel) })
  await api.call('device.create', { productKey, deviceName: 'fan-0001' })
  return (await api.call('device.create', { productKey, deviceName })).certificates[0]!
}

/** A program on the npm SDK that applies what it is set to and answers; it keeps silent about `Level`. */
async function connectLamp({ host, port }: { host: string, port: number }, certificate: DeviceCertificate): Promise<{ device: SdkDevice, sets: JsonObject[] }> {
  const { productKey, deviceName, deviceSecret } = certificate
  const device = sdkDevice({ productKey, deviceName, deviceSecret, brokerUrl: `mqtt://${host}:${port}` })
  const root = `/sys/${productKey}/${deviceName}/thing/service`
  const sets: JsonObject[] = []
  device.onProps(({ id, params }) => {
    sets.push(params)
    if ('Level' in params)
      return
    device.publish(`${root}/property/set_reply`, JSON.stringify({ id, code: 200, data: {} }))
    device.postProps(params)
  })
  device.onService('Blink', ({ id }, reply) => reply({ id, code: 200, data: { Done: 1 } }, 'sync'))
  device.on('message', ((topic: string, bytes: Uint8Array) => {
    if (topic.endsWith('/property/get'))
      device.publish(`${root}/property/get_reply`, JSON.stringify({ id: (JSON.parse(new TextDecoder().decode(bytes)) as JsonObject).id, code: 200, data: { Label: 'hall' } }))
  }) as never)
  await once(device as never, 'connect')
  return { device, sets }
}

class DebugPage {
  readonly page: Page
  readonly state: Locator
  readonly newest: Locator
  constructor(page: Page) {
    this.page = page
    this.state = page.locator('[data-debug-state]')
    this.newest = page.locator('[data-command]').first()
  }

  row(name: string): Locator {
    return this.page.locator(`[data-row="${name}"]`)
  }

  field(name: string): Locator {
    return this.page.locator(`input[name="${name}"]`)
  }
}

test('a workspace without products, devices and models says what to do', async ({ frame, bench, page }) => {
  await frame.go('debug')
  await expect(page.locator('[data-no-products]')).toContainText('Nothing to debug yet')
  await bench.api.call('product.create', { name: 'Bare', productKey: 'a1Bare' })
  await page.reload()
  await expect(page.locator('[data-no-devices]')).toBeVisible()
  await bench.api.call('device.create', { productKey: 'a1Bare', deviceName: 'bare-0001' })
  await page.goto(`${page.url().split('#')[0]}#/debug/a1Bare/bare-0001`)
  await expect(page.locator('[data-no-model]')).toBeVisible()
  await page.goto(`${page.url().split('#')[0]}#/debug/a1Bare/gone-0001`)
  await expect(page.locator('[data-gone]')).toBeVisible()
})

test('a device is picked by keyboard, read and set, and its answers stand beside what was asked', async ({ frame, bench, page }) => {
  const certificate = await makeLamp(bench.api)
  const debug = new DebugPage(page)
  await frame.go('debug')
  await page.keyboard.press('d')
  await page.keyboard.type('lamp')
  await expect(page.locator('[data-option="lamp-0001"]')).toBeVisible()
  await expect(page.locator('[data-option="fan-0001"]')).toBeHidden()
  await page.keyboard.press('Enter')
  await expect(debug.state).toHaveText('never connected')
  await expect(page.locator('[data-forecast-of="set"]')).toContainText('refused with 9200')
  await expect(page.locator('[data-forecast-of="desired"]')).toContainText('stored')

  const { device, sets } = await connectLamp(bench.mqtt, certificate)
  await expect(debug.state).toHaveText('online')
  await expect(page.locator('[data-forecast-of="set"]')).toContainText('sent')

  await test.step('a set with Enter fills in its row and the value', async () => {
    await debug.field('Brightness').fill('80')
    await debug.field('Brightness').press('Enter')
    await expect(debug.newest).toHaveAttribute('data-state', 'answered')
    await expect(debug.newest).toContainText('Brightness 80')
    await expect(debug.row('Brightness').locator('[data-now]')).toHaveText('80')
    expect(sets).toEqual([{ Brightness: 80 }])
  })
  await test.step('a get brings the value into the field', async () => {
    await debug.row('Label').locator('[data-get]').click()
    await expect(debug.field('Label')).toHaveValue('hall')
    await expect(debug.row('Uptime').locator('[data-set]')).toHaveCount(0)
    await expect(debug.row('Uptime').locator('[data-get]')).toBeVisible()
  })
  await test.step('several rows go in one message with Ctrl+Enter', async () => {
    await debug.field('Brightness').fill('81')
    await debug.field('Brightness').press('Control+Enter')
    await expect(debug.newest).toContainText('Brightness 81, Label "hall"')
    await expect.poll(() => sets.at(-1)).toEqual({ Brightness: 81, Label: 'hall' })
  })
  await test.step('a value that breaks the model says why, and is sent all the same when asked for', async () => {
    await debug.field('Brightness').fill('101')
    await expect(debug.row('Brightness')).toContainText('100')
    await expect(debug.row('Brightness').locator('[data-set]')).toHaveCount(0)
    await debug.row('Brightness').locator('[data-set-anyway]').click()
    await expect(debug.newest).toContainText('unchecked')
    await expect.poll(() => sets.at(-1)).toEqual({ Brightness: 101 })
    await debug.newest.click()
    const detail = page.locator('[data-command-detail]')
    await expect(detail.locator('[data-wire]')).toContainText('"params":{"Brightness":101}')
    await expect(detail).toContainText('passed over')
    await expect(detail.locator('[data-journey]')).toBeVisible()
    await debug.newest.click()
  })
  device.end(true)
})

test('answers, silence and a device that leaves are told as they come, and are there after a reload', async ({ frame, bench, page }) => {
  const certificate = await makeLamp(bench.api)
  const { device } = await connectLamp(bench.mqtt, certificate)
  const debug = new DebugPage(page)
  await frame.connected()
  await page.goto(`${page.url().split('#')[0]}#/debug/${productKey}/${deviceName}`)
  await expect(debug.state).toHaveText('online')
  await test.step('a service is called with a form, and JSON with a mistake is not sent', async () => {
    await page.locator('[data-debug-tab="services"]').click()
    await expect(page.locator('[data-outcome]')).toContainText('Times')
    await debug.field('Times').fill('3')
    await debug.field('Times').press('Enter')
    await expect(debug.newest).toContainText('Blink Times 3')
    await expect(debug.newest).toHaveAttribute('data-state', 'answered')
    await debug.newest.click()
    await expect(page.locator('[data-command-detail]')).toContainText('"Done": 1')
    await debug.newest.click()
    await page.locator('[data-json-switch]').click()
    await page.locator('.cm-content').fill('{"Times": }')
    await expect(page.locator('[data-outcome]')).toContainText('Line 1, column')
    await expect(page.locator('[data-call]')).toBeDisabled()
    await page.locator('.cm-content').fill('{"Times": 2, "Loud": true}')
    await expect(page.locator('[data-outcome]')).toContainText('Loud')
    await expect(page.locator('[data-call]')).toBeDisabled()
    await page.locator('[data-json-switch]').click()
    await expect(page.locator('[data-strangers]')).toContainText('Loud')
    await page.locator('[data-call-anyway]').click()
    await expect(debug.newest).toContainText('unchecked')
    await debug.newest.click()
    await expect(page.locator('[data-command-detail] [data-wire]')).toContainText('"Loud":true')
    await debug.newest.click()
    await page.locator('[data-debug-tab="properties"]').click()
  })
  await test.step('a command that nobody answers turns amber, then red', async () => {
    await bench.api.call('settings.set', { name: 'debug.waitSec', value: 5 })
    await bench.api.call('settings.set', { name: 'debug.slowPercent', value: 20 })
    await page.reload()
    await debug.field('Level').fill('3')
    await debug.field('Level').press('Enter')
    await expect(debug.newest).toHaveAttribute('data-state', 'open')
    await expect(debug.newest).toHaveAttribute('data-urgency', 'slow')
    await expect(debug.newest).toHaveAttribute('data-state', 'unanswered')
    await expect(debug.newest).toHaveAttribute('data-urgency', 'bad')
    await debug.newest.locator('[data-code-mark]').click()
    await expect(page.locator('[data-explain]')).toContainText('What to check')
    await page.keyboard.press('Escape')
  })
  await test.step('what was sent from elsewhere is there too, also after a reload', async () => {
    await bench.api.call('device.setProperties', { productKey, deviceName, properties: { Brightness: 7 } })
    await expect(debug.newest).toContainText('Brightness 7')
    await page.reload()
    await expect(page.locator('[data-command]')).toHaveCount(4)
    await expect(debug.newest).toContainText('Brightness 7')
  })
  await test.step('a device that leaves says what will happen now', async () => {
    device.end(true)
    await expect(debug.state).toHaveText('offline')
    await expect(page.locator('[data-forecast-of="set"]')).toContainText('refused with 9201')
    await debug.field('Brightness').fill('5')
    await debug.row('Brightness').locator('[data-desired]').click()
    await expect(debug.newest).toHaveAttribute('data-state', 'stored')
    await expect(debug.row('Brightness').locator('[data-wanted]')).toContainText('5')
  })
})

test('a command is kept as a button, done by its key, deleted and put back', async ({ bench, frame, page }) => {
  const certificate = await makeLamp(bench.api)
  const { device, sets } = await connectLamp(bench.mqtt, certificate)
  const debug = new DebugPage(page)
  await frame.connected()
  await page.goto(`${page.url().split('#')[0]}#/debug/${productKey}/${deviceName}`)
  await debug.field('Brightness').fill('80')
  await page.locator('[data-save-set]').click()
  await page.locator('input[name="action-name"]').fill('Bright')
  await page.keyboard.press('Enter')
  const button = page.locator('[data-action="Bright"]')
  await expect(button).toContainText('1')
  await page.getByRole('heading', { name: 'Commands' }).click()
  await page.keyboard.press('1')
  await expect(debug.newest).toHaveAttribute('data-state', 'answered')
  expect(sets).toEqual([{ Brightness: 80 }])
  await button.getByRole('button', { name: 'What to do with Bright' }).click()
  await page.getByText('Delete', { exact: true }).click()
  await expect(button).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(button).toBeVisible()
  device.end(true)
})
