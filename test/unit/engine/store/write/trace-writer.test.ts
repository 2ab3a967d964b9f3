import type { SegmentInfo } from '../../../../../src/engine/store/messages.ts'
import type { TraceWriter } from '../../../../../src/engine/store/write/trace-writer.ts'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { segmentPath, tracesFolder } from '../../../../../src/engine/store/database-files.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { TraceBatch } from '../../../../../src/engine/store/queue/trace-batch.ts'
import { createTraceWriter } from '../../../../../src/engine/store/write/trace-writer.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'
import { entry, startAt } from '../store-fixture.ts'

interface Opened { dir: string, traces: TraceWriter, rolled: SegmentInfo[], damaged: string[] }

function open(dir = tempFolder(), segmentBytesMax = 2 ** 30): Opened {
  const rolled: SegmentInfo[] = []
  const damaged: string[] = []
  const traces = createTraceWriter({ dir, segmentBytesMax, onRolled: segment => rolled.push(segment), onDamaged: (file, message) => damaged.push(`${file}: ${message}`) })
  onTestFinished(() => traces.close())
  return { dir, traces, rolled, damaged }
}

/** Writes rows that arrived at these instants, one id each. */
function write(traces: TraceWriter, ...ats: number[]): void {
  const batch = new TraceBatch()
  for (const at of ats)
    batch.add(at * 4096, entry({ at, samples: [{ property: 'a', at, value: 1 }] }))
  const { columns } = batch.take()
  for (let row = 0; row < columns.rows;)
    row = traces.writeRun(columns, row).to
}

const dayMs = 24 * 3600_000
const filesIn = (dir: string) => readdirSync(join(dir, tracesFolder)).filter(file => !/-wal$|-shm$/.test(file))

it('begins a segment with every UTC day and makes no file before there is a row for it', () => {
  const { dir, traces, rolled } = open()
  expect(filesIn(dir)).toEqual([])
  write(traces, startAt, startAt + dayMs - 1, startAt + dayMs, startAt + 3 * dayMs)
  expect(traces.segments().map(({ file, rows }) => `${file} ${rows}`)).toEqual(['2025-01-01-001.db 2', '2025-01-02-001.db 1', '2025-01-04-001.db 1'])
  expect(rolled.map(({ file }) => file)).toEqual(['2025-01-01-001.db', '2025-01-02-001.db'])
})

it('begins another segment of the day when one is full', () => {
  const { traces } = open(undefined, 1)
  write(traces, startAt)
  write(traces, startAt + 1)
  expect(traces.segments().map(({ file }) => file)).toEqual(['2025-01-01-001.db', '2025-01-01-002.db'])
})

it('goes on in the newest segment after a restart and seals the others into single files', () => {
  const first = open()
  write(first.traces, startAt, startAt + dayMs, startAt + 2 * dayMs)
  first.traces.close()
  const { traces, dir } = open(first.dir)
  write(traces, startAt + 2 * dayMs + 5)
  expect(traces.segments().map(({ file, rows }) => `${file} ${rows}`)).toEqual(['2025-01-01-001.db 1', '2025-01-02-001.db 1', '2025-01-03-001.db 2'])
  expect(traces.lastId).toBe((startAt + 2 * dayMs + 5) * 4096)
  expect(existsSync(`${segmentPath(dir, '2025-01-01-001.db')}-wal`)).toBe(false)
})

it('does not write a row twice when a commit took place that had reported a failure', () => {
  const { dir, traces } = open()
  write(traces, startAt)
  const other = openConnection(segmentPath(dir, '2025-01-01-001.db'))
  other.exec('BEGIN IMMEDIATE')
  const batch = new TraceBatch()
  batch.add((startAt + 1) * 4096, entry())
  batch.add((startAt + 2) * 4096, entry())
  const { columns } = batch.take()
  expect(() => traces.writeRun(columns, 0)).toThrow(/locked/)
  other.exec(`COMMIT; INSERT INTO trace (id, at_shift, device_id, direction, qos, topic_id, payload) VALUES (${(startAt + 1) * 4096}, 0, 1, 0, 0, 1, '')`)
  other.close()
  expect(traces.writeRun(columns, 0)).toMatchObject({ to: 2, refused: 0 })
  expect(traces.openInfo()).toMatchObject({ rows: 3 })
})

it('deletes a segment that was begun and never got a row', () => {
  const dir = tempFolder()
  open(dir).traces.close()
  writeFileSync(segmentPath(dir, '2025-01-01-001.db'), '')
  const { traces, damaged } = open(dir)
  expect([traces.segments(), damaged, filesIn(dir)]).toEqual([[], [], []])
})

it('visits the samples of all segments after an id, to the end', () => {
  const { traces } = open(undefined, 1)
  for (let i = 0; i < 3; i++)
    write(traces, startAt + i)
  const seen: number[] = []
  let after: number | null = startAt * 4096
  while (after !== null)
    after = traces.visitSamples(after, (_rowId, _deviceId, _property, at) => seen.push(at - startAt))
  expect(seen).toEqual([1, 2])
})

it('changes verdicts in finished segments and passes over rows that are gone', () => {
  const { dir, traces } = open(undefined, 1)
  write(traces, startAt)
  write(traces, startAt + 1)
  traces.amend([{ id: startAt * 4096, code: 6320, detail: '{}' }, { id: 17, code: 1, detail: null }])
  const db = openConnection(segmentPath(dir, '2025-01-01-001.db'), { readonly: true })
  expect(db.prepare('SELECT code, detail FROM trace').all()).toEqual([{ code: 6320, detail: '{}' }])
  db.close()
})

it('sets an open segment that turns out damaged aside and goes on in a new one', () => {
  const { dir, traces, damaged } = open()
  write(traces, startAt)
  traces.setAside('2025-01-01-001.db', 'a test says so')
  write(traces, startAt + 1)
  expect(traces.segments().map(({ file, rows }) => `${file} ${rows}`)).toEqual(['2025-01-01-002.db 1'])
  expect(filesIn(dir)).toEqual(['2025-01-01-001.db.damaged', '2025-01-01-002.db'])
  expect(damaged).toEqual(['2025-01-01-001.db: Trace segment 2025-01-01-001.db is damaged: a test says so. It was set aside as 2025-01-01-001.db.damaged; the messages in it are missing from the trace.'])
})

it('leaves no beginnings of segments behind while none can be made', () => {
  const { dir, traces } = open()
  // A folder where the file should be: what stands in the way differs, what SQLite says is the same.
  mkdirSync(`${segmentPath(dir, '2025-01-01-001.db')}-wal`)
  for (let attempt = 0; attempt < 3; attempt++)
    expect(() => write(traces, startAt)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^SQLITE_(CANTOPEN|IOERR)/) }))
  expect(filesIn(dir)).toEqual([])
})

it('goes on in a new segment when someone has deleted the open one', () => {
  const { dir, traces, damaged } = open()
  write(traces, startAt)
  rmSync(join(dir, tracesFolder), { recursive: true })
  traces.reopen()
  write(traces, startAt + 1)
  expect(damaged).toEqual(['2025-01-01-001.db: Trace segment 2025-01-01-001.db is gone; the messages in it are missing from the trace.'])
  expect(traces.segments()).toMatchObject([{ rows: 1 }])
})
