import { expect, test } from './bench.ts'
import { FleetsPage } from './pages/fleets.ts'
import { TracePage } from './pages/trace.ts'

test.beforeEach(async ({ frame, page }) => {
  await page.locator('[data-add-sample]').click()
  await new FleetsPage(frame).allOnline(1_000)
  await frame.go('trace')
})

test('filters by what is typed, says which values there are, and forgets the filter again', async ({ frame, page }) => {
  const trace = new TracePage(frame)
  await trace.filter('device:sim-0042 dir:up')
  await expect(trace.chip('device')).toContainText('sim-0042')
  await expect(trace.rows.first()).toBeVisible()
  expect(new Set(await trace.rows.locator('.device').allInnerTexts())).toEqual(new Set(['sim-0042']))
  await expect(page).toHaveURL(/device=sim-0042/)

  await trace.filter('dir:sideways')
  await expect(page.getByRole('alert')).toHaveText('dir: expected up, down, record, got “sideways”')

  await page.getByRole('button', { name: 'Clear all filters' }).click()
  await expect(trace.chip('device')).toBeHidden()
  await expect(page).not.toHaveURL(/device=/)
})

test('stands still when scrolled up while the capture goes on, and comes back by the pill', async ({ frame, page }) => {
  const trace = new TracePage(frame)
  await expect(trace.rows.first()).toBeVisible()
  await trace.table.hover()
  await page.mouse.wheel(0, -600)
  await expect(trace.pill).toBeVisible()
  const shown = await trace.rows.allInnerTexts()
  const count = async () => Number((await trace.pill.textContent())!.replace(/\D/g, ''))
  const before = await count()
  await expect.poll(count).toBeGreaterThan(before + 100)
  expect(await trace.rows.allInnerTexts()).toEqual(shown)

  await test.step('older rows come without moving what is read', async () => {
    const firstTime = async () => (await trace.rows.first().locator('.time').textContent())!
    const newest = await firstTime()
    for (let turn = 0; turn < 12; turn++)
      await page.mouse.wheel(0, -2_000)
    await expect.poll(async () => await firstTime() < newest).toBe(true)
  })

  await trace.pill.click()
  await expect(trace.pill).toBeHidden()
  await expect.poll(async () => (await trace.rows.allInnerTexts()).some(text => shown.includes(text))).toBe(false)
})

test('stands at the message that a link leads to, with what came before and after it, and says when it is no longer kept', async ({ bench: { api }, frame, page }) => {
  const trace = new TracePage(frame)
  const chosen = page.locator('[data-message-rows] [aria-selected="true"]')
  // Far back: the list holds a few hundred of the newest.
  await expect.poll(async () => (await api.call('trace.page', { filter: { direction: 'up' }, after: 0, limit: 1_000 })).rows.length).toBe(1_000)
  const { rows } = await api.call('trace.page', { filter: { direction: 'up' }, after: 0, limit: 40 })
  const old = rows[20]!
  const open = (query: string): Promise<void> => page.evaluate(to => void (location.hash = to), `/trace?${query}`)

  await open(`message=${old.id}`)
  await page.reload()
  await expect(chosen).toContainText(old.deviceName)
  await expect(chosen).toBeInViewport()
  await expect(trace.detail.locator('[data-way] [data-hop]').first()).toBeVisible()
  await expect(trace.detail.locator('header').first()).toContainText(old.topic)
  const shown = await trace.rows.allInnerTexts()
  const count = async () => Number((await trace.pill.textContent())!.replace(/\D/g, ''))
  await expect.poll(count).toBeGreaterThan(50)
  expect(await trace.rows.allInnerTexts()).toEqual(shown)

  await test.step('a link to another one, on the page already, goes there', async () => {
    const other = rows[30]!
    await open(`device=${other.deviceName}&message=${other.id}`)
    await expect(chosen).toContainText(other.deviceName)
    await expect(trace.detail.locator('header').first()).toContainText(other.topic)
  })

  await test.step('the pill leads back to the newest', async () => {
    await trace.pill.click()
    await expect(trace.pill).toBeHidden()
    await expect(trace.detail).toBeHidden()
  })

  await open('message=4096')
  await page.reload()
  await expect(page.locator('[data-message-gone]')).toContainText('This message is no longer kept')
  await expect(trace.rows.first()).toBeVisible()
})

test('exports everything that matches as CSV and as JSON lines', async ({ frame }) => {
  const trace = new TracePage(frame)
  await trace.filter('device:sim-0007 dir:up')
  await expect(trace.rows.first()).toBeVisible()
  const csv = (await trace.export('CSV')).trim().split('\n')
  expect(csv[0]).toContain('deviceName')
  expect(csv.length).toBeGreaterThan(1)
  expect(csv.slice(1).every(line => line.includes('sim-0007'))).toBe(true)

  const lines = (await trace.export('JSON lines')).trim().split('\n').map(line => JSON.parse(line) as { deviceName: string, direction: string })
  expect(lines.length).toBeGreaterThanOrEqual(csv.length - 1)
  expect(new Set(lines.map(line => `${line.deviceName} ${line.direction}`))).toEqual(new Set(['sim-0007 up']))
})

test('shows what changed against the message before, and the journey of request and reply', async ({ frame }) => {
  const trace = new TracePage(frame)
  await trace.filter('device:sim-0003')
  await expect(trace.rows).not.toHaveCount(0)
  await expect.poll(() => trace.rows.filter({ hasText: 'temperature' }).count()).toBeGreaterThan(2)
  await trace.open(trace.rows.filter({ hasText: 'temperature' }).last())
  await expect(trace.decoded).toContainText('"thing.event.property.post"')
  await expect(trace.detail.locator('.journey li')).toHaveCount(2)
  await trace.detail.locator('.journey button').last().click()
  await expect(trace.detail.locator('header').first()).toContainText('post_reply')
  await expect(trace.decoded).toContainText('"success"')
})
