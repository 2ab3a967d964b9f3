import type { Bench } from './types.ts'
import { createHash } from 'node:crypto'

/** What the devices of all groups of a run that has ended said, groups in the order of their names, as SHA-256 in hex; null while time is that of the wall. */
export async function hashOfRun({ call, groups }: Bench): Promise<string | null> {
  const whole = createHash('sha256')
  for (const [name, { fleetId }] of [...groups].sort(([one], [other]) => one < other ? -1 : 1)) {
    const { traceHash } = await call('fleet.get', { fleetId })
    if (traceHash === null)
      return null
    whole.update(`${name} ${traceHash}\n`)
  }
  return whole.digest('hex')
}
