import type { Page } from '@playwright/test'
import type { EventEmitter } from 'node:events'
import type { DeviceCertificate } from '../../src/shared/contract/device.ts'
import type { Bench } from './bench.ts'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { expect, test } from './bench.ts'

const productKey = 'a1Pump'
const deviceName = 'pump-1'
const celsius = { type: 'float', specs: { min: '-40', max: '150', step: '0.1', unit: '°C', unitName: 'celsius' } }
const model = {
  profile: { productKey },
  properties: [
    { identifier: 'motor', name: 'Motor', accessMode: 'r', required: false, dataType: celsius },
    { identifier: 'bearing', name: 'Bearing', accessMode: 'r', required: false, dataType: celsius },
    { identifier: 'speed', name: 'Speed', accessMode: 'rw', required: false, dataType: { type: 'int', specs: { min: '0', max: '3000', step: '10', unit: 'rpm', unitName: 'rpm' } } },
    { identifier: 'shake', name: 'Vibration', accessMode: 'r', required: false, dataType: { type: 'struct', specs: [{ identifier: 'x', name: 'Axis X', dataType: celsius }] } },
  ],
  events: [
    { identifier: 'overheat', name: 'Overheated', type: 'alert', required: false, method: 'thing.event.overheat.post', outputData: [{ identifier: 'phase', name: 'Phase', dataType: { type: 'text', specs: { length: '16' } } }] },
    { identifier: 'started', name: 'Started', type: 'info', required: false, method: 'thing.event.started.post', outputData: [] },
  ],
  services: [{ identifier: 'flush', name: 'Flush', callType: 'async', required: false, method: 'thing.service.flush', inputData: [{ identifier: 'seconds', name: 'Seconds', dataType: { type: 'int', specs: { min: '1', max: '60', step: '1' } } }], outputData: [{ identifier: 'litres', name: 'Litres', dataType: { type: 'int', specs: { min: '0', max: '99', step: '1' } } }] }],
}

/** The part of the npm device SDK that this test uses; the package has no types. */
interface NpmDevice extends EventEmitter {
  postProps: (properties: object) => void
  postEvent: (event: string, output: object) => void
  onService: (service: string, handle: (call: { id: string }, reply: (answer: object) => void) => void) => void
  postTags: (tags: { attrKey: string, attrValue: string }[], done: () => void) => void
  postShadow: (reported: object) => void
  publish: (topic: string, payload: string) => void
  end: (force?: boolean) => void
}
const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as { device: (config: object) => NpmDevice }

interface Pump {
  /** Connects the device; with another secret it is refused. */
  open: (secret?: string) => NpmDevice
  tab: (name: string) => ReturnType<Page['locator']>
}

/** Makes the device and opens its page on a tab. */
async function openPump({ api, mqtt }: Bench, page: Page, onTab: string): Promise<Pump> {
  await api.call('product.importModel', { text: JSON.stringify(model), name: 'Pump' })
  const [certificate] = (await api.call('device.create', { productKey, deviceName })).certificates as [DeviceCertificate]
  await page.goto(`${page.url().replace(/#.*/, '')}#/devices/${productKey}/${deviceName}/${onTab}`)
  const tab = (name: string) => page.locator(`[data-tab="${name}"]`)
  await expect(tab(onTab)).toHaveAttribute('aria-selected', 'true')
  return {
    tab,
    open: (deviceSecret = certificate.deviceSecret) => {
      const device = sdk.device({ ...certificate, deviceSecret, brokerUrl: `mqtt://${mqtt.host}:${mqtt.port}` })
      device.on('error', () => {})
      return device
    },
  }
}

test('a device on the npm SDK is seen as it is refused, connects, reports and leaves, and its values lead to their messages', async ({ frame, bench, page }) => {
  const { open, tab } = await openPump(bench, page, 'connections')
  await expect(frame.heading(deviceName)).toBeVisible()
  await expect(page.locator('main')).toContainText('It has never tried to connect')

  await test.step('a refused attempt and then a session appear by themselves, with their reasons', async () => {
    const wrong = open('0123456789abcdef0123456789abcdef')
    await expect(page.locator('[data-connection-row="refused"]')).toContainText('6287')
    wrong.end(true)
  })

  const device = open()
  await once(device, 'connect')
  await expect(page.locator('[data-connection-row="session"]')).toContainText('still connected')
  await expect(page.locator('[data-presence-span="online"]')).toHaveCount(1)
  await expect(page.locator('[data-ladder-step="signature"]')).toHaveAttribute('data-ladder-state', 'passed')

  await test.step('values change in place; ticked ones are plotted, those of a unit together, members of structs too', async () => {
    device.postProps({ motor: 61.5, bearing: 50, speed: 1450, shake: { x: 3.5 } })
    await expect(page.locator('[data-property="motor"] [data-value]')).toHaveText('61.5')
    await expect(page.locator('[data-plot="motor"]')).toBeVisible()
    await page.locator('[data-property="bearing"] input').check()
    await page.locator('[data-property="shake"] [data-fold]').click()
    await page.locator('[data-property="shake.x"] input').check()
    await page.locator('[data-together]').click()
    await expect(page.locator('[data-plot="motor bearing shake.x"] figcaption')).toContainText('3.5')
    await page.locator('[data-property="motor"] [data-value-message]').click()
    await expect(page).toHaveURL(/\/messages\?message=\d+$/)
    await expect(page.locator('[data-message-detail], [data-detail]').first()).toContainText('61.5')
    await page.keyboard.press('Escape')
  })

  await test.step('the tabs are walked through with the arrow keys, and the address follows', async () => {
    await tab('messages').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await expect(page).toHaveURL(/\/events$/)
    await expect(tab('events')).toBeFocused()
  })

  await test.step('the end of the session is told with how long it lasted', async () => {
    await tab('connections').click()
    device.end(true)
    await expect(page.locator('[data-device-state]')).toHaveText('offline')
    await expect(page.locator('[data-connection-row="session"]')).toContainText('ended')
    await expect(page.locator('body')).toHaveJSProperty('scrollWidth', 1280)
  })
})

test('events, service calls, desired values and the shadow of a device on the npm SDK are shown and changed', async ({ frame, bench, page }) => {
  const { open, tab } = await openPump(bench, page, 'events')
  await expect(frame.heading(deviceName)).toBeVisible()
  const device = open()
  await once(device, 'connect')
  device.onService('flush', ({ id }, reply) => reply({ id, code: 200, data: { litres: 12 } }))

  await test.step('events have their level and output, can be filtered, and open their message', async () => {
    device.postEvent('overheat', { phase: 'start-up' })
    device.postEvent('started', {})
    await expect(page.locator('[data-event]')).toHaveCount(2)
    await expect(page.locator('[data-event="overheat"]')).toContainText('start-up')
    await page.locator('[data-event-type]').click()
    await page.locator('.n-base-select-option', { hasText: 'info' }).click()
    await expect(page.locator('[data-event]')).toHaveCount(1)
    await page.locator('[data-event="started"] [data-open-message]').click()
    await expect(page).toHaveURL(/\/messages\?message=\d+$/)
    await expect(page.locator('main')).toContainText('thing/event/started/post')
    await page.goBack()
  })

  await test.step('a service call stands on one row with its answer', async () => {
    await tab('services').click()
    await bench.api.call('device.invokeService', { productKey, deviceName, service: 'flush', input: { seconds: 5 } })
    const call = page.locator('[data-service-call="flush"]')
    await expect(call).toContainText('litres 12')
    await expect(call).toContainText('200')
  })

  await test.step('a desired value is set, marked until the device reports it, deleted, and brought back', async () => {
    await tab('desired').click()
    const row = page.locator('[data-desired-row="speed"]')
    await row.locator('[data-set-desired]').click()
    await page.locator('input[name="speed"]').fill('1500')
    await page.locator('[data-save-desired]').click()
    await expect(row).toHaveAttribute('data-desired-state', 'differs')
    await expect(page.locator('[data-differing]')).toHaveText('1 property differs')
    device.postProps({ speed: 1500 })
    await expect(row).toHaveAttribute('data-desired-state', 'same')
    await row.locator('[data-clear-desired]').click()
    await expect(row).toHaveAttribute('data-desired-state', 'none')
    await page.locator('[data-undo]').click()
    await expect(row).toHaveAttribute('data-desired-state', 'same')
  })

  await test.step('the shadow is shown side by side and its desired side is edited', async () => {
    await tab('shadow').click()
    await page.locator('[data-edit-shadow]').click()
    await page.locator('[data-shadow] .cm-content').fill('{"led":"green"}')
    await page.locator('[data-save-shadow]').click()
    await expect(page.locator('[data-shadow-side="desired"]')).toContainText('green')
    await expect(page.locator('[data-shadow-version]')).toHaveText('1')
    device.postShadow({ led: 'red' })
    await expect(page.locator('[data-shadow-side="reported"]')).toContainText('red')
  })
  device.end(true)
})

test('tags, versions, network reports and the log of a device on the npm SDK are shown, and what is removed can be put back', async ({ frame, bench, page }) => {
  const { open, tab } = await openPump(bench, page, 'tags')
  await expect(frame.heading(deviceName)).toBeVisible()
  const device = open()
  await once(device, 'connect')

  await test.step('tags of the device and of the page are set, changed, removed and put back', async () => {
    await tab('tags').click()
    device.postTags([{ attrKey: 'hall', attrValue: '2' }], () => {})
    await expect(page.locator('[data-tag="hall"]')).toContainText('2')
    await page.locator('input[name="tag-key"]').fill('owner')
    await page.locator('input[name="tag-value"]').fill('Maintenance')
    await page.keyboard.press('Enter')
    const tag = page.locator('[data-tag="owner"]')
    await expect(tag).toContainText('Maintenance')
    await tag.locator('[data-tag-value]').click()
    await page.locator('[data-edit-tag] input').fill('Shift B')
    await page.keyboard.press('Enter')
    await expect(tag.locator('[data-tag-value]')).toHaveText('Shift B')
    await tag.locator('[data-remove-tag]').click()
    await expect(tag).toHaveCount(0)
    await page.locator('[data-undo]').last().click()
    await expect(tag.locator('[data-tag-value]')).toHaveText('Shift B')
  })

  await test.step('versions have a history, network reports a plot, and the local log its lines', async () => {
    await tab('versions').click()
    for (const version of ['1.0.0', '1.1.0']) {
      device.publish(`/ota/device/inform/${productKey}/${deviceName}`, JSON.stringify({ id: '1', params: { version } }))
      await expect(page.locator(`[data-version="default ${version}"]`)).toBeVisible()
    }
    await expect(page.locator('[data-version]')).toHaveCount(2)
    await tab('network').click()
    device.publish(`/sys/${productKey}/${deviceName}/_thing/diag/post`, JSON.stringify({ id: '2', version: '1.0', params: { p: { wifi: { rssi: -61, snr: 24, per: 3, err_stats: '10,02,04' }, _time: Date.now() }, model: 'quantity=single|format=simple|time=1' }, method: '_thing.diag.post' }))
    await expect(page.locator('[data-plot="network.rssi"] figcaption')).toContainText('-61')
    await expect(page.locator('[data-network-error="10 02"]')).toContainText('4')
    await tab('localLog').click()
    await page.locator('[data-log-switch]').click()
    await expect(page.locator('[data-log-switch]')).toHaveAttribute('aria-checked', 'true')
    device.publish(`/sys/${productKey}/${deviceName}/thing/log/post`, JSON.stringify({ id: '3', version: '1.0', params: [{ utcTime: new Date().toISOString().replace('Z', '+0000'), logLevel: 'ERROR', module: 'http', code: '-3', traceContext: 't-1', logContent: 'connect timed out' }], method: 'thing.log.post' }))
    await expect(page.locator('[data-log-line="ERROR"]')).toContainText('connect timed out')
  })
  device.end(true)
})
