import RPCClient from '@alicloud/pop-core'
import { expect, sampleModel, test } from './bench.ts'
import { CloudApiPage } from './pages/cloud-api.ts'
import { ProductsPage } from './pages/products.ts'

interface Answer { RequestId: string, Success: boolean }

test('a server program is pointed at the bench: a key, its first calls live, why one is refused, and an action tried by hand', async ({ frame, page }) => {
  const cloud = new CloudApiPage(frame)
  const productKey = await new ProductsPage(frame).importModel(sampleModel, 'Thermostat')

  await test.step('before the first call the page says how to make it', async () => {
    await cloud.open('api')
    await expect(page.locator('[data-no-calls]')).toContainText('point your server program at http://127.0.0.1:')
    await page.locator('[data-make-key]').click()
    await expect(page.locator('[data-snippet]')).toContainText('ACCESS_KEY_SECRET')
  })

  const { accessKeyId, accessKeySecret } = await cloud.createKey('order service')
  const client = new RPCClient({ accessKeyId, accessKeySecret, endpoint: await cloud.url(), apiVersion: '2018-01-20' })
  await expect(page.locator('[data-snippet]')).toContainText(accessKeyId)
  await expect(page.locator('[data-snippet]')).not.toContainText(accessKeySecret)

  await test.step('calls of the cloud\'s own client appear as they come, with what was passed over', async () => {
    await cloud.open('api')
    const { RequestId } = await client.request<Answer>('QueryProduct', { ProductKey: productKey, Colour: 'red' }, { method: 'POST' })
    const row = page.locator(`[data-request="${RequestId}"]`)
    await expect(row).toContainText('Success')
    await expect(row).toContainText(accessKeyId)
    await row.click()
    await expect(cloud.detail.locator('[data-parameters]')).toContainText(productKey)
    await expect(cloud.detail.locator('[data-ignored]')).toContainText('Colour')
    await expect(cloud.detail.locator('[data-answer]')).toContainText('Thermostat')
    await expect(cloud.detail).toContainText('RPC HMAC-SHA1')
  })

  await test.step('what comes while one is read waits at the top', async () => {
    await expect(client.request('QueryProduct', { ProductKey: 'a1Nothing' }, { method: 'POST' })).rejects.toMatchObject({ code: 'iot.prod.NotExistedProduct' })
    await expect(page.locator('[data-new-pill]')).toContainText('1 new')
    await expect(cloud.calls).toHaveCount(1)
    await page.locator('[data-new-pill]').click()
    await expect(cloud.detail).toBeHidden()
    await expect(cloud.calls.first()).toContainText('iot.prod.NotExistedProduct')
    await page.locator('[data-failed-only]').click()
    await expect(cloud.calls).toHaveCount(1)
  })

  await test.step('a refused call leads to its journey, and is tried again with other values', async () => {
    await cloud.calls.first().click()
    await cloud.detail.locator('[data-open-journey]').click()
    await frame.isOn('trace')
    await expect(page.locator('[data-message-detail]')).toContainText('QueryProduct')
    await page.goBack()
    await cloud.detail.locator('[data-try-again]').click()
    await expect(cloud.parameter('ProductKey')).toHaveValue('a1Nothing')
    await cloud.parameter('ProductKey').fill('')
    await page.locator('.n-base-select-option').filter({ hasText: 'Thermostat' }).click()
    await expect(cloud.parameter('ProductKey')).toHaveValue(productKey)
    await page.locator('[data-run]').click()
    await expect(cloud.result).toContainText('HTTP 200')
    await expect(cloud.result.locator('[data-answer]')).toContainText('Thermostat')
    await page.locator('[data-copy-as="cli"]').click()
    await expect(page.locator('[data-copied-call]')).toHaveText(`thingbench api call QueryProduct ProductKey=${productKey}`)
    await cloud.result.locator('[data-recorded]').click()
    await expect(cloud.detail.locator('[data-parameters]')).toContainText(productKey)
    await expect(cloud.detail).toContainText('not at all')
  })

  await test.step('an action that is not here says so', async () => {
    await page.locator('[data-tab="api-actions"]').click()
    await page.locator('[data-action-search]').fill('CreateRule')
    await page.locator('[data-action="CreateRule"]').click()
    await expect(page.locator('[data-not-served]')).toContainText('CreateRule is not implemented here')
  })

  await test.step('a deleted key signs no more, and the call says why', async () => {
    await cloud.open('api-keys')
    await page.locator('[data-delete-key]').click()
    await frame.dialog.getByRole('button', { name: 'Delete' }).click()
    await expect(page.locator('[data-key]')).toHaveCount(0)
    await expect(client.request('QueryProductList', {})).rejects.toMatchObject({ code: 'InvalidAccessKeyId.NotFound' })
    await cloud.open('api')
    await cloud.calls.first().click()
    await expect(cloud.detail).toContainText('This workspace has no such access key.')
  })
})

test('an action is found, filled in and run by keys alone, and the form outlives a reload', async ({ frame, page }) => {
  const cloud = new CloudApiPage(frame)
  const { keyboard } = page
  await keyboard.press('g')
  await keyboard.press('a')
  await frame.isOn('api')
  await frame.command('try an action', /Try an action/)
  await expect(page.locator('[data-action-search]')).toBeVisible()
  await expect(frame.dialog).toBeHidden()
  await keyboard.press('/')
  await expect(page.locator('[data-action-search]')).toBeFocused()
  await keyboard.type('queryproductlist')
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await cloud.parameter('PageSize').focus()
  await keyboard.type('1000')
  await expect(page.locator('[data-parameter="PageSize"]')).toContainText('Expected a number: 1 to')
  await keyboard.press('Enter')
  await expect(cloud.result).toContainText('iot.common.InvalidPageParams')
  await page.reload()
  await frame.connected()
  await expect(cloud.parameter('PageSize')).toHaveValue('1000')
  await cloud.parameter('PageSize').fill('5')
  await keyboard.press('Control+Enter')
  await expect(cloud.result.locator('[data-answer]')).toContainText('PageSize')
  await expect(cloud.result).toContainText('Success')
})
