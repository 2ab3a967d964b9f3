import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { EventRow } from './rows.ts'
import { readTimeList } from '../instant-page.ts'
import { selectEvents } from './rows.ts'

export interface EventContext {
  store: Pick<Store, 'read'>
  /** Null while the product has no model. */
  modelOf: (productKey: string) => CompiledModel | null
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

/** What the console and the command line can ask about the events of devices. */
export function eventMethodHandlers({ store, modelOf, requireDevice }: EventContext): Pick<EngineApi['methods'], 'event.list'> {
  return {
    'event.list': async ({ productKey, deviceName, event, type, ...wish }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      const { rows, next } = await readTimeList(wish, (row: EventRow) => row.eventId, ({ fromAt, toAt }, from, limit) =>
        store.read(selectEvents[wish.order], [deviceId, event ?? null, type ?? null, fromAt, toAt, from.at, from.id, limit]))
      const known = modelOf(productKey)?.events
      return { events: rows.map(row => ({ ...row, name: known?.get(row.event)?.event.name ?? '' })), next }
    },
  }
}
