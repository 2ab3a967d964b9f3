import type { Connection } from '../../../../src/engine/store/open.ts'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { migrate } from '../../../../src/engine/store/migrate.ts'
import { openConnection } from '../../../../src/engine/store/open.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

const first = { version: 1, name: 'one', sql: 'CREATE TABLE one (a)' }
const second = { version: 2, name: 'two', sql: 'CREATE TABLE two (a); INSERT INTO two VALUES (1)' }

function database(): Connection {
  const db = openConnection(join(tempFolder(), 'test.db'))
  onTestFinished(() => { db.close() })
  return db
}

const versionOf = (db: Connection) => db.pragma('user_version', { simple: true })

it('runs every migration once, also those that were added later', () => {
  const db = database()
  migrate(db, [first])
  migrate(db, [first, second])
  migrate(db, [first, second])
  expect(db.prepare('SELECT count(*) AS n FROM two').get()).toEqual({ n: 1 })
  expect(versionOf(db)).toBe(2)
})

it('leaves nothing of a migration that fails', () => {
  const db = database()
  const broken = { version: 2, name: 'broken', sql: 'CREATE TABLE two (a); INSERT INTO nowhere VALUES (1)' }
  expect(() => migrate(db, [first, broken])).toThrow(/nowhere/)
  expect(versionOf(db)).toBe(1)
  migrate(db, [first, second])
  expect(versionOf(db)).toBe(2)
})

it('refuses migrations that are not numbered without a gap', () => {
  const db = database()
  expect(() => migrate(db, [second])).toThrow('expected 1, got 2 ("two")')
  expect(() => migrate(db, [first, { ...second, version: 3 }])).toThrow('expected 2, got 3 ("two")')
})

it('refuses a file of a newer version with a sentence that names it', () => {
  const db = database()
  migrate(db, [first, second])
  expect(() => migrate(db, [first])).toThrow(expect.objectContaining({
    code: 'workspace/newer',
    message: expect.stringMatching(/test\.db was written by a newer version of Thingbench \(format 2, this version knows 1\)/),
  }))
})
