import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { openTestStore, startAt } from '../unit/engine/store/store-fixture.ts'

const child = join(import.meta.dirname, 'store-child.ts')

interface Round { round: number, ids: number[] }

it('finds everything that was reported committed after kill -9, and every point exactly once, several times over', async () => {
  const dir = tempFolder()
  const reported: number[] = []
  for (let life = 1; life <= 3; life++) {
    const running = startProcess('node', [child, 'append', dir])
    await running.line(line => (JSON.parse(line) as Round).round >= 30 * life, { what: 'enough rounds' })
    await running.kill()
    const rounds = running.stdout().split('\n').filter(line => line.endsWith('}')).map(line => JSON.parse(line) as Round)
    expect(running.stderr()).toBe('')
    expect(rounds.every(({ ids }) => ids.length === 50)).toBe(true)
    reported.push(...rounds.flatMap(({ ids }) => ids))

    const { store, notices } = await openTestStore({ dir, migrations: [{ version: 1, name: 'counter', sql: '' }], keepTracesDays: 36_500, keepTracesBytesMax: 2 ** 40 })
    const found: { id: number, deviceId: number }[] = []
    let after: number | null = 0
    while (after !== null) {
      const page = await store.traces.page({}, { after, limit: 1000 })
      found.push(...page.rows)
      after = page.nextId
    }
    const present = new Set(found.map(({ id }) => id))
    expect(reported.filter(id => !present.has(id))).toEqual([])
    expect(present.size).toBe(found.length)
    const [counter] = await store.read<{ value: number }>({ name: 'counter', sql: 'SELECT value FROM counter' }, [])
    expect(counter!.value).toBeGreaterThanOrEqual(rounds.at(-1)!.round)
    for (let device = 1; device <= 5; device++) {
      const { points } = await store.series.buckets(device, 'Counter', { fromAt: startAt, toAt: startAt + 1e13, buckets: 10 })
      expect(points).toBe(found.filter(({ deviceId }) => deviceId === device).length)
    }
    expect(notices).toEqual([])
    await store.close()
  }
  expect(reported.length).toBeGreaterThan(3 * 30 * 50)
}, 60_000)
