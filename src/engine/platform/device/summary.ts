import type { DeviceSummary } from '../../../shared/contract/device.ts'
import type { DeviceRecord } from './registry.ts'
import { deviceState, stateSince } from './registry.ts'

/** Shapes a device for lists. */
export function summarise(device: DeviceRecord): DeviceSummary {
  const { productKey, deviceName, iotId, nickname, simulated, createdAt, modifiedAt, activatedAt, lastOnlineAt, lastOfflineAt } = device
  return {
    productKey,
    deviceName,
    iotId,
    nickname,
    state: deviceState(device),
    stateAt: stateSince(device),
    simulated,
    createdAt,
    modifiedAt,
    activatedAt,
    lastOnlineAt,
    lastOfflineAt,
  }
}
