import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import { selectEvents } from './rows.ts'

export interface EventContext {
  store: Pick<Store, 'read'>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

/** What the console and the command line can ask about the events of devices. */
export function eventMethodHandlers({ store, requireDevice }: EventContext): Pick<EngineApi['methods'], 'event.list'> {
  return {
    'event.list': async ({ productKey, deviceName, event, type, fromAt, toAt, before, limit }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      const events = await store.read(selectEvents, [
        deviceId,
        event ?? null,
        type ?? null,
        Math.ceil(fromAt ?? 0),
        Math.floor(toAt ?? Number.MAX_SAFE_INTEGER),
        before?.at ?? Number.MAX_SAFE_INTEGER,
        before?.id ?? Number.MAX_SAFE_INTEGER,
        limit,
      ])
      const last = events.length === limit ? events.at(-1) : undefined
      return { events, next: last === undefined ? null : { at: last.at, id: last.eventId } }
    },
  }
}
