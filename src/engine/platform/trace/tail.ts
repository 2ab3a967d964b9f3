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
 * are left out and counted (`onSkipped`): they are in the trace, only not in the tail. A row that comes again, because its
 * verdict took time, takes its own place or is brought once more; it has not arrived twice.
 */
export function createTailCollector(matches: (row: StoredTrace) => boolean, nameDevice: NameDevice, onSkipped: (rows: number) => void): TailCollector {
  const rowsMax = limits.tailRowsPerBatchMax
  let newest: StoredTrace[] = []
  let revised: StoredTrace[] = []
  let arrived = 0
  let lastId = 0
  return {
    add: (row) => {
      if (!matches(row))
        return
      if (row.id !== 0 && row.id <= lastId) {
        const at = newest.findLastIndex(({ id }) => id === row.id)
        if (at !== -1)
          newest[at] = row
        else if (revised.length < rowsMax)
          revised.push(row)
        return
      }
      lastId = Math.max(lastId, row.id)
      arrived += 1
      newest.push(row)
      if (newest.length >= 2 * rowsMax)
        newest = newest.slice(-rowsMax)
    },
    take: () => {
      if (arrived === 0 && revised.length === 0)
        return undefined
      const shown = newest.slice(-rowsMax)
      const skipped = arrived - shown.length
      // Where rows are left out, older ones in front would only hide that.
      const rows = skipped > 0 ? shown : [...revised.toSorted((a, b) => a.id - b.id), ...shown]
      const item: TraceTail = { rows: rows.map(row => presentTrace(row, nameDevice)), arrived, skipped }
      onSkipped(skipped)
      newest = []
      revised = []
      arrived = 0
      return item
    },
  }
}
