import { readFile } from 'node:fs/promises'
import { expect, test } from './bench.ts'

test('a scenario is written with help, saved beside what others have written, run, and its result taken away as files', async ({ frame, bench: { api }, page }) => {
  const editor = page.getByRole('textbox', { name: 'Text of the scenario' })
  const check = page.locator('[data-scenario-check]')
  await frame.go('scenarios')
  await expect(page.locator('[data-scenario="shipped/cold-chain"]')).toBeVisible()

  await test.step('a new one begins small and good', async () => {
    await page.locator('[data-new]').click()
    await page.locator('[name="scenario-name"]').fill('hall')
    await page.locator('[data-name-take]').click()
    await expect(page.locator('[data-scenario="own/hall"]')).toBeVisible()
    await expect(check).toContainText('No problem: 10 devices')
  })

  await test.step('a mistake is shown at its line while it is typed, keeps it from being run, and is mended by a click', async () => {
    const { text } = await api.call('scenario.read', { place: 'own', name: 'hall' })
    const small = text.replace('1min', '4s').replace('at: 20s', 'at: 1s').replace('for: 10s', 'for: 1s').replace('every: 5s', 'every: 500ms')
    await editor.fill(small.replace('count:', 'cuont:').trimEnd())
    const line = text.split('\n').findIndex(one => one.includes('count:')) + 1
    await expect(page.locator(`[data-problem-line="${line}"]`)).toContainText('unknown key "cuont"; did you mean "count"?')
    await expect(page.locator('.cm-lint-marker-error').first()).toBeVisible()
    await expect(page.locator('[data-run]')).toBeDisabled()
    await page.locator('[data-fix="count"]').click()
    await expect(check).toContainText('No problem: 10 devices')
  })

  await test.step('what is not saved is not left without a question', async () => {
    await expect(page.locator('[data-unsaved]')).toBeVisible()
    await page.locator('[data-scenario="shipped/cold-chain"]').click()
    await page.getByRole('button', { name: 'Stay' }).click()
    await expect(page.locator('[data-unsaved]')).toBeVisible()
  })

  await test.step('a file that somebody else has changed is not written over unasked', async () => {
    const { text, revision } = await api.call('scenario.read', { place: 'own', name: 'hall' })
    await api.call('scenario.save', { name: 'hall', text: `${text}# theirs\n`, revision })
    await page.locator('[data-save]').click()
    await expect(page.locator('[data-conflict]')).toBeVisible()
    await page.locator('[data-keep-mine]').click()
    await expect(page.locator('[data-unsaved]')).toBeHidden()
    expect((await api.call('scenario.read', { place: 'own', name: 'hall' })).text).toContain('duration: 4s')
  })

  await test.step('a run is watched to its result, which is there as a file', async () => {
    await page.locator('[name="seed"]').fill('7')
    await page.locator('[data-run]').click()
    await expect(page.locator('[data-entry="done"]').first()).toContainText('Cut off 2 devices of rooms')
    await expect(page.locator('[data-scenario-result]')).toBeVisible({ timeout: 60_000 })
    await expect(page.locator('[data-check="met"]').first()).toContainText('refused = 0')
    await expect(page.locator('[data-plot="online"]')).toBeVisible()
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-download="junit"]').click()])
    expect(await readFile(await download.path(), 'utf8')).toContain('<property name="seed" value="7"/>')
    await page.locator('[data-copy-as]').click()
    await expect(page.locator('[data-copy-as-panel]')).toContainText('thingbench run')
    expect(await api.call('product.list', {})).toEqual([])
  })

  await test.step('it can be stopped early', async () => {
    await page.keyboard.press('Escape')
    await page.locator('[data-scenario="shipped/thermostats"]').click()
    await page.locator('[data-run]').click()
    await page.locator('[data-run-stop]').click()
    await expect(page.locator('[data-run-state]')).toContainText('stopped early', { timeout: 60_000 })
  })

  await test.step('a shipped one is read only until it is copied, and a copy that was deleted comes back', async () => {
    await page.locator('[data-tab="write"]').click()
    await page.locator('[data-copy]').click()
    await page.locator('[data-name-take]').click()
    await expect(page.locator('[data-scenario="own/thermostats"]')).toBeVisible()
    await page.locator('[data-more]').click()
    await page.locator('.n-dropdown-option', { hasText: 'Delete' }).click()
    await expect(page.locator('[data-scenario="own/thermostats"]')).toBeHidden()
    await page.locator('[data-undo]').click()
    await expect(page.locator('[data-scenario="own/thermostats"]')).toBeVisible()
  })
})
