import type { RegistryRows } from '../messages.ts'
import type { SqlParams, SqlValue } from '../types.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { registryFile } from '../database-files.ts'
import { faultOf } from '../storage-fault.ts'
import { registryDamaged } from '../write/registry-writer.ts'

/** Rows between two looks at the time. */
const rowsPerLook = 256

/**
 * Runs one read statement of the registry to its end. Throws AppError store/query-timeout after `timeLimitMs`,
 * workspace/damaged, or method/failed with SQLite's sentence for a wrong statement.
 */
export function readRegistry(dir: string, pool: ConnectionPool, name: string, sql: string, params: SqlParams, timeLimitMs: number = limits.readTimeoutMs): RegistryRows {
  const path = join(dir, registryFile)
  const startedAt = performance.now()
  try {
    const statement = pool.open(path).prepare(sql, prepared => prepared.raw().safeIntegers())
    const columns = statement.columns().map(column => column.name)
    const rows: SqlValue[][] = []
    for (const row of statement.iterate(...params) as IterableIterator<SqlValue[]>) {
      rows.push(row.map(toNumberWhereExact))
      if (rows.length % rowsPerLook === 0 && performance.now() - startedAt > timeLimitMs)
        throw new AppError('store/query-timeout', `The query ${name} was stopped after ${timeLimitMs} ms.`, { name })
    }
    return { columns, rows }
  }
  catch (error) {
    if (error instanceof AppError)
      throw error
    if (faultOf(error) === 'damaged') {
      pool.release(path)
      throw registryDamaged(path, error)
    }
    throw new AppError('method/failed', `The query ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { name })
  }
}

/** Integers come from SQLite as bigint, so that none is rounded; those that fit become numbers again. */
function toNumberWhereExact(value: SqlValue): SqlValue {
  return typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}
