import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { registryFile } from '../../../../../src/engine/store/database-files.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { createConnectionPool } from '../../../../../src/engine/store/read/connection-pool.ts'
import { readRegistry } from '../../../../../src/engine/store/read/registry-reader.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

function open() {
  const pool = createConnectionPool(() => {})
  onTestFinished(() => pool.close())
  const dir = tempFolder()
  openConnection(join(dir, registryFile)).close()
  return { dir, pool }
}

it('gives columns and values, with integers as numbers where that is exact', () => {
  const { dir, pool } = open()
  expect(readRegistry(dir, pool, 'test', 'SELECT ? AS a, 9007199254740993 AS b, 0.5 AS c, NULL AS d', [1])).toEqual({ columns: ['a', 'b', 'c', 'd'], rows: [[1, 9007199254740993n, 0.5, null]] })
})

it('stops a query that takes too long', () => {
  const { dir, pool } = open()
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n'
  expect(() => readRegistry(dir, pool, 'endless', endless, [], 5)).toThrow(expect.objectContaining({ code: 'store/query-timeout', message: 'The query endless was stopped after 5 ms.' }))
})

it('names a damaged database', () => {
  const { dir, pool } = open()
  writeFileSync(join(dir, registryFile), 'no database '.repeat(1000))
  expect(() => readRegistry(dir, pool, 'test', 'SELECT * FROM sqlite_schema', [])).toThrow(expect.objectContaining({ code: 'workspace/damaged' }))
})
