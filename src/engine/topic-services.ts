import type { EngineApi } from '../shared/contract/contract.ts'
import type { Broker } from './broker/types.ts'
import type { Downlink } from './downlink.ts'
import type { DeviceCalls, FeatureDevice } from './platform/feature.ts'
import type { SettingsStore } from './platform/settings/settings.ts'
import type { BoundStatement, Store } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { refuseFilter } from './broker/acl.ts'
import { matchesFilter } from './broker/topic-filter.ts'
import { broadcastMethodHandlers } from './platform/broadcast/methods.ts'
import { MadeSubscriptions } from './platform/subscription/made-subscriptions.ts'
import { subscriptionMethodHandlers } from './platform/subscription/methods.ts'
import { topicMethodHandlers } from './platform/topic/methods.ts'
import { ProductTopics } from './platform/topic/product-topics.ts'
import { publishMethodHandlers } from './platform/topic/publish.ts'
import { settle } from './store/settle.ts'

export interface TopicServicesContext {
  store: Store
  settings: SettingsStore
  calls: Pick<DeviceCalls, 'nextId' | 'unreachable'>
  downlink: Pick<Downlink, 'send'>
  trace: Pick<TraceKeeper, 'record' | 'amend' | 'cause' | 'asked'>
  /** Epoch milliseconds. */
  now: () => number
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
  onlineDevices: (productKey: string) => Iterable<FeatureDevice>
  /** Undefined while no device can connect. */
  broker: () => Pick<Broker, 'hasSubscribed' | 'subscriptionsOf' | 'unsubscribe' | 'clientOf'> | undefined
  /** What devices may do with custom topics has changed. */
  onTopicsChanged: () => void
}

type TopicServiceMethod = 'topic.list' | 'topic.create' | 'topic.update' | 'topic.delete' | 'device.publish' | 'device.publishBatch' | 'broadcast.send' | 'subscription.list' | 'subscription.add' | 'subscription.remove'

/** Custom topics: who may use which, and what the platform sends on them and to many devices at once (Alink 1.9, 7.5). */
export interface TopicServices {
  topics: Pick<ProductTopics, 'refuse' | 'forgetProduct'>
  /** Whether the platform has subscribed a device to a topic. */
  isSubscribedFor: (deviceId: number, topic: string) => boolean
  /** A device has ended subscriptions, which may have been the platform's. */
  unsubscribed: (deviceId: number, filters: readonly string[]) => void
  /** Lets go of a deleted device; returns what the store has to write. */
  forget: (deviceId: number) => BoundStatement[]
  methods: Pick<EngineApi['methods'], TopicServiceMethod>
}

/** Opens the custom topics with what the workspace holds of them. */
export async function openTopicServices({ store, settings, calls, downlink, trace, now, requireProduct, requireDevice, onlineDevices, broker, onTopicsChanged }: TopicServicesContext): Promise<TopicServices> {
  const topics = await ProductTopics.open(store, now, onTopicsChanged)
  const made = await MadeSubscriptions.open(store, matchesFilter)
  const applyLimits = (): boolean => settings.get('limits.applyCloud')
  const nextId = (): string => calls.nextId()
  const record = ({ deviceId }: FeatureDevice, operation: string, content: object, code: number, detail: string): void => {
    trace.record({ at: now(), deviceId, operation, content, code, detail })
  }
  return {
    topics,
    isSubscribedFor: (deviceId, topic) => made.has(deviceId, topic),
    unsubscribed: (deviceId, filters) => {
      for (const { key, statement } of filters.flatMap(filter => made.remove(deviceId, filter) ?? []))
        store.upsert(key, statement)
    },
    forget: deviceId => made.forget(deviceId),
    methods: {
      ...topicMethodHandlers({ topics, applyLimits, requireProduct }),
      ...publishMethodHandlers({
        now,
        nextId,
        send: (deviceId, message, onResult) => downlink.send(deviceId, message, undefined, onResult),
        record,
        asked: trace.asked,
        refuse: (operation, device, path) => topics.refuse(operation, device, path),
        protocolOf: deviceId => broker()?.clientOf(deviceId)?.protocolVersion,
        settle: () => settle(store),
        requireDevice,
      }),
      ...subscriptionMethodHandlers({
        store,
        made,
        now,
        record,
        asked: trace.asked,
        settle: () => settle(store),
        unreachable: calls.unreachable,
        refuse: (filter, device) => refuseFilter(filter, device, (operation, owner, path) => topics.refuse(operation, owner, path)),
        subscriptionsOf: deviceId => broker()?.subscriptionsOf(deviceId) ?? [],
        unsubscribe: (deviceId, filter) => broker()?.unsubscribe(deviceId, filter) ?? false,
        requireDevice,
      }),
      ...broadcastMethodHandlers({
        now,
        nextId,
        applyLimits,
        send: (deviceId, message, causeId) => {
          let isSent = false
          downlink.send(deviceId, message, { id: trace.cause() ?? causeId, waits: false }, result => isSent = result === 'sent')
          return isSent
        },
        record: (productKey, operation, content) => trace.record({
          at: now(),
          deviceId: 0,
          deviceKey: `${productKey}/`,
          operation,
          content,
          code: 200,
          detail: packDetail({ issues: [], steps: [{ bizCode: 'ApiService', operation, code: 200 }] }),
        }),
        amend: (id, change) => trace.amend(id, change),
        pause: () => settle(store),
        onlineDevices,
        hasSubscribed: (deviceId, topic) => broker()?.hasSubscribed(deviceId, topic) ?? false,
        requireProduct,
      }),
    },
  }
}
