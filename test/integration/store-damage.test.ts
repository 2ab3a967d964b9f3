import { Buffer } from 'node:buffer'
import { closeSync, openSync, readdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { entry, openTestStore, startAt } from '../unit/engine/store/store-fixture.ts'

const dayMs = 24 * 3600_000

/** Three days with 500 rows each, closed; returns the paths of their segments, oldest first. */
async function closedWorkspace() {
  const opened = await openTestStore()
  for (let day = 0; day < 3; day++) {
    for (let i = 0; i < 500; i++)
      opened.store.append(entry({ at: startAt + day * dayMs + i, payload: Buffer.alloc(200, 'payload ') }))
  }
  await opened.store.close()
  const folder = join(opened.dir, 'traces')
  return { ...opened, folder, segments: readdirSync(folder).sort().map(file => join(folder, file)) }
}

/** Five pages in the middle: rows, with both ends and the indexes' roots left as they were. */
function overwriteMiddle(path: string): void {
  overwrite(path, Math.floor(statSync(path).size / 2 / 4096) * 4096, 5 * 4096)
}

function overwrite(path: string, position: number, bytes: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.from(Array.from({ length: bytes }, (_, i) => i * 31 % 256)), 0, bytes, position)
  closeSync(file)
}

const everyRow = { before: Number.MAX_SAFE_INTEGER, limit: 1000 }

it.each<[string, (path: string) => void]>([
  ['with a damaged header', path => overwrite(path, 0, 100)],
  ['that was cut short', path => truncateSync(path, statSync(path).size / 2 | 0)],
  ['of random bytes', path => writeFileSync(path, Buffer.from(Array.from({ length: 100_000 }, (_, i) => i * 7919 % 251)))],
  ['that is a database of something else', path => truncateSync(path, 4096)],
])('starts in spite of a segment %s, sets it aside and names it', async (_, damage) => {
  const { dir, folder, segments } = await closedWorkspace()
  damage(segments[1]!)
  const { store, notices } = await openTestStore({ dir })
  expect(notices).toMatchObject([{ code: 'segment-damaged', message: expect.stringMatching(/^Trace segment 2025-01-02-001\.db is damaged: .*\. It was set aside as 2025-01-02-001\.db\.damaged; the messages in it are missing from the trace\.$/) }])
  expect(readdirSync(folder).filter(file => !/-wal$|-shm$/.test(file))).toEqual(['2025-01-01-001.db', '2025-01-02-001.db.damaged', '2025-01-03-001.db'])
  expect((await store.traces.page({}, everyRow)).rows).toHaveLength(1000)
})

it('starts in spite of a damaged newest segment and goes on in a new one with larger ids', async () => {
  const { dir, segments, clock } = await closedWorkspace()
  overwrite(segments[2]!, 0, 100)
  const { store, notices } = await openTestStore({ dir, clock })
  expect(notices).toHaveLength(1)
  const id = store.append(entry({ at: startAt + dayMs }))
  expect(id).toBeGreaterThan((startAt + 2 * dayMs) * 4096)
  await store.flush()
  expect(await store.traces.get(id)).toBeDefined()
})

it('sets a segment aside when a read comes upon damage in its middle, and answers with the rest', async () => {
  const { dir, segments } = await closedWorkspace()
  overwriteMiddle(segments[1]!)
  const { store, notices } = await openTestStore({ dir })
  expect(notices).toEqual([])
  const rows = []
  let before: number | null = Number.MAX_SAFE_INTEGER
  while (before !== null) {
    const page = await store.traces.page({ text: 'payload' }, { before, limit: 1000 })
    rows.push(...page.rows)
    before = page.nextId
  }
  const days = new Set(rows.map(({ at }) => new Date(at).toISOString().slice(0, 10)))
  expect([days.has('2025-01-01'), days.has('2025-01-03')]).toEqual([true, true])
  await waitFor(() => notices.length > 0)
  expect(notices).toMatchObject([{ code: 'segment-damaged', message: expect.stringContaining('2025-01-02-001.db is damaged') }])
  expect(store.stats().segments).toBe(2)
})

it('goes on writing when a read comes upon damage in the open segment', async () => {
  const { dir, segments } = await closedWorkspace()
  overwriteMiddle(segments[2]!)
  const { store, notices } = await openTestStore({ dir })
  await store.traces.page({ text: 'payload' }, everyRow)
  await waitFor(() => notices.length > 0)
  const id = store.append(entry({ at: startAt + 2 * dayMs + 1000 }))
  await store.flush()
  expect(await store.traces.get(id)).toBeDefined()
  expect(notices).toHaveLength(1)
})

it('does not start with a damaged registry, says which file it is and leaves it alone', async () => {
  const { dir } = await closedWorkspace()
  const path = join(dir, 'thingbench.db')
  writeFileSync(path, 'a letter '.repeat(1000))
  await expect(openTestStore({ dir })).rejects.toMatchObject({ code: 'workspace/damaged', message: expect.stringContaining(`The registry database ${path} is damaged`) })
  expect(readdirSync(dir).filter(file => file.includes('damaged'))).toEqual([])
})
