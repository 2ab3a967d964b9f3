import type { Bench } from './types.ts'
import { createHash } from 'node:crypto'

/** One hash (SHA-256 in hex) over what the devices of all groups said, groups in the order of their names; null while time is that of the wall. */
export async function hashOfGroups({ call, groups }: Bench): Promise<string | null> {
  const whole = createHash('sha256')
  for (const [name, { fleetId }] of [...groups].sort(([one], [other]) => one < other ? -1 : 1)) {
    const { traceHash } = await call('fleet.get', { fleetId })
    if (traceHash === null)
      return null
    whole.update(`${name} ${traceHash}\n`)
  }
  return whole.digest('hex')
}
