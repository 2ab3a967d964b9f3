import type { Broker } from './broker/types.ts'
import type { BoundStatement, Store } from './store/types.ts'
import { deleteDesired } from './platform/desired/rows.ts'
import { deleteDeviceTokens } from './platform/registration/rows.ts'
import { deleteServiceCalls } from './platform/service/rows.ts'
import { deletePropertyValues } from './platform/thing/history-rows.ts'
import { deleteEvents, deleteLatest } from './platform/thing/rows.ts'

export interface ForgetDeviceContext {
  store: Pick<Store, 'write'>
  broker: () => Broker | undefined
  /** Parts that keep rows of devices: they say what removes them. */
  inRows: readonly { forget: (deviceId: number) => BoundStatement[] }[]
  /** Parts that know devices only while the engine runs. */
  inMemory: readonly { forget: (deviceId: number) => unknown }[]
}

/** What is left to do when a device is deleted: its connection ends with 521, and every part forgets it. */
export function createForgetDevice({ store, broker, inRows, inMemory }: ForgetDeviceContext): (deviceId: number) => Promise<void> {
  return async (deviceId) => {
    broker()?.disconnect(deviceId, { code: 521, message: 'The device was deleted.' })
    await broker()?.forget(deviceId)
    inMemory.forEach(part => part.forget(deviceId))
    await store.write([
      ...inRows.flatMap(part => part.forget(deviceId)),
      ...[deleteLatest, deleteEvents, deletePropertyValues, deleteServiceCalls, deleteDesired, deleteDeviceTokens].map(statement => ({ statement, params: [deviceId] })),
    ])
  }
}
