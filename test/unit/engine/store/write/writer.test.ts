import type { BatchMessage, FromWriter } from '../../../../../src/engine/store/messages.ts'
import type { RegistryGroup } from '../../../../../src/engine/store/queue/trace-batch.ts'
import type { Writer } from '../../../../../src/engine/store/write/writer.ts'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { TraceBatch } from '../../../../../src/engine/store/queue/trace-batch.ts'
import { createWriter } from '../../../../../src/engine/store/write/writer.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'
import { entry, startAt } from '../store-fixture.ts'

const sqls = ['INSERT INTO pair VALUES (?, zeroblob(?))', 'PRAGMA max_page_count = 8', 'PRAGMA max_page_count = 1000000']
const insert = (id: number, bytes: number): RegistryGroup => ({ id, statements: [[0, [`pair ${id}`, bytes]]] })

interface Opened { dir: string, writer: Writer, said: FromWriter[], kinds: () => string[] }

function open(dir = tempFolder()): Opened {
  const said: FromWriter[] = []
  const writer = createWriter({ dir, migrations: [{ version: 1, name: 'pairs', sql: 'CREATE TABLE pair (name TEXT PRIMARY KEY, value)' }], segmentBytesMax: 2 ** 30 }, message => said.push(message))
  onTestFinished(() => writer.handle({ kind: 'close' }))
  return { dir, writer, said, kinds: () => said.splice(0).map(({ kind }) => kind) }
}

function batch(rowIds: number[], ...groups: RegistryGroup[]): BatchMessage {
  const traces = new TraceBatch()
  for (const id of rowIds)
    traces.add(id, entry({ at: Math.floor(id / 4096) }))
  return { kind: 'batch', traces: rowIds.length > 0 ? traces.take().columns : null, amendments: [], sqls, groups }
}

function names(dir: string) {
  const db = openConnection(join(dir, 'thingbench.db'), { readonly: true })
  const found = db.prepare<[], string>('SELECT name FROM pair').pluck().all()
  db.close()
  return found
}

const firstId = startAt * 4096

it('keeps a batch that a full disk refuses, and those behind it, and commits them in order when there is room', () => {
  const { dir, writer, said, kinds } = open()
  writer.handle(batch([], { id: 1, statements: [[1, []]] }))
  kinds()
  writer.handle(batch([firstId], insert(2, 100_000)))
  writer.handle(batch([firstId + 1], insert(3, 10)))
  expect(said).toMatchObject([{ kind: 'failing', message: `The workspace ${dir} cannot be written: the disk is full (SQLITE_FULL).` }])
  kinds()
  writer.handle({ kind: 'retry' })
  expect(kinds()).toEqual(['failing'])
  writer.handle({ kind: 'withdraw', groups: [2, 99] })
  expect(said.splice(0)).toEqual([{ kind: 'withdrawn', groups: [2], done: [] }])
  writer.handle({ kind: 'retry' })
  expect(said.splice(0)).toMatchObject([
    { kind: 'committed', rows: 1, groups: [], segment: { lastId: firstId, rows: 1 } },
    { kind: 'committed', rows: 1, groups: [3], segment: { lastId: firstId + 1, rows: 2 } },
  ])
  expect(names(dir)).toEqual(['pair 3'])
})

it('commits what a message changes before the message, and not again when only the message has to be tried again', () => {
  const { dir, writer, said } = open()
  writer.handle(batch([firstId]))
  const other = openConnection(join(dir, 'traces', '2025-01-01-001.db'))
  other.exec('BEGIN IMMEDIATE')
  writer.handle(batch([firstId + 1], insert(2, 1)))
  expect(said.at(-1)).toMatchObject({ kind: 'failing' })
  expect(names(dir)).toEqual(['pair 2'])
  writer.handle({ kind: 'withdraw', groups: [2] })
  expect(said.at(-1)).toEqual({ kind: 'withdrawn', groups: [], done: [2] })
  other.exec('COMMIT')
  other.close()
  writer.handle({ kind: 'retry' })
  expect(said.at(-1)).toMatchObject({ kind: 'committed', rows: 1, groups: [2], refusedGroups: [], segment: { rows: 2 } })
})

it('tells how much was lost when it is closed while the disk refuses', () => {
  const { writer, said } = open()
  writer.handle(batch([], { id: 1, statements: [[1, []]] }))
  writer.handle(batch([firstId], insert(2, 100_000)))
  writer.handle(batch([firstId + 1, firstId + 2], insert(3, 1)))
  writer.handle({ kind: 'close' })
  expect(said.at(-1)).toEqual({ kind: 'closed', lost: '3 messages and 2 changes could not be written before the end; none of them had been acknowledged.' })
})

it('commits what it could not write before when it is closed', () => {
  const { dir, writer, said } = open()
  const other = openConnection(join(dir, 'thingbench.db'))
  other.exec('BEGIN IMMEDIATE')
  writer.handle(batch([firstId], insert(2, 1)))
  expect(said.at(-1)).toMatchObject({ kind: 'failing', message: expect.stringContaining('another program has the file locked (SQLITE_BUSY)') })
  other.exec('COMMIT')
  other.close()
  writer.handle({ kind: 'close' })
  expect(said.at(-1)).toEqual({ kind: 'closed', lost: null })
  expect(names(dir)).toEqual(['pair 2'])
  expect(open(dir).said[0]).toMatchObject({ kind: 'opened', lastId: firstId })
})

it('drops and counts a row that SQLite will not take, and keeps the others', () => {
  const { writer, said } = open()
  const message = batch([firstId, firstId + 1, firstId + 2])
  message.traces!.deviceIds[1] = Number.NaN
  writer.handle(message)
  expect(said.at(-1)).toMatchObject({ kind: 'committed', rows: 3, refusedRows: 1, refusedBecause: 'SqliteError: NOT NULL constraint failed: trace.device_id', segment: { rows: 2 } })
})
