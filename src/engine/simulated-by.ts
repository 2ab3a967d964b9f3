import type { BrokerClient } from './broker/types.ts'

/** Which session of a device simulated from the console a login is; undefined for any other login. */
export function seatOf({ parameters, gateway }: BrokerClient): string | undefined {
  return gateway ? undefined : parameters.get('_seat')
}

/**
 * Whether a login is that of a device simulated from the console (`seat`), of a fleet or of a replay; null for a real one. Sub-devices
 * are what their gateway is. It is what the client says of itself, so that the logs of them can be told apart.
 */
export function simulatorOf({ parameters }: BrokerClient): 'seat' | 'fleet' | 'replay' | null {
  if (parameters.get('_v')?.startsWith('thingbench-') !== true)
    return null
  return parameters.has('_seat') ? 'seat' : parameters.has('_replay') ? 'replay' : 'fleet'
}
