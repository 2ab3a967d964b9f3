import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { RequestVerdict } from '../answer-request.ts'
import type { FeatureDevice } from '../feature.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { exportDocument } from '../../../shared/thing-model/export.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { withFunctionBlocks } from '../../../shared/thing-model/join-modules.ts'
import { reduceFeature } from '../../../shared/thing-model/reduce-feature.ts'
import { withoutModel } from './handle.ts'

/** A device that asks for its thing model, which is null while its product has none. */
export interface ModelAsker { device: FeatureDevice, model: CompiledModel | null }

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
    ? features.filter(isKept).map(feature => nodes === undefined ? feature : reduceFeature(feature, nodes))
    : []
  return { data: { properties: listed(properties), events: listed(events), services: listed(services) } }
}

function isDerived(feature: JsonValue): boolean {
  return isJsonObject(feature) && typeof feature.method === 'string' && /^thing\.(?:event|service)\.property\./.test(feature.method)
}

function documentOf({ device: { productKey, deviceName }, model }: ModelAsker): JsonObject {
  const { model: document, modules } = model ?? withoutModel
  const { schema, profile, services, properties, events, ...rest } = exportDocument(withFunctionBlocks(document, modules, productKey), { productKey })
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
