import type { TraceFilter } from '../../../../../src/engine/store/types.ts'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../../../../src/engine/store/migrate.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { addAnswerFunctions } from '../../../../../src/engine/store/read/answers.ts'
import { buildTraceQuery, idBounds } from '../../../../../src/engine/store/read/trace-query.ts'
import { searchableVersion, segmentMigrations } from '../../../../../src/engine/store/schema.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

/** How SQLite would go about it: the steps of its plan for rows and window. */
function planOf(filter: TraceFilter, newestFirst: boolean, version = segmentMigrations.length): { rows: string[], window: string[] } {
  const db = openConnection(join(tempFolder(), 'segment.db'))
  onTestFinished(() => { db.close() })
  migrate(db, segmentMigrations.slice(0, version))
  db.function('wanted_device', _id => 1)
  addAnswerFunctions(db)
  const query = buildTraceQuery(filter, newestFirst, { isSearchable: version >= searchableVersion })
  const explain = (sql: string, params: unknown[]) => (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...params) as { detail: string }[]).map(({ detail }) => detail)
  return {
    rows: explain(query.rowsSql, [...query.rowsParams, 0, 1, 10]),
    window: explain(query.windowSql, [...query.windowParams, 0, 1, 10]),
  }
}

it.each<[string, TraceFilter, RegExp]>([
  ['the rows of a device', { deviceId: 1 }, /^SEARCH trace USING INDEX trace_device \(device_id=\? AND rowid>\? AND rowid<\?\)/],
  ['the failures', { code: 'failed' }, /^SEARCH trace USING INDEX trace_failed \(id>\? AND id<\?\)/],
  ['one code of failure', { code: 6320 }, /^SEARCH trace USING INDEX trace_code \(code=\? AND rowid>\? AND rowid<\?\)/],
  ['the failures of a device', { deviceId: 1, code: 'failed' }, /^SEARCH trace USING INDEX trace_failed \(id>\? AND id<\?\)/],
  ['one code of a device', { deviceId: 1, code: 6320 }, /^SEARCH trace USING INDEX trace_failed \(id>\? AND id<\?\)/],
  ['late rows', { lagAboveMs: 100 }, /^SEARCH trace USING INDEX trace_late \(id>\? AND id<\?\)/],
  ['late rows of a device', { deviceId: 1, lagAboveMs: 500 }, /^SEARCH trace USING INDEX trace_late/],
  ['rows that are hardly late', { lagAboveMs: 99 }, /^SEARCH trace USING INTEGER PRIMARY KEY/],
  ['a text', { text: 'x', topic: 'y', deviceIds: [1], direction: 'up', code: 200 }, /^SEARCH trace USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/],
  ['everything', {}, /^SEARCH trace USING INTEGER PRIMARY KEY/],
])('finds %s through the right index, in order, without sorting', (_, filter, plan) => {
  for (const newestFirst of [true, false]) {
    const { rows, window } = planOf(filter, newestFirst)
    expect(rows[0]).toMatch(plan)
    expect([...rows, ...window].join()).not.toMatch(/TEMP B-TREE/)
  }
})

it('walks an index alone to find the next window of a device or of failures', () => {
  expect(planOf({ deviceId: 1, text: 'x' }, true).window.join()).toMatch(/COVERING INDEX trace_device/)
  expect(planOf({ code: 'failed', deviceId: 1 }, true).window.join()).toMatch(/COVERING INDEX trace_failed/)
})

it('finds a journey by the row that began it and by the index of causes, which is the only thing that is sorted', () => {
  const { rows } = planOf({ journeyId: 5, deviceId: 1 }, true)
  expect(rows[0]).toMatch(/^SEARCH trace USING INTEGER PRIMARY KEY \(rowid=\?\)/)
  expect(rows.join()).toMatch(/INDEX trace_cause \(cause_id=\?\)/)
})

it('looks for the answer to a message by the index of causes, and among the rows of its device where there is none', () => {
  expect(planOf({ answered: false }, true).rows.join()).toMatch(/^SEARCH trace USING INTEGER PRIMARY KEY.*SEARCH answer USING INDEX trace_cause \(cause_id=\? AND rowid>\?\)/)
  expect(planOf({ answered: false }, true, 1).rows.join()).toMatch(/SEARCH answer USING INDEX trace_device \(device_id=\? AND rowid>\?\)/)
})

it('makes do with what a segment of version 1 has', () => {
  expect(planOf({ deviceId: 1, code: 'failed' }, true, 1).rows[0]).toMatch(/INDEX trace_device/)
  expect(planOf({ code: 6320 }, true, 1).rows[0]).toMatch(/INDEX trace_failed/)
  for (const filter of [{ journeyId: 5 }, { lagAboveMs: 500 }, { topic: 'x' }])
    expect(planOf(filter, true, 1).rows[0]).toMatch(/^SEARCH trace USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/)
})

it('takes the wildcards of LIKE in a text literally', () => {
  expect(buildTraceQuery({ text: '50%_\\' }, true, { isSearchable: true }).rowsParams).toEqual(['%50\\%\\_\\\\%'])
})

it('turns times and pages into ids, times inclusive to the millisecond and pages exclusive', () => {
  expect(idBounds({ fromAt: 10, toAt: 11 }, undefined, undefined)).toEqual({ above: 10 * 4096 - 1, below: 12 * 4096 })
  expect(idBounds({ fromAt: 10, toAt: 20 }, 15 * 4096, undefined)).toEqual({ above: 10 * 4096 - 1, below: 15 * 4096 })
  expect(idBounds({ fromAt: 10, toAt: 20 }, undefined, 15 * 4096)).toEqual({ above: 15 * 4096, below: 21 * 4096 })
  expect(idBounds({ ids: { first: 10, last: 12 }, journeyId: 11 })).toEqual({ above: 10, below: 13 })
  expect(idBounds({}, undefined, undefined)).toEqual({ above: -1, below: Number.MAX_SAFE_INTEGER })
})
