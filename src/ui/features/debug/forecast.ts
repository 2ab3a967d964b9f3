import type { DeviceState } from '../../../shared/contract/device.ts'

/** What one can do with a device from the page. */
export type DebugOperation = 'get' | 'set' | 'desired' | 'sync' | 'async' | 'message'

/**
 * What will become of an operation: `reply` it is sent and answered; `sent` nobody waits; `known` the last known value comes;
 * `unknown` there is no value; `fetched`, `pushed` it is stored until the device asks for it or connects; `both` it is stored
 * and sent; `refused` with a code.
 */
export type ForecastKind = 'reply' | 'sent' | 'known' | 'unknown' | 'fetched' | 'pushed' | 'both' | 'refused'
export interface Forecast { kind: ForecastKind, code: number | null }

export interface Circumstances {
  state: DeviceState
  /** The device speaks through a gateway, and that one is away. */
  gatewayAway: boolean
  /** Desired values are sent to a device that connects. */
  pushOnConnect: boolean
}

/** Why the device takes no command now, in the platform's code; null when it does. */
function problemCode({ state, gatewayAway }: Circumstances): number | null {
  switch (state) {
    case 'ONLINE': return null
    case 'DISABLE': return 6208
    case 'UNACTIVE': return 9200
    case 'OFFLINE': return gatewayAway ? 9389 : 9201
  }
}

/** What will become of an operation in the state the device is in (platform rulebook, online debugging, its table). Pure. */
export function forecast(operation: DebugOperation, circumstances: Circumstances): Forecast {
  const code = problemCode(circumstances)
  if (code === null)
    return { kind: operation === 'desired' ? 'both' : operation === 'async' || operation === 'message' ? 'sent' : 'reply', code }
  if (operation === 'get')
    return { kind: code === 9200 ? 'unknown' : 'known', code }
  if (operation === 'desired' && code !== 6208)
    return { kind: circumstances.pushOnConnect ? 'pushed' : 'fetched', code: null }
  return { kind: 'refused', code }
}
