import type { Steering } from '../../shared/contract/fleet-steering.ts'
import type { ActionOf } from '../../shared/scenario/actions.ts'
import type { Bench, Deed } from './types.ts'
import { formatDuration } from '../../shared/scenario/quantities.ts'

export type PowerAction = ActionOf<'powerOff'> | ActionOf<'powerOn'> | ActionOf<'reboot'>

/** Takes power from devices of a group, gives it back, or makes them start again; `some` chooses a share of a group. */
export async function switchPower({ call, groups }: Bench, action: PowerAction, some: (group: string, share: number) => string[]): Promise<Deed> {
  const group = 'powerOff' in action ? action.powerOff : 'powerOn' in action ? action.powerOn : action.reboot
  // Reading the scenario has checked the name.
  const { fleetId } = groups.get(group)!
  const { devices } = await call('fleet.steer', { fleetId, devices: { names: some(group, action.share) }, steering: steeringOf(action) })
  const whom = `${devices} ${devices === 1 ? 'device' : 'devices'} of ${group}`
  if ('powerOn' in action)
    return { did: `Switched ${whom} on.`, devices }
  if ('reboot' in action)
    return { did: `Made ${whom} start again.`, devices }
  return { did: `Switched ${whom} off ${action.for === undefined ? 'until they are switched on' : `for ${formatDuration(action.for)}`}.`, devices }
}

function steeringOf(action: PowerAction): Steering {
  if ('powerOn' in action)
    return { do: 'power-on' }
  return 'reboot' in action
    ? { do: 'reboot', farewell: action.farewell }
    : { do: 'power-off', farewell: action.farewell, backInMs: action.for ?? null }
}
