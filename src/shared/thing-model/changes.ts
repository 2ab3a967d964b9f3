import type { JsonValue } from '../json.ts'
import type { DataType, Parameter, ThingModel } from './types.ts'
import { wireName } from './method.ts'

export type FeatureKind = 'property' | 'event' | 'service'

/** One difference inside a feature, in the words of the export form: `dataType.max` from `100` to `120`, `outputData[Temp]` from null to `float`. */
export interface ChangeDetail {
  path: string
  /** Null when it was not there. */
  from: string | null
  /** Null when it is gone. */
  to: string | null
  isBreaking: boolean
}

/** What one feature or module has become between two models. */
export interface ModelChange {
  change: 'added' | 'removed' | 'changed'
  kind: FeatureKind | 'module'
  /** The name on the wire (`Temp`, `pump:Flow`); the id of a module. */
  key: string
  name: string
  /** Devices or programs that work with the old model can fail with the new one. */
  isBreaking: boolean
  /** Only of what is in both models. */
  details: ChangeDetail[]
}

interface Described { kind: ModelChange['kind'], key: string, name: string, parts: Map<string, string> }

/**
 * What a new model adds, takes away and changes, all modules together. The order of features is no change; names and
 * descriptions are. Breaking is what no longer fits: something is gone, another type, a narrower range, a new input.
 */
export function diffModels(before: readonly ThingModel[], after: readonly ThingModel[]): ModelChange[] {
  const old = describeAll(before)
  const fresh = describeAll(after)
  const changes: ModelChange[] = []
  for (const [id, { kind, key, name, parts }] of fresh) {
    const counterpart = old.get(id)
    if (counterpart === undefined) {
      changes.push({ change: 'added', kind, key, name, isBreaking: false, details: [] })
      continue
    }
    const details = diffParts(counterpart.parts, parts)
    if (details.length > 0)
      changes.push({ change: 'changed', kind, key, name, isBreaking: details.some(detail => detail.isBreaking), details })
  }
  for (const [id, { kind, key, name }] of old) {
    if (!fresh.has(id))
      changes.push({ change: 'removed', kind, key, name, isBreaking: true, details: [] })
  }
  return changes
}

function diffParts(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ChangeDetail[] {
  const details: ChangeDetail[] = []
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const from = before.get(path) ?? null
    const to = after.get(path) ?? null
    if (from !== to && !goesWithoutSaying(path, before, after))
      details.push({ path, from, to, isBreaking: isBreaking(path, from, to) })
  }
  return details
}

/** True for a part of a parameter that is new or gone altogether, and for the specs of a type that has become another one. */
function goesWithoutSaying(path: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  // A parameter's own entry holds its type, which is told by itself.
  if (isParameter(path) && before.has(path) && after.has(path))
    return true
  for (let end = path.length - 1; end > 0; end--) {
    if (path[end] !== '.' && path[end] !== '[')
      continue
    const parent = path.slice(0, end)
    if (isParameter(parent) && before.has(parent) !== after.has(parent))
      return true
    const type = `${parent}.type`
    if (path !== type && before.has(type) && after.has(type) && before.get(type) !== after.get(type))
      return true
  }
  return false
}

function isParameter(path: string): boolean {
  return path.endsWith(']')
}

function isBreaking(path: string, from: string | null, to: string | null): boolean {
  const isGone = to === null
  if (isParameter(path))
    return isGone || path.startsWith('inputData')
  const last = path.slice(path.lastIndexOf('.') + 1)
  switch (last) {
    // A bound that goes away allows more.
    case 'min':
      return !isGone && (from === null || Number(to) > Number(from))
    case 'max':
    case 'length':
    case 'size':
      return !isGone && (from === null || Number(to) < Number(from))
    case 'accessMode':
      return to !== 'rw'
    case 'type':
    case 'callType':
      return true
    default:
      return isGone && /\.items\.-?\d+$/.test(path)
  }
}

/** Features by module, kind and identifier, each as paths and texts to compare. */
function describeAll(documents: readonly ThingModel[]): Map<string, Described> {
  const all = new Map<string, Described>()
  for (const { functionBlockId, functionBlockName, properties, events, services } of documents) {
    const add = (kind: FeatureKind, { identifier, name }: { identifier: string, name: string }, parts: Map<string, string>): void => {
      const key = wireName(identifier, functionBlockId)
      all.set(`${kind} ${key}`, { kind, key, name, parts })
    }
    if (functionBlockId !== undefined) {
      const name = functionBlockName ?? functionBlockId
      all.set(`module ${functionBlockId}`, { kind: 'module', key: functionBlockId, name, parts: new Map([['name', name]]) })
    }
    for (const { dataType, extra, ...property } of properties) {
      const parts = plainParts(property, extra)
      describeDataType(parts, 'dataType', dataType)
      add('property', property, parts)
    }
    for (const { outputData, extra, ...event } of events) {
      const parts = plainParts(event, extra)
      // The kind of an event is shown to people; nothing is checked by it.
      parts.set('eventType', event.type)
      parts.delete('type')
      describeParameters(parts, 'outputData', outputData)
      add('event', event, parts)
    }
    for (const { inputData, outputData, extra, ...service } of services) {
      const parts = plainParts(service, extra)
      describeParameters(parts, 'inputData', inputData)
      describeParameters(parts, 'outputData', outputData)
      add('service', service, parts)
    }
  }
  return all
}

function plainParts({ identifier: _, ...rest }: { identifier: string }, extra: JsonValue | undefined): Map<string, string> {
  const parts = new Map(Object.entries(rest as Record<string, string | boolean>).map(([key, value]) => [key, String(value)]))
  if (extra !== undefined)
    parts.set('extra', JSON.stringify(extra))
  return parts
}

function describeParameters(parts: Map<string, string>, path: string, parameters: readonly Parameter[]): void {
  for (const { identifier, name, desc, dataType, extra } of parameters) {
    const place = `${path}[${identifier}]`
    parts.set(place, dataType.type)
    parts.set(`${place}.name`, name)
    if (desc !== undefined)
      parts.set(`${place}.desc`, desc)
    if (extra !== undefined)
      parts.set(`${place}.extra`, JSON.stringify(extra))
    describeDataType(parts, `${place}.dataType`, dataType)
  }
}

function describeDataType(parts: Map<string, string>, path: string, dataType: DataType): void {
  parts.set(`${path}.type`, dataType.type)
  switch (dataType.type) {
    case 'bool':
      parts.set(`${path}.labels.0`, dataType.labels[0])
      parts.set(`${path}.labels.1`, dataType.labels[1])
      return
    case 'enum':
      for (const { value, name } of dataType.items)
        parts.set(`${path}.items.${value}`, name)
      return
    case 'struct':
      describeParameters(parts, `${path}.members`, dataType.members)
      return
    case 'array':
      if (dataType.size !== undefined)
        parts.set(`${path}.size`, String(dataType.size))
      describeDataType(parts, `${path}.item`, dataType.item)
      return
    default:
      for (const [key, value] of Object.entries(dataType) as [string, JsonValue][]) {
        if (key !== 'type')
          parts.set(`${path}.${key}`, typeof value === 'object' ? JSON.stringify(value) : String(value))
      }
  }
}
