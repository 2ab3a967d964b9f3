import type { Clock } from '../shared/clock.ts'
import type { EngineApi } from '../shared/contract/contract.ts'
import type { CompiledModel } from '../shared/thing-model/compile.ts'
import type { BrokerClient } from './broker/types.ts'
import type { DesiredValues } from './platform/desired/desired-values.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { DeviceCalls } from './platform/feature.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { Store } from './store/types.ts'
import { parseExt } from '../shared/alink/rrpc.ts'
import { desiredMethodHandlers } from './platform/desired/methods.ts'
import { rrpcMethodHandlers } from './platform/rrpc/methods.ts'
import { serviceMethodHandlers } from './platform/service/methods.ts'
import { withoutModel } from './platform/thing/handle.ts'
import { propertyHistoryHandlers } from './platform/thing/history-methods.ts'
import { eventMethodHandlers } from './platform/thing/methods.ts'
import { propertyMethodHandlers, sendPropertySet } from './platform/thing/property-methods.ts'
import { settle } from './store/settle.ts'

type ConversationMethod = 'device.setPropertiesOfMany' | 'device.invokeServiceOfMany' | 'device.properties' | 'device.propertyPoints' | 'device.memberHistory' | 'device.setProperties' | 'device.getProperties' | 'device.invokeService' | 'serviceCall.list' | 'device.rrpc' | 'device.rrpcAsync' | 'device.desired' | 'device.setDesired' | 'event.list'

/** The parts of a running engine that conversations with devices need. */
export interface ConversationParts {
  clock: Clock
  store: Store
  settings: SettingsStore
  products: ProductRegistry
  devices: DeviceRegistry
  latest: LatestValues
  calls: DeviceCalls
  desired: DesiredValues
  clientOf: (deviceId: number) => BrokerClient | undefined
}

/** The console's calls that reach devices (properties, services, RRPC, desired values), and what such conversations leave behind. */
export function conversationMethodHandlers({ clock, store, settings, products, devices, latest, calls, desired, clientOf }: ConversationParts): Pick<EngineApi['methods'], ConversationMethod> {
  const now = (): number => clock.now()
  const requireDevice = (productKey: string, deviceName: string): DeviceRecord => {
    products.get(productKey)
    return devices.get(productKey, deviceName)
  }
  const modelOf = (productKey: string): CompiledModel | null => products.lookup(productKey)?.compiled ?? null
  return afterCommit(store, {
    ...propertyMethodHandlers({ calls, now, modelOf, latestOf: deviceId => latest.of(deviceId), requireDevice }),
    ...serviceMethodHandlers({ clock, store, calls, modelOf, requireDevice, extOf: deviceId => parseExt(clientOf(deviceId)?.parameters.get('ext')) }),
    ...rrpcMethodHandlers({ calls, connectionOf: deviceId => clientOf(deviceId)?.connectionId, requireDevice }),
    ...desiredMethodHandlers({
      store,
      calls,
      values: desired,
      now,
      applyLimits: () => settings.get('limits.applyCloud'),
      modelOf: productKey => modelOf(productKey) ?? withoutModel,
      requireDevice,
      push: async (device, values, operation) => {
        const { messageId, call } = sendPropertySet(calls, device, modelOf(device.productKey) ?? withoutModel, values, { operation, timeoutMs: null })
        await call.sent
        return messageId
      },
    }),
    ...eventMethodHandlers({ store, modelOf, requireDevice }),
    ...propertyHistoryHandlers({ store, modelOf, latestOf: deviceId => latest.of(deviceId), desiredOf: deviceId => desired.of(deviceId), requireDevice }),
  })
}

/** Makes a call answer when what it has done can be read in the trace; while the disk refuses, that is not waited for. */
function afterCommit<Handlers extends Partial<EngineApi['methods']>>(store: Store, handlers: Handlers): Handlers {
  return Object.fromEntries(Object.entries(handlers as Record<string, (...args: unknown[]) => unknown>).map(([name, handler]) => [name, async (...args: unknown[]) => {
    try {
      return await handler(...args)
    }
    finally {
      await settle(store)
    }
  }])) as unknown as Handlers
}
