import type { BrokerHooks } from './broker/types.ts'
import type { ConnectionAttempts } from './connection-attempts.ts'
import type { DeviceEvents } from './device-events.ts'
import type { DeviceRegistration } from './device-registration.ts'
import type { GatewayServices } from './gateway-services.ts'
import type { DeviceRegistry } from './platform/device/registry.ts'
import type { OtaBatches } from './platform/ota-batch/feature.ts'
import type { TopicServices } from './topic-services.ts'

export interface BrokerHooksContext extends Pick<BrokerHooks, 'onPublish' | 'onOnline'> {
  devices: Pick<DeviceRegistry, 'lookup'>
  registration: Pick<DeviceRegistration, 'register' | 'isToken'>
  topics: Pick<TopicServices, 'topics' | 'isSubscribedFor' | 'unsubscribed'>
  gateways: Pick<GatewayServices, 'onOffline' | 'onForeignTopic'>
  events: DeviceEvents
  attempts: Pick<ConnectionAttempts, 'add' | 'subscribed'>
  /** What goes wrong on purpose. */
  faults: Pick<BrokerHooks, 'refuseLogin' | 'ratesOf' | 'accountRates' | 'onQuota'>
  /** Undefined until they are open. */
  batches: () => Pick<OtaBatches, 'onSubscribed'> | undefined
}

/** What the broker asks and tells the platform: who may log in, what may be subscribed to, and all that happens to a session. */
export function brokerHooks({ devices, registration, topics, gateways, events, attempts, faults, batches, onPublish, onOnline }: BrokerHooksContext): BrokerHooks {
  return {
    register: registration.register,
    isToken: registration.isToken,
    findDevice: (productKey, deviceName) => devices.lookup(productKey, deviceName),
    refuseCustomTopic: (operation, device, path) => topics.topics.refuse(operation, device, path),
    isSubscribedFor: topics.isSubscribedFor,
    onPublish,
    ...events,
    ...faults,
    onConnectAttempt: (attempt) => {
      attempts.add(attempt)
      events.onConnectAttempt(attempt)
    },
    onSubscribe: (client, filters) => {
      attempts.subscribed(client.device.deviceId, filters)
      batches()?.onSubscribed(client.device.deviceId, filters)
      events.onSubscribe(client, filters)
    },
    onUnsubscribe: (client, filters) => {
      topics.unsubscribed(client.device.deviceId, filters)
      events.onUnsubscribe(client, filters)
    },
    onOnline,
    onOffline: gateways.onOffline,
    onForeignTopic: gateways.onForeignTopic,
  }
}
