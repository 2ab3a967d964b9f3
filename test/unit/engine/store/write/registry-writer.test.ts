import type { RegistryGroup } from '../../../../../src/engine/store/queue/trace-batch.ts'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { registryFile } from '../../../../../src/engine/store/database-files.ts'
import { openConnection } from '../../../../../src/engine/store/open.ts'
import { createRegistryWriter } from '../../../../../src/engine/store/write/registry-writer.ts'
import { tempFolder } from '../../../../support/temp-folder.ts'

const migrations = [{ version: 1, name: 'pairs', sql: 'CREATE TABLE pair (name TEXT PRIMARY KEY, value)' }]
const sqls = ['INSERT INTO pair VALUES (?, ?)', 'INSERT OR ROLLBACK INTO pair VALUES (?, ?)', 'INSERT INTO pair VALUES (?, ?) RETURNING name', 'PRAGMA max_page_count = 6', 'INSERT INTO pair VALUES (?, zeroblob(100000))']

function openRegistry() {
  const dir = tempFolder()
  const registry = createRegistryWriter(dir, migrations)
  onTestFinished(() => registry.close())
  return {
    dir,
    registry,
    names() {
      const db = openConnection(join(dir, registryFile), { readonly: true })
      const names = db.prepare<[], string>('SELECT name FROM pair ORDER BY rowid').pluck().all()
      db.close()
      return names
    },
  }
}

const group = (id: number, ...statements: RegistryGroup['statements']): RegistryGroup => ({ id, statements })

it('refuses a group whole, with what SQLite says, and carries the others out', () => {
  const { registry, names } = openRegistry()
  const refused = registry.write(sqls, [
    group(1, [0, ['a', 1]]),
    group(2, [0, ['b', 1]], [0, ['a', 1]]),
    group(3, [0, ['a', 1]]),
    group(4, [0, ['only one parameter']]),
    group(5, [0, ['c', 1]]),
    group(6),
  ])
  expect(refused).toEqual([
    { id: 2, message: 'UNIQUE constraint failed: pair.name' },
    { id: 3, message: 'UNIQUE constraint failed: pair.name' },
    { id: 4, message: 'Too few parameter values were provided' },
  ])
  expect(names()).toEqual(['a', 'c'])
})

it('carries the others out even when a statement takes the whole transaction back', () => {
  const { registry, names } = openRegistry()
  const refused = registry.write(sqls, [group(1, [0, ['a', 1]]), group(2, [1, ['a', 1]]), group(3, [1, ['b', 1]], [1, ['a', 1]]), group(4, [0, ['c', 1]])])
  expect(refused.map(({ id }) => id)).toEqual([2, 3])
  expect(names()).toEqual(['a', 'c'])
})

it('runs statements that return rows', () => {
  const { registry, names } = openRegistry()
  expect(registry.write(sqls, [group(1, [2, ['a', 1]])])).toEqual([])
  expect(names()).toEqual(['a'])
})

it('throws and changes nothing when the disk is full', () => {
  const { registry, names } = openRegistry()
  registry.write(sqls, [group(1, [3, []])])
  expect(() => registry.write(sqls, [group(2, [0, ['a', 1]]), group(3, [4, ['b']])])).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }))
  expect(names()).toEqual([])
  registry.write(sqls, [group(2, [0, ['a', 1]])])
  expect(names()).toEqual(['a'])
})

it('goes on with a new connection after it was opened anew', () => {
  const { registry, names } = openRegistry()
  registry.write(sqls, [group(1, [0, ['a', 1]])])
  registry.reopen()
  registry.write(sqls, [group(2, [0, ['b', 1]])])
  expect(names()).toEqual(['a', 'b'])
})

it('does not begin a new registry in place of one that is gone', () => {
  const { dir, registry } = openRegistry()
  rmSync(join(dir, registryFile))
  expect(() => registry.reopen()).toThrow(expect.objectContaining({ code: 'SQLITE_CANTOPEN' }))
})

it('says which file is damaged and leaves it alone', () => {
  const dir = tempFolder()
  const path = join(dir, registryFile)
  writeFileSync(path, 'this is a letter, not a database'.repeat(100))
  expect(() => createRegistryWriter(dir, migrations)).toThrow(expect.objectContaining({
    code: 'workspace/damaged',
    message: `The registry database ${path} is damaged: it is not a SQLite database (SQLITE_NOTADB). Put a copy of it back, or choose another workspace; Thingbench does not replace it.`,
  }))
})
