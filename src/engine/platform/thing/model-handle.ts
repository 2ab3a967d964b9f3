import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { exportDocument } from '../../../shared/thing-model/export.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { withoutModel } from './handle.ts'

/** A device that asks for its thing model, which is null while its product has none. */
export interface ModelAsker { device: FeatureDevice, model: CompiledModel | null }

/** Keys that hold the others together; without them there would be nothing to stand in. */
const structure = ['dataType', 'specs', 'item', 'inputData', 'outputData']

/** The device's own thing model as a document (`dsltemplate/get`, Alink 4.6), with its link and its name in the profile. Pure. */
export function answerModelGet(asker: ModelAsker): RequestVerdict {
  return { data: documentOf(asker) }
}

/**
 * The thing model reduced to some keys (`dynamicTsl/get`, Alink 4.6): params name the `nodes` to keep, and with
 * `addDefault` false the members that the cloud derives are left out. Pure.
 */
export function answerReducedModelGet(asker: ModelAsker, params: JsonValue | undefined): RequestVerdict {
  const { nodes, addDefault } = isJsonObject(params) ? params : {}
  if (nodes !== undefined && !(Array.isArray(nodes) && nodes.every(node => typeof node === 'string')))
    return { issue: { code: 460, path: '', rule: 'bad-form', expected: '"nodes" to be a list of texts', got: toSnippet(params) } }
  const { properties, events, services } = documentOf(asker)
  const isKept = (feature: JsonValue): boolean => addDefault !== false || !isDerived(feature)
  const listed = (features: JsonValue | undefined): JsonValue => Array.isArray(features)
    ? features.filter(isKept).map(feature => nodes === undefined ? feature : reduce(feature, new Set([...nodes, ...structure])))
    : []
  return { data: { properties: listed(properties), events: listed(events), services: listed(services) } }
}

function reduce(value: JsonValue, keys: ReadonlySet<string>): JsonValue {
  if (Array.isArray(value))
    return value.map(item => reduce(item, keys))
  if (!isJsonObject(value))
    return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.has(key)).map(([key, member]) => [key, key === 'specs' && !Array.isArray(member) ? reduceSpecs(member, keys) : reduce(member, keys)]))
}

/** The specs of a plain type are values, not members; only those of an array hold a type. */
function reduceSpecs(specs: JsonValue, keys: ReadonlySet<string>): JsonValue {
  return isJsonObject(specs) && isJsonObject(specs.item) ? { ...specs, item: reduce(specs.item, keys) } : specs
}

function isDerived(feature: JsonValue): boolean {
  return isJsonObject(feature) && typeof feature.method === 'string' && /^thing\.(?:event|service)\.property\./.test(feature.method)
}

function documentOf({ device: { productKey, deviceName }, model }: ModelAsker): JsonObject {
  const { model: document, modules } = model ?? withoutModel
  const { schema, profile, services, properties, events, ...rest } = exportDocument(withBlocks(document, modules, productKey), { productKey })
  return {
    schema: schema!,
    link: `/sys/${productKey}/${deviceName}/thing/`,
    profile: { ...(isJsonObject(profile) ? profile : {}), productKey, deviceName },
    properties: properties!,
    events: events!,
    services: services!,
    ...rest,
  }
}

/** A default module names the custom ones that stand beside it. */
function withBlocks(model: ThingModel, modules: readonly ThingModel[], productKey: string): ThingModel {
  if (modules.length === 0)
    return model
  const functionBlocks = modules.map(({ functionBlockId = '', functionBlockName = functionBlockId }) => ({ functionBlockId, functionBlockName, productKey }))
  return { ...model, functionBlocks }
}
