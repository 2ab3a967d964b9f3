import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Subscription } from '../../../shared/contract/subscription.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { ErrorCode } from '../../../shared/errors.ts'
import type { DeviceSubscription } from '../../broker/types.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { MadeSubscriptions, SubscriptionChange } from './made-subscriptions.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

export interface SubscriptionMethodContext {
  store: Pick<Store, 'upsert' | 'flush'>
  made: MadeSubscriptions
  /** Epoch milliseconds. */
  now: () => number
  /** Notes in the trace a call of the API. */
  record: (device: FeatureDevice, operation: string, content: object, code: number, detail: string) => void
  /** The step that says which operation of the API asked, see `TraceKeeper.asked`. */
  asked: (operation: string, verdict?: { code: number, message?: string }) => TraceStep[]
  /** Resolves when what was noted can be read in the trace. */
  settle: () => Promise<void>
  /** Why a device takes no command now, in the platform's codes; null when it does. */
  unreachable: (device: FeatureDevice) => { code: number, message: string } | null
  /** Why a device may not subscribe to a filter; null when it may. */
  refuse: (filter: string, device: FeatureDevice) => { message: string } | null
  /** What a device has subscribed to itself, and the end of one of these; false when there is none. */
  subscriptionsOf: (deviceId: number) => DeviceSubscription[]
  unsubscribe: (deviceId: number, filter: string) => boolean
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `subscription.${string}`>>

/** Subscriptions that the platform makes on behalf of a device (its API `SubscribeTopic`, `UnsubscribeTopic`, `QueryDeviceSubTopic`). */
export function subscriptionMethodHandlers(context: SubscriptionMethodContext): Handlers {
  const { store, made, now, settle, requireDevice } = context
  return {
    'subscription.list': ({ productKey, deviceName }) => ({ subscriptions: listOf(context, requireDevice(productKey, deviceName).deviceId) }),
    'subscription.add': async ({ productKey, deviceName, topics }) => {
      const device = requireDevice(productKey, deviceName)
      const problem = findProblem(context, device, topics)
      if (problem !== null) {
        const { error, topic, code, message } = problem
        note(context, device, 'SubscribeTopic', topics, [...context.asked('SubscribeTopic'), { bizCode: 'subscribe', operation: topic, code, message }], code)
        await settle()
        throw new AppError(error, message, { productKey, deviceName, topic, platformCode: code })
      }
      await keep(store, topics.map(topic => made.add(device.deviceId, topic, now())))
      note(context, device, 'SubscribeTopic', topics, [...context.asked('SubscribeTopic'), ...topics.map((topic): TraceStep => ({ bizCode: 'subscribe', operation: topic, code: 200 }))])
      await settle()
      return { subscriptions: listOf(context, device.deviceId) }
    },
    'subscription.remove': async ({ productKey, deviceName, topics }) => {
      const device = requireDevice(productKey, deviceName)
      const ended = topics.map(topic => ({ topic, change: made.remove(device.deviceId, topic), wasOwn: context.unsubscribe(device.deviceId, topic) }))
      await keep(store, ended.flatMap(({ change }) => change ?? []))
      const missing = ended.filter(({ change, wasOwn }) => change === null && !wasOwn).map(({ topic }) => topic)
      const removed = topics.filter(topic => !missing.includes(topic))
      note(context, device, 'UnsubscribeTopic', topics, [...context.asked('UnsubscribeTopic'), ...removed.map((topic): TraceStep => ({ bizCode: 'unsubscribe', operation: topic, code: 200 }))])
      await settle()
      return { removed, missing }
    },
  }
}

async function keep(store: SubscriptionMethodContext['store'], changes: readonly SubscriptionChange[]): Promise<void> {
  for (const { key, statement } of changes)
    store.upsert(key, statement)
  await store.flush()
}

function listOf({ made, subscriptionsOf }: SubscriptionMethodContext, deviceId: number): Subscription[] {
  const own = subscriptionsOf(deviceId).map(({ filter, at }): Subscription => ({ topic: filter, subscribedAt: at, by: 'device' }))
  const known = new Set(own.map(({ topic }) => topic))
  return [...own, ...Array.from(made.of(deviceId), ([topic, subscribedAt]): Subscription => ({ topic, subscribedAt, by: 'platform' })).filter(({ topic }) => !known.has(topic))]
}

interface Problem { error: ErrorCode, code: number, message: string, topic: string }

/** Why the platform does not subscribe a device: it has never connected (9200), a topic is not permitted, or there would be too many (403). */
function findProblem(context: SubscriptionMethodContext, device: FeatureDevice, topics: readonly string[]): Problem | null {
  const away = context.unreachable(device)
  if (away?.code === 9200)
    return { error: 'device/unreachable', ...away, topic: topics[0]! }
  for (const topic of topics) {
    const refusal = context.refuse(topic, device)
    if (refusal !== null)
      return { error: 'topic/not-permitted', code: 403, message: refusal.message, topic }
  }
  const count = new Set([...listOf(context, device.deviceId).map(({ topic }) => topic), ...topics]).size
  return count > limits.subscriptionsPerDeviceMax
    ? { error: 'limit/reached', code: 403, message: `${device.deviceName} would have ${count} subscriptions; at most ${limits.subscriptionsPerDeviceMax} are allowed.`, topic: topics.at(-1)! }
    : null
}

function note({ record }: SubscriptionMethodContext, device: FeatureDevice, operation: string, topics: readonly string[], steps: readonly TraceStep[], code = 200): void {
  record(device, operation, { Topic: topics }, code, packDetail({ issues: [], steps }))
}
