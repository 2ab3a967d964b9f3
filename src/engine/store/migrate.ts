import type { Connection } from './open.ts'
import type { Migration } from './types.ts'
import { basename } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { inTransaction } from './open.ts'

/**
 * Brings a database file to the newest version: runs every migration above its `PRAGMA user_version`, each in a
 * transaction of its own. Throws AppError workspace/newer for a file written by a newer version of the product, and a
 * plain Error when the migrations are not numbered 1, 2, 3, …: one inserted later would never run on existing files.
 */
export function migrate(db: Connection, migrations: readonly Migration[]): void {
  migrations.forEach(({ version, name }, index) => {
    if (version !== index + 1)
      throw new Error(`Migrations are numbered 1, 2, 3, … in order: expected ${index + 1}, got ${version} ("${name}").`)
  })
  const found = db.pragma('user_version', { simple: true }) as number
  if (found > migrations.length) {
    throw new AppError(
      'workspace/newer',
      `${db.name} was written by a newer version of Thingbench (format ${found}, this version knows ${migrations.length}). Update Thingbench, or choose another workspace.`,
      { file: basename(db.name), found, known: migrations.length },
    )
  }
  for (const { version, sql } of migrations.slice(found)) {
    inTransaction(db, () => {
      db.exec(sql)
      db.pragma(`user_version = ${version}`)
    })
  }
}
