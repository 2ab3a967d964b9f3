import type { BrokerCore } from './core.ts'
import type { Excess } from './throttle.ts'
import type { AccountRates, BrokerDevice, DeviceRates, OfflineReason, QuotaEvent } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { cloudRates } from './throttle.ts'

/** What the cloud lets all devices of an account do together. */
const cloudAccountRates: AccountRates = {
  upPerSec: limits.accountUpPerSecMax,
  downPerSec: limits.accountDownPerSecMax,
  connectsPerSec: limits.accountConnectsPerSecMax,
}

/** The rates that hold for a device: those of a fault, else the cloud's while its limits are applied, else none. */
function ratesOf({ hooks, applyLimits }: BrokerCore, device: BrokerDevice): DeviceRates | null {
  return hooks.ratesOf?.(device) ?? (applyLimits() ? cloudRates : null)
}

/** The same for everything together. */
function accountRatesOf({ hooks, applyLimits }: BrokerCore): AccountRates | null {
  return hooks.accountRates?.() ?? (applyLimits() ? cloudAccountRates : null)
}

const events = {
  up: ['Device_Uplink_QPS_Limit', 'Account_Uplink_QPS_Limit'],
  down: ['Device_Downlink_QPS_Limit', 'Account_Downlink_QPS_Limit'],
  connects: ['Device_Connect_QPM_Limit', 'Account_Connect_QPS_Limit'],
} as const satisfies Record<string, [QuotaEvent['name'], QuotaEvent['name']]>

/**
 * Counts something a device does, or that is done to it, while rates hold: why it goes too far, or null. The first excess
 * in its time raises the cloud's quota event.
 */
export function exceeds(core: BrokerCore, device: BrokerDevice, what: keyof typeof events, take: (now: number, rates: DeviceRates) => Excess | null): OfflineReason | null {
  const rates = ratesOf(core, device)
  const accountRates = accountRatesOf(core)
  if (rates === null && accountRates === null)
    return null
  const now = core.clock.now()
  const own = rates && take(now, rates)
  if (own !== null)
    return report(core, device, events[what][0], own, rates?.onExcess)
  const common = accountRates && core.accountRate.take(now, what, accountRates)
  return common && report(core, null, events[what][1], common, accountRates?.onExcess)
}

function report({ hooks }: BrokerCore, device: BrokerDevice | null, name: QuotaEvent['name'], { code, message, isFirst }: Excess, onExcess: DeviceRates['onExcess']): OfflineReason {
  const said = onExcess?.(message) ?? message
  if (isFirst)
    hooks.onQuota?.({ name, device, code, message: said })
  return { code, message: said }
}
