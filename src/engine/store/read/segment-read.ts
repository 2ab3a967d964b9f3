import type { DamageReport } from '../messages.ts'
import type { ConnectionPool } from './connection-pool.ts'
import { existsSync } from 'node:fs'
import { segmentPath } from '../database-files.ts'
import { causeOf, faultOf } from '../storage-fault.ts'

/**
 * Runs a read on a segment. A segment that was deleted meanwhile or turns out damaged gives undefined instead of an
 * error, damage also a report: one bad file must not hide the others.
 */
export function readSegment<Result>(dir: string, pool: ConnectionPool, file: string, damaged: DamageReport[], read: () => Result): Result | undefined {
  const path = segmentPath(dir, file)
  try {
    return read()
  }
  catch (error) {
    if (faultOf(error) === 'damaged')
      damaged.push({ file, cause: causeOf(error) })
    else if (existsSync(path))
      throw error
    pool.release(path)
    return undefined
  }
}
