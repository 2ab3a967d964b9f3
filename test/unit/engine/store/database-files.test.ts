import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildSegmentName, compareSegmentNames, databaseBytes, nextSegmentNumber, parseSegmentName, removeDatabase, setDatabaseAside } from '../../../../src/engine/store/database-files.ts'
import { tempFolder } from '../../../support/temp-folder.ts'

it('reads the name of a segment, and nothing else as one', () => {
  expect(parseSegmentName(buildSegmentName('2026-11-21', 7))).toEqual({ file: '2026-11-21-007.db', day: '2026-11-21', number: 7 })
  for (const file of ['2026-11-21-007.db-wal', '2026-11-21-007.db.damaged', 'thingbench.db', '2026-11-21.db'])
    expect(parseSegmentName(file)).toBeUndefined()
})

it('orders segments by day and number, also beyond a thousand a day', () => {
  const names = ['2026-11-22-001.db', '2026-11-21-1000.db', '2026-11-21-999.db'].map(file => parseSegmentName(file)!)
  expect(names.sort(compareSegmentNames).map(({ file }) => file)).toEqual(['2026-11-21-999.db', '2026-11-21-1000.db', '2026-11-22-001.db'])
})

it('gives a new segment a number that no file of the day has, damaged ones included', () => {
  const files = ['2026-11-20-009.db', '2026-11-21-001.db', '2026-11-21-002.db.damaged', '2026-11-21-003.db.damaged-2']
  expect(nextSegmentNumber(files, '2026-11-21')).toBe(4)
  expect(nextSegmentNumber(files, '2026-11-22')).toBe(1)
})

it('sets a database aside with its companions and never over another one', () => {
  const dir = tempFolder()
  const path = join(dir, 'a.db')
  for (const round of ['first', 'second']) {
    writeFileSync(path, round)
    writeFileSync(`${path}-wal`, round)
    setDatabaseAside(path)
  }
  expect(readdirSync(dir).sort()).toEqual(['a.db.damaged', 'a.db.damaged-2', 'a.db.damaged-2-wal', 'a.db.damaged-wal'])
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('first')
})

it('counts and removes a database with its companions', async () => {
  const path = join(tempFolder(), 'a.db')
  writeFileSync(path, '12345')
  writeFileSync(`${path}-wal`, '123')
  expect(databaseBytes(path)).toBe(8)
  await removeDatabase(path)
  expect(existsSync(path) || existsSync(`${path}-wal`)).toBe(false)
  expect(databaseBytes(path)).toBe(0)
})
