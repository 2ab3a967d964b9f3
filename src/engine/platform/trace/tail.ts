import type { TraceTail } from '../../../shared/contract/trace.ts'
import type { StoredTrace } from '../../store/types.ts'
import type { NameDevice } from './present.ts'
import { limits } from '../../../shared/limits.ts'
import { presentTrace } from './present.ts'

export interface TailCollector {
  add: (row: StoredTrace) => void
  take: () => TraceTail | undefined
}

/**
 * Collects the newest rows for one subscriber. When more come between two items than a page can show, the oldest of them
 * are left out and counted (`onSkipped`): they are in the trace, only not in the tail.
 */
export function createTailCollector(matches: (row: StoredTrace) => boolean, nameDevice: NameDevice, onSkipped: (rows: number) => void): TailCollector {
  const rowsMax = limits.tailRowsPerBatchMax
  let newest: StoredTrace[] = []
  let arrived = 0
  return {
    add: (row) => {
      if (!matches(row))
        return
      arrived += 1
      newest.push(row)
      if (newest.length >= 2 * rowsMax)
        newest = newest.slice(-rowsMax)
    },
    take: () => {
      if (arrived === 0)
        return undefined
      const rows = newest.slice(-rowsMax).map(row => presentTrace(row, nameDevice))
      const item: TraceTail = { rows, arrived, skipped: arrived - rows.length }
      onSkipped(item.skipped)
      newest = []
      arrived = 0
      return item
    },
  }
}
