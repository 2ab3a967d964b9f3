import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DesiredValue } from '../../../shared/contract/desired.ts'
import type { LatestValue } from '../../../shared/contract/device.ts'
import type { DeviceProperty, PropertyPoint } from '../../../shared/contract/property.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { DataType } from '../../../shared/thing-model/types.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { InstantPage, TimeOrder, TimeRange } from '../instant-page.ts'
import type { MemberBucketRow } from './history-rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { readInstants } from '../instant-page.ts'
import { selectMemberBuckets, selectPropertyValues } from './history-rows.ts'

export interface HistoryContext {
  store: Pick<Store, 'read' | 'series'>
  /** Null while the product has no model. */
  modelOf: (productKey: string) => CompiledModel | null
  latestOf: (deviceId: number) => Promise<Record<string, LatestValue>>
  desiredOf: (deviceId: number) => Record<string, DesiredValue>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

type Handlers = Pick<EngineApi['methods'], 'device.properties' | 'device.propertyPoints' | 'device.memberHistory'>

/** What can be asked about the properties of a device besides their latest values: what they are, and what they have been. */
export function propertyHistoryHandlers(context: HistoryContext): Handlers {
  const { modelOf, latestOf, desiredOf, requireDevice } = context
  return {
    'device.properties': async ({ productKey, deviceName }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      const latest = await latestOf(deviceId)
      const desired = desiredOf(deviceId)
      return Array.from(modelOf(productKey)?.properties.values() ?? [], ({ key, property: { identifier, name, dataType } }): DeviceProperty => ({
        property: key,
        functionBlockId: key === identifier ? '' : key.slice(0, -identifier.length - 1),
        name,
        dataType: dataType.type,
        unit: unitOf(dataType),
        latest: latest[key] ?? null,
        desired: desired[key] ?? null,
      }))
    },
    'device.memberHistory': async ({ productKey, deviceName, property, members, fromAt, toAt, buckets }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      if (!(toAt > fromAt))
        throw new AppError('input/invalid', `toAt: expected an instant after fromAt (${fromAt}), got ${toAt}.`, { field: 'toAt', got: toAt })
      const bucketMs = (toAt - fromAt) / buckets
      const path = `$${members.map(member => `."${member.replaceAll('"', '')}"`).join('')}`
      const rows = await context.store.read(selectMemberBuckets, [path, fromAt, bucketMs, deviceId, property, Math.ceil(fromAt), Math.floor(toAt)])
      const column = (name: keyof MemberBucketRow): Float64Array => Float64Array.from(rows, row => row[name])
      return {
        at: Float64Array.from(rows, ({ bucket }) => fromAt + bucket * bucketMs),
        min: column('min'),
        max: column('max'),
        mean: column('mean'),
        last: column('last'),
        count: column('count'),
        points: rows.reduce((sum, { count }) => sum + count, 0),
        bucketMs,
      }
    },
    'device.propertyPoints': async ({ productKey, deviceName, properties, fromAt, toAt, order, limit }, { signal }) => {
      const device = requireDevice(productKey, deviceName)
      if (!(toAt >= fromAt))
        throw new AppError('input/invalid', `toAt: expected an instant not before fromAt (${fromAt}), got ${toAt}.`, { field: 'toAt', got: toAt })
      const names = [...new Set(properties)]
      const model = modelOf(productKey)
      const range = { fromAt: Math.ceil(fromAt), toAt: Math.floor(toAt) }
      const pages = await Promise.all(names.map(name => readInstants({ ...range, order, limit }, readerOf(context, device, name, order, signal))))
      names.forEach((name, index) => requireKnown(model, name, pages[index]!))
      const nextAt = firstEnd(pages, order)
      return { properties: names.map((property, index) => ({ property, points: pages[index]!.rows.filter(({ at }) => nextAt === null || (order === 'newest' ? at > nextAt : at < nextAt)) })), nextAt }
    },
  }
}

function unitOf(dataType: DataType): string {
  return 'unit' in dataType ? dataType.unit ?? '' : ''
}

/** Reads a property from both places where values are: the type of a property may have changed. */
function readerOf({ store, modelOf }: HistoryContext, { deviceId, productKey }: FeatureDevice, property: string, order: TimeOrder, signal: AbortSignal): (range: TimeRange, limit: number) => Promise<PropertyPoint[]> {
  const isLong = modelOf(productKey)?.properties.get(property)?.property.dataType.type === 'long'
  return async (range, limit) => {
    const [series, others] = await Promise.all([
      store.series.points(deviceId, property, { ...range, newestFirst: order === 'newest', limit }, signal),
      store.read(selectPropertyValues[order], [deviceId, property, range.fromAt, range.toAt, limit]),
    ])
    const withDigits = new Set(isLong ? others.map(({ at }) => at) : [])
    const numbers = Array.from(series.at, (at, index): PropertyPoint => ({ at, value: series.value[index]! }))
      // A 64-bit integer beyond what a number can hold is among the others, with all its digits.
      .filter(({ at, value }) => !withDigits.has(at) || Number.isSafeInteger(value))
    return numbers.concat(others).sort((a, b) => order === 'newest' ? b.at - a.at : a.at - b.at).slice(0, limit)
  }
}

/** What used to be a property can still be read as long as there are values of it. */
function requireKnown(model: CompiledModel | null, name: string, { rows }: InstantPage<PropertyPoint>): void {
  if (rows.length === 0 && !model?.properties.has(name)) {
    const hint = model?.suggest(name) ?? ''
    throw new AppError('input/invalid', `properties: expected identifiers of properties of the thing model, got ${JSON.stringify(name)}${hint === '' ? '' : `; did you mean ${hint}?`}`, { field: 'properties', got: name })
  }
}

/** Where the first of several pages ends: those that go further are cut there, so that one instant tells where all go on. */
function firstEnd(pages: readonly InstantPage<PropertyPoint>[], order: TimeOrder): number | null {
  const ends = pages.flatMap(({ nextAt }) => nextAt ?? [])
  return ends.length === 0 ? null : order === 'newest' ? Math.max(...ends) : Math.min(...ends)
}
