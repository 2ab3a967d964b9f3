import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { startProcess } from '../support/child-process.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { openTestStore } from '../unit/engine/store/store-fixture.ts'

const child = join(import.meta.dirname, 'store-child.ts')
const linesOf = (text: string) => text.split('\n').filter(Boolean).map(line => JSON.parse(line) as Record<string, unknown>)

it('refuses a workspace folder that is a file, in one sentence', async () => {
  const path = join(tempFolder(), 'workspace')
  writeFileSync(path, '')
  await expect(openTestStore({ dir: path })).rejects.toMatchObject({ code: 'store/unwritable', message: `The workspace folder ${path} cannot be written: part of the path is a file, not a folder (ENOTDIR).` })
})

it('refuses a workspace folder in which nothing may be written, in one sentence', async () => {
  const dir = tempFolder()
  chmodSync(dir, 0o755)
  const locked = join(dir, 'locked')
  mkdirSync(locked, { mode: 0o555 })
  const running = startProcess('node', [child, 'nobody', locked])
  await running.exited
  expect(linesOf(running.stdout())[0]).toEqual({ refused: 'store/unwritable', message: `The workspace folder ${locked} cannot be written: permission denied (EACCES).` })
  expect(readdirSync(locked)).toEqual([])
})

// A limit on the size of files stands for a full disk: it is real, needs no privileges, and can be lifted from outside.
it.skipIf(process.platform !== 'linux')('waits while nothing can be written, says so once, answers queries, and loses nothing when it goes on', async () => {
  const dir = tempFolder()
  const running = startProcess('prlimit', ['--fsize=2000000:unlimited', process.execPath, child, 'limited', dir])
  await running.line(line => line.includes('"refused"'), { what: 'the refused write' })
  await running.line(line => line.includes('"full"'), { what: 'the full queue' })
  execFileSync('prlimit', ['--pid', String(running.pid), '--fsize=unlimited'])
  expect(await running.exited).toEqual({ code: 0, signal: null })
  expect(running.stderr()).toBe('')

  const lines = linesOf(running.stdout())
  const said = (key: string) => lines.filter(line => key in line)
  const sentence = `The workspace ${dir} cannot be written: the disk reported an error (SQLITE_IOERR_WRITE).`
  expect(said('notice')).toEqual([
    { notice: 'write-failing', message: `${sentence} New messages wait in memory; writing is tried again until it works.` },
    { notice: 'write-resumed', message: expect.stringMatching(/^The workspace can be written again, after \d+ s\.$/) },
  ])
  expect(said('failing')[0]).toEqual({ failing: sentence })
  expect(said('refused')).toEqual([{ refused: 'store/failing', message: sentence }])
  expect(said('pressure')).toEqual([{ pressure: true }, { pressure: false }])
  expect(said('full')).toEqual([{ full: true, droppedRows: 1, readable: 5, counters: 0 }])
  const end = said('sent')[0] as { sent: number, committed: number }
  expect(end).toMatchObject({ counters: [{ name: 'kept' }], failing: null, queuedRows: 0 })
  expect(end.committed).toBe(end.sent)
  expect(end.sent * 11_000).toBeGreaterThan(limits.writeQueueBytesMax)

  const { store } = await openTestStore({ dir, migrations: [{ version: 1, name: 'counter', sql: '' }], keepTracesDays: 36_500 })
  const { points } = await store.series.buckets(1, 'Counter', { fromAt: 0, toAt: 1e13, buckets: 1 })
  expect(points).toBe(end.sent)
}, 60_000)
