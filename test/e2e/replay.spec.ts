import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { expect, sampleModel, test } from './bench.ts'

test('one plays what a device sent as five new devices, sees what was refused, and plays a file', async ({ frame, bench, page }) => {
  const { productKey } = await bench.api.call('product.importModel', { text: await readFile(sampleModel, 'utf8') })
  const kitchen = { productKey, deviceName: 'kitchen' }
  await bench.api.call('device.create', kitchen)
  await bench.api.call('deviceSimulation.start', kitchen)
  await bench.api.call('deviceSimulation.postProperties', { ...kitchen, properties: { temperature: 21.5 } })
  await bench.api.call('deviceSimulation.postProperties', { ...kitchen, properties: { temperature: 400 }, anyway: true })
  await frame.connected()

  await page.evaluate(hash => void (location.hash = hash), '/trace?device=kitchen')
  await page.locator('[data-replay-these]').click()
  await expect(page).toHaveURL(/#\/replay\?.*device=kitchen/)
  const holds = page.locator('[data-holds]')
  await expect(holds).toContainText('2 messages of 1 device')
  await expect(page.getByText('Nothing has been played yet')).toBeVisible()

  await page.locator('[data-start-replay]').click()
  await expect(page.getByRole('alert')).toContainText('kitchen is simulated from the console')
  await page.locator('[data-target="stampOut"]').click()
  await page.locator('[data-count] input').fill('5')
  await page.locator('[data-prefix] input').fill('copy')
  await page.locator('[data-speed] input').fill('100')
  await page.locator('[data-start-replay]').click()
  const done = page.locator('[data-replay="done"]')
  await expect(done).toHaveCount(1)
  await expect(done.locator('[data-replay-sent]')).toHaveText('10 of 10 sent')
  await done.locator('[data-replay-refused]').click()
  await expect(page.locator('[data-message-rows]')).toContainText('copy-')

  await test.step('a file, held, moved along and stopped', async () => {
    await page.goBack()
    await page.locator('[data-source-file]').click()
    const lines = [0, 1, 2, 3].map(hours => JSON.stringify({ at: 1_700_000_000_000 + hours * 3_600_000, direction: 'up', productKey, deviceName: 'garage', topic: `/${productKey}/garage/user/update`, qos: 1, code: 200, payload: `${hours}` }))
    await page.locator('[data-replay-form] input[type="file"]').setInputFiles({ name: 'garage.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines.join('\n')) })
    await expect(holds).toContainText('4 messages of 1 device')
    await page.locator('[data-speed] input').fill('1')
    await page.locator('[data-count] input').fill('1')
    await page.locator('[data-prefix] input').fill('garage')
    await page.locator('[data-start-replay]').click()
    const playing = page.locator('[data-replay="playing"]')
    await expect(playing.locator('[data-replay-sent]')).toHaveText('1 of 4 sent')
    await playing.locator('[data-replay-pause]').click()
    const paused = page.locator('[data-replay="paused"]')
    await paused.locator('[data-replay-position]').focus()
    await page.keyboard.press('End')
    await paused.locator('[data-replay-resume]').click()
    await expect(page.locator('[data-replay="done"] [data-replay-sent]').first()).toHaveText('2 of 4 sent')
  })
})
