import type { RefusedGroup } from '../messages.ts'
import type { Connection, Prepared } from '../open.ts'
import type { RegistryGroup } from '../queue/trace-batch.ts'
import type { Migration, SqlParams } from '../types.ts'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { registryFile } from '../database-files.ts'
import { migrate } from '../migrate.ts'
import { openConnection } from '../open.ts'
import { causeOf, faultOf } from '../storage-fault.ts'

/** Prepared statements kept; the features declare a few dozen. */
const preparedMax = 1_000

/** The registry database: writes groups of statements, many groups in one commit. */
export interface RegistryWriter {
  readonly sqliteVersion: string
  /**
   * Carries out every group, each whole or not at all, in one commit. A group with a wrong statement is refused and
   * the others go on. Throws when the disk refuses; then none of them has taken place.
   */
  write: (sqls: string[], groups: RegistryGroup[]) => RefusedGroup[]
  /** Opens the file anew, for when its disk has come back. */
  reopen: () => void
  close: () => void
}

/**
 * Opens `thingbench.db` and brings it to the newest version. Throws AppError workspace/newer or workspace/damaged: the
 * registry is what cannot be made again, so it is never replaced.
 */
export function createRegistryWriter(dir: string, migrations: readonly Migration[]): RegistryWriter {
  const path = join(dir, registryFile)
  const prepared = new Map<string, Prepared>()
  let db = open(false)

  function open(mustExist: boolean): Connection {
    let opened: Connection | undefined
    try {
      opened = openConnection(path, { mustExist })
      migrate(opened, migrations)
      return opened
    }
    catch (error) {
      opened?.close()
      throw faultOf(error) === 'damaged' ? registryDamaged(path, error) : error
    }
  }

  function run(sql: string, params: SqlParams): void {
    let statement = prepared.get(sql)
    if (!statement) {
      if (prepared.size >= preparedMax)
        prepared.clear()
      statement = db.prepare(sql)
      prepared.set(sql, statement)
    }
    if (statement.reader)
      statement.all(params)
    else
      statement.run(params)
  }

  /** Undefined when the group took place, otherwise why it did not. Throws what is not the group's fault. */
  function runGroup(sqls: string[], { statements }: RegistryGroup): string | undefined {
    const single = statements.length === 1
    if (!single)
      db.exec('SAVEPOINT one_group')
    try {
      for (const [sql, params] of statements)
        run(sqls[sql]!, params)
      if (!single)
        db.exec('RELEASE one_group')
      return undefined
    }
    catch (error) {
      if (faultOf(error) !== 'statement')
        throw error
      if (!single && db.inTransaction)
        db.exec('ROLLBACK TO one_group; RELEASE one_group')
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** One attempt; a group that ended the whole transaction (OR ROLLBACK) is refused and the rest starts over. */
  function attempt(sqls: string[], groups: RegistryGroup[], refused: Map<number, string>): boolean {
    db.exec('BEGIN IMMEDIATE')
    for (const group of groups) {
      if (refused.has(group.id))
        continue
      const because = runGroup(sqls, group)
      if (because === undefined)
        continue
      refused.set(group.id, because)
      if (!db.inTransaction)
        return false
    }
    db.exec('COMMIT')
    return true
  }

  return {
    sqliteVersion: db.prepare<[], string>('SELECT sqlite_version()').pluck().get()!,
    write(sqls, groups) {
      const refused = new Map<number, string>()
      try {
        while (!attempt(sqls, groups, refused)) { /* One more group is refused each time. */ }
      }
      catch (error) {
        if (db.inTransaction)
          db.exec('ROLLBACK')
        throw faultOf(error) === 'damaged' ? registryDamaged(path, error) : error
      }
      return [...refused].map(([id, message]) => ({ id, message }))
    },
    reopen() {
      // A registry that is gone is not silently begun anew.
      const anew = open(true)
      db.close()
      db = anew
      prepared.clear()
    },
    close: () => { db.close() },
  }
}

/** The error for a registry database that cannot be read. */
export function registryDamaged(path: string, error: unknown): AppError {
  return new AppError(
    'workspace/damaged',
    `The registry database ${path} is damaged: ${causeOf(error)}. Put a copy of it back, or choose another workspace; Thingbench does not replace it.`,
    { file: path },
  )
}
