import type { Bench } from './types.ts'
import { createHash } from 'node:crypto'

export interface RunHash {
  /** SHA-256 in hex over what the devices of all groups said, groups in the order of their names; null while time is that of the wall. */
  traceHash: string | null
  /** Files came over HTTP, at the pace of the machine: what devices say about them is not the same to the millisecond. */
  hasDownloads: boolean
}

/** What the devices of a run that has ended said, as one hash. */
export async function hashOfRun({ call, groups }: Bench): Promise<RunHash> {
  const whole = createHash('sha256')
  let hasDownloads = false
  for (const [name, { fleetId }] of [...groups].sort(([one], [other]) => one < other ? -1 : 1)) {
    const { traceHash, stats } = await call('fleet.get', { fleetId })
    if (traceHash === null)
      return { traceHash: null, hasDownloads }
    hasDownloads ||= stats.updates.updateBytes > 0 || stats.updates.configsApplied > 0
    whole.update(`${name} ${traceHash}\n`)
  }
  return { traceHash: whole.digest('hex'), hasDownloads }
}
