import type { DeviceRecord } from './platform/device/registry.ts'

/**
 * Why a device takes no command now, in the platform's codes of service calls and property sets: 6100 deleted, 6208
 * disabled, 9200 never activated, 9389 its gateway is away, 9201 offline (platform rulebook, online debugging). Null when
 * it does. `gateway` is that of a sub-device.
 */
export function whyUnreachable(device: DeviceRecord | undefined, gateway?: Pick<DeviceRecord, 'deviceName' | 'online'>): { code: number, message: string } | null {
  if (device === undefined || device.deletedAt !== null)
    return { code: 6100, message: `${device?.deviceName ?? 'The device'} has been deleted (6100).` }
  const { deviceName, disabled, online, activatedAt } = device
  if (disabled)
    return { code: 6208, message: `${deviceName} is disabled, so it takes no property set and no service call; enable it first (6208).` }
  if (online)
    return null
  if (activatedAt !== null && gateway?.online === false)
    return { code: 9389, message: `${deviceName} cannot be reached because its gateway ${gateway.deviceName} is offline (9389).` }
  return activatedAt === null
    ? { code: 9200, message: `${deviceName} has never connected; it takes commands once it has (9200).` }
    : { code: 9201, message: `${deviceName} is offline since ${new Date(device.lastOfflineAt ?? activatedAt).toISOString()} (9201).` }
}
