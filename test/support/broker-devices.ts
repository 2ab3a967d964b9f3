import type { BrokerDevice } from '../../src/engine/broker/types.ts'

/** A device of the sample product with a secret of its own. */
export function device(deviceId: number, deviceName: string): BrokerDevice {
  return { deviceId, productKey: 'a1Xk29TzQ7b', deviceName, deviceSecret: `3f9c0d1e5b7a48269c11d2e4${String(deviceId).padStart(8, '0')}`, disabled: false }
}

export const lamp: BrokerDevice = device(7, 'lamp-0007')
export const meter: BrokerDevice = device(3, 'meter-03')
export const disabledLamp: BrokerDevice = { ...device(9, 'lamp-0009'), disabled: true }

/** `/sys/{pk}/{dn}/…` of a device. */
export function systemTopic({ productKey, deviceName }: BrokerDevice, path: string): string {
  return `/sys/${productKey}/${deviceName}/${path}`
}

/** `/{pk}/{dn}/user/…` of a device. */
export function customTopic({ productKey, deviceName }: BrokerDevice, path: string): string {
  return `/${productKey}/${deviceName}/user/${path}`
}
