import type { AppStatus } from '../shared/contract/app.ts'
import { limits } from '../shared/limits.ts'

/** Running totals since the engine started; rates are made from two looks at them. */
export interface Totals { at: number, up: number, down: number, refused: number, stored: number }

/** Per second between two looks, never negative; 0 while no time has passed. */
export function rates(before: Totals, now: Totals): Pick<AppStatus, 'upPerSec' | 'downPerSec' | 'refusedPerSec' | 'storedPerSec'> {
  const seconds = (now.at - before.at) / 1000
  const per = (key: 'up' | 'down' | 'refused' | 'stored'): number => seconds > 0
    ? Math.max(0, Math.round((now[key] - before[key]) / seconds))
    : 0
  return {
    upPerSec: per('up'),
    downPerSec: per('down'),
    refusedPerSec: per('refused'),
    storedPerSec: per('stored'),
  }
}

/** How full the write queue is, in percent, and in how many seconds it is empty when it goes on as in the last second; null: never. */
export function writeQueueOf({ queuedRows, queuedBytes }: { queuedRows: number, queuedBytes: number }, storedPerSec: number): Pick<AppStatus, 'writeQueueRows' | 'writeQueueBytes' | 'writeQueuePercent' | 'writeDrainSec'> {
  return {
    writeQueueRows: queuedRows,
    writeQueueBytes: queuedBytes,
    writeQueuePercent: Math.round(100 * Math.max(queuedRows / limits.writeQueueRowsMax, queuedBytes / limits.writeQueueBytesMax)),
    writeDrainSec: queuedRows === 0 ? 0 : storedPerSec > 0 ? Math.round(10 * queuedRows / storedPerSec) / 10 : null,
  }
}
