import type { EngineApi } from '../shared/contract/contract.ts'
import type { Log } from '../shared/log.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { Store } from './store/types.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { makeDeviceName, makeDeviceSecret, makeIotId } from './identity.ts'
import { DeviceBatches } from './platform/device-batch/batches.ts'
import { deviceBatchMethodHandlers } from './platform/device-batch/methods.ts'
import { summarise } from './platform/device/summary.ts'

export interface DeviceBatchServicesContext {
  store: Store
  log: Log
  products: Pick<ProductRegistry, 'get'>
  devices: DeviceRegistry
  /** Epoch milliseconds. */
  now: () => number
}

/** Batches of devices that are checked and made together. */
export interface DeviceBatchServices {
  methods: Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `deviceBatch.${string}`>>
  close: () => Promise<void>
}

/** Opens the batches that the workspace holds, and goes on with those that were being made. */
export async function openDeviceBatchServices({ store, log, products, devices, now }: DeviceBatchServicesContext): Promise<DeviceBatchServices> {
  const checkRoom = (productKey: string, count: number): void => {
    products.get(productKey)
    if (devices.countOf(productKey) + count > limits.devicesPerProductMax)
      throw new AppError('limit/reached', `A product holds at most ${limits.devicesPerProductMax} devices; ${productKey} has ${devices.countOf(productKey)}.`, { productKey })
  }
  const batches = await DeviceBatches.open({
    store,
    log,
    now,
    checkRoom,
    isTaken: (productKey, deviceName) => devices.lookup(productKey, deviceName) !== undefined,
    createDevices: (productKey, wanted) => devices.create(productKey, wanted.map(({ deviceName, nickname }) => ({ deviceName, nickname, deviceSecret: makeDeviceSecret(), iotId: makeIotId(), simulated: false })), now()),
  })
  return {
    methods: deviceBatchMethodHandlers({
      batches,
      lookup: (productKey, deviceName) => {
        const device = devices.lookup(productKey, deviceName)
        return device && { ...summarise(device), deviceSecret: device.deviceSecret }
      },
      makeDeviceName,
      checkRoom,
    }),
    close: () => batches.close(),
  }
}
