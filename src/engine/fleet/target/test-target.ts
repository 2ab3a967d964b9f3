import type { Clock } from '../../../shared/clock.ts'
import type { ConnectionTest, FleetTarget, TargetSecrets } from '../../../shared/contract/fleet-target.ts'
import type { FleetSettings } from '../../../shared/contract/fleet.ts'
import type { FleetTargets, TargetedFleet } from './fleet-targets.ts'
import { localTarget } from '../../../shared/contract/fleet-target.ts'
import { AppError } from '../../../shared/errors.ts'
import { subscriptionsOf } from '../conversation/subscriptions.ts'
import { connectOf, foreignSubscriptions } from '../foreign-ways.ts'
import { testConnection } from './test-connection.ts'

export interface TargetWish {
  /** Whose settings and secrets stand in for what is left out. */
  fleet: { fleetId: string, productKey: string, prefix: string, settings: FleetSettings } | undefined
  target?: FleetTarget | undefined
  secrets: TargetSecrets
  productKey?: string | undefined
}

/** Goes the way of a fleet's first device. What is missing for that is told as a step, too. */
export async function testTarget(targets: FleetTargets, clock: Clock, { fleet, target = fleet?.settings.target ?? localTarget, secrets, productKey = fleet?.productKey ?? 'product' }: TargetWish): Promise<ConnectionTest> {
  const one: TargetedFleet = { fleetId: fleet?.fleetId ?? '', productKey, prefix: fleet?.prefix ?? 'sim', settings: { count: 1, target } }
  try {
    const ways = await targets.waysOf(one, secrets)
    const [device] = await targets.devicesOf(one, secrets)
    if (device === undefined)
      throw new AppError('input/invalid', 'There is no device to log in with.')
    const start = { ...ways, version: 'test', foreign: ways.foreign && { ...ways.foreign, firstIndex: 0 } }
    return await testConnection({
      broker: ways.broker,
      device,
      hello: connectOf(start, device, 0),
      filters: [...subscriptionsOf(device, { toReplies: ways.subscribe ?? false, more: [] }), ...foreignSubscriptions(start, device, 0)],
    }, clock)
  }
  catch (error) {
    if (!(error instanceof AppError))
      throw error
    return { passed: false, steps: [{ step: 'devices', state: 'failed', said: error.message, ms: 0 }] }
  }
}
