import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CompiledModel } from '../../../shared/thing-model/compile.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { ReportOutcome } from './types.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { exportDocument } from '../../../shared/thing-model/export.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'
import { withoutModel } from './handle.ts'
import { noId, readMessage, refuseMessage, replyTo } from './request.ts'
import { stepsOfReport } from './rules.ts'

/** A device that asks for its thing model. */
export interface ModelRequest {
  device: FeatureDevice
  model: CompiledModel | null
  topic: string
  payload: Uint8Array
}

/** Keys that hold the others together; without them there would be nothing to stand in. */
const structure = ['dataType', 'specs', 'item', 'inputData', 'outputData']

/** The device's own thing model as a document (`dsltemplate/get`, Alink 4.6), with its link and its name in the profile. Pure. */
export function handleModelGet(request: ModelRequest): ReportOutcome {
  return answer(request, () => documentOf(request))
}

/**
 * The thing model reduced to some keys (`dynamicTsl/get`, Alink 4.6): params name the `nodes` to keep, and with
 * `addDefault` false the members that the cloud derives are left out. Pure.
 */
export function handleReducedModelGet(request: ModelRequest): ReportOutcome {
  return answer(request, (params) => {
    const nodes = isJsonObject(params) ? params.nodes : undefined
    if (nodes !== undefined && !(Array.isArray(nodes) && nodes.every(node => typeof node === 'string')))
      return '"nodes" to be a list of texts'
    const addDefault = !(isJsonObject(params) && params.addDefault === false)
    const { properties, events, services } = documentOf(request)
    const isKept = (feature: JsonValue): boolean => addDefault || !isDerived(feature)
    const listed = (features: JsonValue | undefined): JsonValue => Array.isArray(features)
      ? features.filter(isKept).map(feature => nodes === undefined ? feature : reduce(feature, new Set([...nodes, ...structure])))
      : []
    return { properties: listed(properties), events: listed(events), services: listed(services) }
  })
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

function documentOf({ device: { productKey, deviceName }, model }: ModelRequest): JsonObject {
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

/** A text from `dataOf` says what was expected of the params (460). */
function answer({ topic, payload }: ModelRequest, dataOf: (params: JsonValue | undefined) => JsonObject | string): ReportOutcome {
  const read = readMessage(topic, payload)
  if ('unreadable' in read)
    return read.unreadable
  const { request, notices } = read
  const data = dataOf(request.params)
  if (request.idText === '' || typeof data === 'string') {
    const issue = typeof data === 'string' ? { code: 460, path: '', rule: 'bad-form' as const, expected: data, got: toSnippet(request.params) } : noId
    return refuseMessage(topic, request, { issues: [issue], notices }, { message: 460 })
  }
  const reply = replyTo(topic, request, 200, data)
  const steps = stepsOfReport(topic, { message: 200, isStored: false, isReplied: reply !== null })
  return { code: 200, detail: packDetail({ issues: [], notices, steps }, topic), reply }
}
