import type { ComputedRef, InjectionKey, ShallowRef } from 'vue'
import type { DebugActionContent } from '../../../shared/contract/debug-action.ts'
import type { DesiredValue } from '../../../shared/contract/desired.ts'
import type { Device, DeviceIdentity, DeviceState, LatestValue } from '../../../shared/contract/device.ts'
import type { Product } from '../../../shared/contract/product.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { Query } from '../../session/use-query.ts'
import type { Circumstances } from './forecast.ts'
import type { Patience } from './waiting.ts'
import { computed, inject, shallowRef, watch } from 'vue'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { useApi } from '../../session/connection.ts'
import { useQuery } from '../../session/use-query.ts'
import { useSubscription } from '../../session/use-subscription.ts'

export interface DebugDevice {
  query: Query<Device | null>
  /** As it is now; null while nothing is known of it. */
  device: ComputedRef<Device | null>
  product: ShallowRef<Product | null>
  /** Null while the product has none. */
  model: ComputedRef<CompiledModel | null>
  latest: ComputedRef<Readonly<Record<string, LatestValue>>>
  desired: ComputedRef<Readonly<Record<string, DesiredValue>>>
  reloadDesired: () => Promise<void>
  circumstances: ComputedRef<Circumstances | null>
  patience: ComputedRef<Patience>
}

/** What the panels of the bench share. */
export interface DebugBenchContext {
  debug: DebugDevice
  /** Sends an action to the device; gives what a get brought, otherwise null. Never throws. */
  act: (action: DebugActionContent) => Promise<Record<string, JsonValue> | null>
  /** Asks for a name and keeps the action. */
  save: (action: DebugActionContent) => void
}
export const debugKey: InjectionKey<DebugBenchContext> = Symbol('debug')

/** What the bench that a panel stands in gives it. */
export function useDebugBench(): DebugBenchContext {
  const context = inject(debugKey)
  if (context === undefined)
    throw new Error('a panel of the debugging bench stands outside of it')
  return context
}

/** Everything the page knows of the device that is worked with, kept up to date. */
export function useDebugDevice(identity: () => DeviceIdentity | null): DebugDevice {
  const api = useApi()
  const key = (): string => JSON.stringify(identity())
  const query = useQuery<Device | null>(async signal => identity() === null ? null : api.call('device.get', identity()!, { signal }), [key])
  const { data: product } = useQuery<Product | null>(async signal => identity() === null ? null : api.call('product.get', { productKey: identity()!.productKey }, { signal }), [() => identity()?.productKey])
  const { data: stored, reload: reloadDesired } = useQuery(async signal => identity() === null ? null : api.call('device.desired', identity()!, { signal }), [key])
  const { data: settings } = useQuery(signal => api.call('settings.get', {}, { signal }))
  const live = shallowRef<{ state?: DeviceState, properties: Record<string, LatestValue> }>({ properties: {} })

  watch([query.data, key], () => live.value = { properties: {} })
  useSubscription('device.watch', identity, ({ state, properties }) => {
    const before = live.value
    live.value = { ...before, ...(state !== undefined && { state }), properties: { ...before.properties, ...properties } }
    // When it came and went is told by the device itself.
    if (state !== undefined && state !== query.data.value?.state)
      void query.reload()
  })

  const device = computed<Device | null>(() => {
    const base = query.data.value
    const wanted = identity()
    if (!base || base.deviceName !== wanted?.deviceName || base.productKey !== wanted.productKey)
      return null
    return { ...base, state: live.value.state ?? base.state }
  })
  const { data: gateway } = useQuery<Device | null>(async (signal) => {
    const { state, gateway: through } = device.value ?? {}
    return through && state !== 'ONLINE' ? api.call('device.get', through, { signal }) : null
  }, [() => `${device.value?.state} ${JSON.stringify(device.value?.gateway)}`])

  const model = computed<CompiledModel | null>(() => {
    const { documents = [] } = parseDocuments(product.value?.documents ?? [])
    const main = documents.find(document => document.functionBlockId === undefined)
    return documents.length === 0 ? null : compileThingModel(main ?? { profile: {}, properties: [], events: [], services: [] }, documents.filter(document => document !== main))
  })
  return {
    query,
    device,
    product,
    model,
    latest: computed(() => ({ ...device.value?.properties, ...live.value.properties })),
    desired: computed(() => stored.value?.desired ?? {}),
    reloadDesired,
    circumstances: computed(() => device.value && {
      state: device.value.state,
      gatewayAway: device.value.gateway !== null && gateway.value !== null && gateway.value.state !== 'ONLINE',
      pushOnConnect: settings.value?.['desired.pushOnConnect'] ?? false,
    }),
    patience: computed(() => ({ waitMs: (settings.value?.['debug.waitSec'] ?? 8) * 1_000, slowPercent: settings.value?.['debug.slowPercent'] ?? 50 })),
  }
}
