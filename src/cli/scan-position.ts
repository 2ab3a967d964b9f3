import type { ScanPosition } from '../shared/contract/trace.ts'

/** How far a search has come, while it goes on. */
export function describePosition(position: ScanPosition, found: number): string {
  return `Searched ${reachOf(position)}, ${found} found; Ctrl-C stops.`
}

/** Where a search was stopped: what it has not looked at may hold more. */
export function describeStop(position: ScanPosition, found: number): string {
  return `Stopped after searching ${reachOf(position)}: ${found} found, what is older has not been looked at.`
}

function reachOf({ scannedAt, scannedShare }: ScanPosition): string {
  return `back to ${scannedAt === null ? 'the beginning' : new Date(scannedAt).toISOString()} (${Math.floor(scannedShare * 100)} % of what is kept)`
}
