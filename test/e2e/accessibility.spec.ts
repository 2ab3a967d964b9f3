import type { Page } from '@playwright/test'
import type { ApiClient } from '../../src/shared/contract/contract.ts'
import { AxeBuilder } from '@axe-core/playwright'
import { buildPropertyPost } from '../../src/shared/alink/property.ts'
import { routes } from '../../src/ui/app/router.ts'
import { expect, test } from './bench.ts'

/** What stands in the addresses of pages about one thing; a parameter of another name may be left out. */
type Params = Record<string, string | undefined>

/** A workspace with something on every page. */
async function fill(api: ApiClient): Promise<Params> {
  const { productKey, fleetId } = await api.call('app.addSample', { count: 60 })
  const { deviceName } = await api.call('firmwareCheck.makeDevice', { productKey })
  await api.call('firmwareCheck.get', { productKey, deviceName })
  const { groupId } = await api.call('group.create', { name: 'Ground_floor' })
  await api.call('remoteConfig.setEnabled', { productKey, enabled: true })
  await api.call('remoteConfig.save', { productKey, text: '{"reportIntervalSec":10}' })
  await api.call('key.create', { name: 'script' })
  const { uploadId } = await api.call('otaUpload.begin', { name: 'app.bin' })
  await api.call('otaUpload.part', { uploadId, offset: 0, bytes: Buffer.from('app 2.0.0') })
  await api.call('otaUpload.end', { uploadId })
  const { packageId } = await api.call('otaPackage.create', { productKey, name: 'app-2_0_0', version: '2.0.0', verify: false, uploadIds: [uploadId] })
  const { batchId } = await api.call('batch.create', { packageId })
  const { runs: [run] } = await api.call('run.list', {})
  return { productKey, fleetId: String(fleetId), deviceName, groupId, packageId, batchId, runId: run!.runId }
}

/** The addresses of all pages, with each tab of those that have some. */
function addresses(params: Params): string[] {
  const filled = routes.map(({ path }) => path
    .replace('/:rest(.*)*', '/nowhere')
    .replace(/\/:(\w+)\??/g, (_whole, name: string) => params[name] === undefined ? '' : `/${params[name]}`))
  return [...filled, '/ota/batches', '/ota/modules', '/ota/statistics', '/ota/gym', '/api/actions/QueryProductList']
}

/** Changes the colours as another window of the same page would, so that nothing has to be loaded again. */
async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((newValue) => {
    const key = 'thingbench.theme'
    const oldValue = localStorage.getItem(key)
    localStorage.setItem(key, newValue)
    dispatchEvent(new StorageEvent('storage', { key, oldValue, newValue, storageArea: localStorage }))
  }, theme)
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
}

/** What is seriously wrong with a page, a line for each thing. */
async function findings(page: Page, theme: 'light' | 'dark', where: string): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  // What a page is made of is the same in both themes; only its colours are not.
  const { violations } = await (theme === 'light' ? axe : axe.withRules('color-contrast')).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${where} ${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`))
}

test('no page has a serious fault for those who see, hear or point differently, in light and in dark', async ({ frame, bench, page }) => {
  test.setTimeout(900_000)
  const params = await fill(bench.api)
  const certificate = await bench.api.call('device.get', { productKey: params.productKey!, deviceName: params.deviceName! })
  const client = await bench.connect(certificate)
  const { topic, payload } = buildPropertyPost({ ...certificate, id: '1', properties: { targetTemperature: 99 } })
  await client.publishAsync(topic, payload, { qos: 1 })
  await frame.connected()
  // Colours that change slowly would be judged half way.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const found: string[] = []
  for (const address of addresses(params)) {
    await page.evaluate((hash) => { location.hash = hash }, address)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('.skeleton')).toHaveCount(0)
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(page, theme)
      found.push(...await findings(page, theme, `${address} ${theme}`))
    }
  }
  expect(found).toEqual([])
})
