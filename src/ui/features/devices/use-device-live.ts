import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { Device, DeviceLive, DeviceVersion, LatestValue } from '../../../shared/contract/device.ts'
import type { Product } from '../../../shared/contract/product.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { Query } from '../../session/use-query.ts'
import type { ValueRow } from './value-rows.ts'
import { useThrottleFn } from '@vueuse/core'
import { computed, ref, shallowRef, watch } from 'vue'
import { compileThingModel } from '../../../shared/thing-model/compile.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { useThingModel } from '../../parts/thing-model/use-thing-model.ts'
import { useApi } from '../../session/connection.ts'
import { useQuery } from '../../session/use-query.ts'
import { useSubscription } from '../../session/use-subscription.ts'
import { valueRows } from './value-rows.ts'

export interface DeviceView {
  query: Query<Device>
  product: ShallowRef<Product | null>
  model: ComputedRef<ThingModel | null>
  /** The device as it is now: the answer of the engine with every change since. */
  device: ComputedRef<Device | null>
  rows: ComputedRef<ValueRow[]>
  missing: Ref<boolean>
  /** Counts what happens to its connection: logins, ends, refusals, subscriptions. */
  happenings: Ref<number>
}

/** A device that keeps itself up to date; `onPoints` hears the numeric points as they come, outside reactivity. */
export function useDeviceLive(identity: () => { productKey: string, deviceName: string }, onPoints: (points: NonNullable<DeviceLive['points']>) => void): DeviceView {
  const api = useApi()
  const sources = [() => identity().productKey, () => identity().deviceName]
  const query = useQuery(signal => api.call('device.get', identity(), { signal }), sources)
  const { data: product } = useQuery(signal => api.call('product.get', { productKey: identity().productKey }, { signal }), [sources[0]!])
  const live = shallowRef<{ state?: Device['state'], connection?: Device['connection'], properties: Record<string, LatestValue>, versions: DeviceVersion[] }>({ properties: {}, versions: [] })
  const happenings = ref(0)
  const model = useThingModel(() => product.value?.modelText)
  const compiled = computed(() => {
    const { documents = [] } = parseDocuments(product.value?.documents ?? [])
    const main = documents.find(document => document.functionBlockId === undefined)
    return compileThingModel(main ?? { profile: {}, properties: [], events: [], services: [] }, documents.filter(document => document !== main))
  })
  const { data: former } = useQuery(signal => api.call('model.formerProperties', { productKey: identity().productKey }, { signal }), [sources[0]!])

  // A device that is refused without pause is not asked about without pause.
  const happened = useThrottleFn((isToBeAsked: boolean) => {
    happenings.value++
    if (isToBeAsked)
      void query.reload()
  }, 400, true)

  watch([query.data, ...sources], () => live.value = { properties: {}, versions: [] })
  useSubscription('device.watch', identity, (item) => {
    const before = live.value
    live.value = {
      ...before,
      ...(item.state !== undefined ? { state: item.state } : {}),
      ...(item.connection !== undefined ? { connection: item.connection } : {}),
      properties: item.properties ? { ...before.properties, ...item.properties } : before.properties,
      versions: item.versions ? mergeVersions(before.versions, item.versions) : before.versions,
    }
    // Why a connection ended or what a new one was is told by the device itself.
    if (item.attempted || item.state !== undefined)
      happened(item.attempted === true || item.state !== 'ONLINE')
    if (item.points)
      onPoints(item.points)
  })

  const device = computed<Device | null>(() => {
    const base = query.data.value
    if (!base || base.deviceName !== identity().deviceName || base.productKey !== identity().productKey)
      return null
    const { state, connection, properties, versions } = live.value
    return {
      ...base,
      state: state ?? base.state,
      connection: connection === undefined ? base.connection : connection,
      properties: { ...base.properties, ...properties },
      versions: mergeVersions(base.versions, versions),
    }
  })

  const rows = computed<ValueRow[]>(() => {
    return valueRows(compiled.value, new Map(former.value?.map(one => [one.key, one])), device.value?.properties ?? {})
  })
  const missing = computed(() => query.error.value?.code === 'device/not-found')
  return { query, product, model, device, rows, missing, happenings }
}

/** Versions with those that were reported since in the place of the older ones; names of modules differ in more than their case. */
function mergeVersions(known: readonly DeviceVersion[], reported: readonly DeviceVersion[]): DeviceVersion[] {
  const versions = new Map([...known, ...reported].map(version => [version.module.toLowerCase(), version]))
  return Array.from(versions.values())
}
