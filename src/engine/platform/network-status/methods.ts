import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import { selectNetworkStatuses } from './rows.ts'

export interface NetworkStatusContext {
  store: Pick<Store, 'read'>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

/** What the console and the command line can ask about the networks of devices (platform rules MON-10 to MON-13). */
export function networkStatusMethodHandlers({ store, requireDevice }: NetworkStatusContext): Pick<EngineApi['methods'], 'networkStatus.list'> {
  return {
    'networkStatus.list': async ({ productKey, deviceName, fromAt, toAt, before, limit }) => {
      const rows = await store.read(selectNetworkStatuses, [
        requireDevice(productKey, deviceName).deviceId,
        Math.ceil(fromAt ?? 0),
        Math.floor(toAt ?? Number.MAX_SAFE_INTEGER),
        before?.at ?? Number.MAX_SAFE_INTEGER,
        before?.id ?? Number.MAX_SAFE_INTEGER,
        limit,
      ])
      const last = rows.length === limit ? rows.at(-1) : undefined
      return { statuses: rows.map(({ at: _, ...status }) => status), next: last === undefined ? null : { at: last.at, id: last.statusId } }
    },
  }
}
