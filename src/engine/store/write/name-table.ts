import type { Connection } from '../open.ts'

/** Names remembered before all are forgotten and asked for again. */
const namesMax = 100_000

/** A table of names of a segment (`topic`, `property`) that other rows refer to by number. */
export interface NameTable {
  /** The number of a name, given to it now when it is new; inside a transaction of the caller. */
  idOf: (name: string) => number
  /** Forgets what it remembers; after a transaction that was rolled back. */
  forget: () => void
}

/** For one of the tables of an open segment; a failed statement throws SQLite's error. */
export function createNameTable(db: Connection, table: 'topic' | 'property'): NameTable {
  const ids = new Map<string, number>()
  const find = db.prepare<[string], number>(`SELECT id FROM ${table} WHERE name = ?`).pluck()
  const insert = db.prepare<[string]>(`INSERT INTO ${table} (name) VALUES (?)`)

  return {
    idOf(name) {
      const known = ids.get(name)
      if (known !== undefined)
        return known
      const id = find.get(name) ?? Number(insert.run(name).lastInsertRowid)
      if (ids.size >= namesMax)
        ids.clear()
      ids.set(name, id)
      return id
    },
    forget: () => ids.clear(),
  }
}
