import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { ActionContext } from './action.ts'
import { ApiFailure } from './failure.ts'

/** The names of the device with an IotId, for parameters that name a device in other words than most. Throws ApiFailure `iot.device.NotExistedDevice`. */
export async function deviceByIotId(iotId: string, call: ActionContext['call']): Promise<DeviceIdentity> {
  const { devices: [found] } = await call('device.find', { devices: [{ iotId }] })
  if (!found)
    throw noSuchIotId(iotId)
  return { productKey: found.productKey, deviceName: found.deviceName }
}

/** The refusal of an IotId that no device has. */
export function noSuchIotId(iotId: string): ApiFailure {
  return new ApiFailure('iot.device.NotExistedDevice', `There is no device with the IotId ${iotId.slice(0, 64)}.`, { platformCode: 6100 })
}
