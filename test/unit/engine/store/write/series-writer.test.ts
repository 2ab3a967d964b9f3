import type { SampleVisitor } from '../../../../../src/engine/store/write/segment.ts'
import type { SeriesWriter } from '../../../../../src/engine/store/write/series-writer.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { seriesFile } from '../../../../../src/engine/store/database-files.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { TraceBatch } from '../../../../../src/engine/store/queue/trace-batch.ts'
import { createSeriesWriter } from '../../../../../src/engine/store/write/series-writer.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'
import { reading } from '../store-fixture.ts'

/** The rows of a trace as far as series are concerned: row id, device, value. */
type Row = [rowId: number, deviceId: number, value: number]

interface Opened {
  series: SeriesWriter
  flushed: number[]
  damaged: string[]
  failing: string[]
  /** Commits rows: they are in the trace, and the series writer is fed. */
  commit: (...rows: Row[]) => void
  settle: () => void
  /** All points in the file, as device and value. */
  stored: () => string[]
  /** Ends it as a crash does: what was in memory is gone. */
  crash: () => Opened
}

function open(dir = tempFolder(), trace: Row[] = []): Opened {
  const flushed: number[] = []
  const damaged: string[] = []
  const failing: string[] = []
  const series = createSeriesWriter({
    dir,
    lastTraceId: () => trace.at(-1)?.[0] ?? 0,
    visitSamples(afterId: number, visit: SampleVisitor) {
      const rows = trace.filter(([rowId]) => rowId > afterId).slice(0, 3)
      for (const [rowId, deviceId, value] of rows)
        visit(rowId, deviceId, 'Temperature', rowId, value)
      return rows.at(-1)?.[0] ?? null
    },
    onFlushed: checkpointId => flushed.push(checkpointId),
    onDamaged: message => damaged.push(message),
    onFailing: message => failing.push(message),
  })
  onTestFinished(() => series.close())
  const settle = () => {
    while (series.step()) { /* Until there is nothing to do. */ }
  }
  return {
    series,
    flushed,
    damaged,
    failing,
    commit(...rows) {
      trace.push(...rows)
      const batch = new TraceBatch()
      for (const [rowId, deviceId, value] of rows)
        batch.add(rowId, reading(deviceId, rowId, value))
      series.feed(batch.take().columns)
    },
    settle,
    stored() {
      const db = openConnection(join(dir, seriesFile), { readonly: true })
      const rows = db.prepare('SELECT device_id AS deviceId, n, sum FROM block JOIN series ON series.id = series_id ORDER BY device_id, first_at').all() as { deviceId: number, n: number, sum: number }[]
      db.close()
      return rows.map(({ deviceId, n, sum }) => `device ${deviceId}: ${n} points, sum ${sum}`)
    },
    // The old writer is simply not used any more; its connection stays until the test ends, as a killed process leaves its files.
    crash: () => open(dir, trace),
  }
}

it('writes what waits when it is asked to, and says how far it has come', () => {
  const { series, commit, settle, stored, flushed } = open()
  settle()
  commit([1, 7, 10], [2, 8, 20], [3, 7, 30])
  settle()
  expect(stored()).toEqual([])
  series.startFlush()
  settle()
  expect(stored()).toEqual(['device 7: 2 points, sum 40', 'device 8: 1 points, sum 20'])
  expect([flushed, series.checkpointId]).toEqual([[3], 3])
})

it('reads points that were only in memory back from the trace after a crash, and none twice', () => {
  const before = open()
  before.settle()
  before.commit([1, 7, 10])
  before.series.startFlush()
  before.settle()
  before.commit([2, 7, 20], [3, 8, 5], [4, 7, 30], [5, 7, 40])
  const after = before.crash()
  after.settle()
  after.series.startFlush()
  after.settle()
  expect(after.stored()).toEqual(['device 7: 1 points, sum 10', 'device 7: 3 points, sum 90', 'device 8: 1 points, sum 5'])
})

it('does not write a full block twice that was written ahead of the checkpoint', () => {
  const before = open()
  before.settle()
  before.commit(...Array.from({ length: 4096 }, (_, i): Row => [i + 1, 7, 1]))
  before.settle()
  expect([before.stored(), before.series.checkpointId]).toEqual([['device 7: 4096 points, sum 4096'], 0])
  const after = before.crash()
  after.commit([5000, 7, 1], [5001, 8, 1])
  after.settle()
  after.series.startFlush()
  after.settle()
  expect(after.stored()).toEqual(['device 7: 4096 points, sum 4096', 'device 7: 1 points, sum 1', 'device 8: 1 points, sum 1'])
  expect(after.series.checkpointId).toBe(5001)
})

it('takes rows committed while it is still reading back, in their turn', () => {
  const before = open()
  before.settle()
  before.commit(...Array.from({ length: 10 }, (_, i): Row => [i + 1, 7, 1]))
  const after = before.crash()
  after.series.step()
  after.commit([11, 7, 1])
  after.settle()
  after.commit([12, 7, 1])
  after.series.startFlush()
  after.settle()
  expect(after.stored()).toEqual(['device 7: 12 points, sum 12'])
})

it('sets a damaged file aside and makes it again from the trace', () => {
  const dir = tempFolder()
  writeFileSync(join(dir, seriesFile), 'no database '.repeat(1000))
  const { series, settle, stored, damaged } = open(dir, [[1, 7, 10], [2, 7, 20]])
  settle()
  series.startFlush()
  settle()
  expect(damaged).toEqual(['The history of values, series.db, is damaged: it is not a SQLite database (SQLITE_NOTADB). It was set aside as series.db.damaged and is being made again from the messages kept in the trace.'])
  expect(stored()).toEqual(['device 7: 2 points, sum 30'])
})

it('catches up from the trace after the file could not be written', () => {
  const dir = tempFolder()
  const { series, commit, settle, stored, failing, flushed } = open(dir)
  settle()
  commit([1, 7, 10])
  const other = openConnection(join(dir, seriesFile))
  other.exec('BEGIN IMMEDIATE')
  series.startFlush()
  settle()
  expect(failing).toEqual(['The history of values cannot be written: another program has the file locked (SQLITE_BUSY). It is made up for from the trace as soon as that is possible.'])
  commit([2, 7, 20])
  other.exec('COMMIT')
  other.close()
  series.startFlush()
  settle()
  series.startFlush()
  settle()
  expect(stored()).toEqual(['device 7: 2 points, sum 30'])
  expect(flushed.at(-1)).toBe(2)
})

it('writes everything when it is closed, so that nothing is read back at the next start', () => {
  const before = open()
  before.settle()
  before.commit([1, 7, 10], [2, 7, 20])
  before.series.close()
  expect(before.crash().series.checkpointId).toBe(2)
})

it('deletes blocks of series that are too old, and the oldest while they take too much space', () => {
  const { series, commit, settle, stored } = open()
  settle()
  for (const first of [0, 10_000, 20_000]) {
    commit(...Array.from({ length: 4096 }, (_, i): Row => [first + i + 1, 7, 1]))
    settle()
  }
  series.startExpiry({ cutoffAt: 5_000, now: 25_000, bytesMax: Number.MAX_SAFE_INTEGER })
  settle()
  expect(stored()).toHaveLength(2)
  series.startExpiry({ cutoffAt: 5_000, now: 25_000, bytesMax: 0 })
  settle()
  expect(stored()).toHaveLength(0)
})
