import type { ScenarioCall } from './types.ts'

const pageMax = 1_000

/** Deletes the devices of a product whose names begin so; one that is gone already is no trouble. */
export async function deleteDevices(call: ScenarioCall, productKey: string, prefix: string): Promise<void> {
  for (;;) {
    const { devices } = await call('device.list', { productKey, prefix: `${prefix}-`, limit: pageMax })
    for (const { deviceName } of devices)
      await call('device.delete', { productKey, deviceName })
    if (devices.length < pageMax)
      return
  }
}
