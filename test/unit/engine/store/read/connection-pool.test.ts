import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { createConnectionPool } from '../../../../../src/engine/store/read/connection-pool.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

function open(files: number) {
  const dir = tempFolder()
  const paths = Array.from({ length: files }, (_, i) => join(dir, `${i}.db`))
  for (const path of paths)
    openConnection(path).close()
  let opened = 0
  const pool = createConnectionPool(() => opened++)
  onTestFinished(() => pool.close())
  return { pool, paths, opened: () => opened }
}

it('opens a file once and prepares a statement once', () => {
  const { pool, paths, opened } = open(1)
  const connection = pool.open(paths[0]!)
  expect(pool.open(paths[0]!)).toBe(connection)
  expect(connection.prepare('SELECT 1')).toBe(connection.prepare('SELECT 1'))
  expect(opened()).toBe(1)
})

it('closes the file that was not used for the longest time when too many are open', () => {
  const { pool, paths } = open(17)
  const [first, second] = paths.slice(0, 16).map(path => pool.open(path))
  pool.open(paths[0]!)
  pool.open(paths[16]!)
  expect([first!.db.open, second!.db.open]).toEqual([true, false])
})

it('opens a file anew after it was released', () => {
  const { pool, paths } = open(1)
  const before = pool.open(paths[0]!)
  pool.release(paths[0]!)
  expect(before.db.open).toBe(false)
  expect(pool.open(paths[0]!).db.open).toBe(true)
})

it('only reads', () => {
  const { pool, paths } = open(1)
  expect(() => pool.open(paths[0]!).db.exec('CREATE TABLE a (b)')).toThrow(/readonly/)
})
