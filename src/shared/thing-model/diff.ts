import type { ThingModel } from './types.ts'

export interface FeatureReference { kind: 'property' | 'event' | 'service', identifier: string }

export interface ModelDiff {
  added: FeatureReference[]
  removed: FeatureReference[]
  /** In both models, but not alike. */
  changed: FeatureReference[]
}

/** What a new version of a model adds, takes away and changes. The order of features is no change; names and descriptions are. */
export function diffThingModels(before: ThingModel, after: ThingModel): ModelDiff {
  const old = featuresOf(before)
  const fresh = featuresOf(after)
  const diff: ModelDiff = { added: [], removed: [], changed: [] }
  for (const [key, feature] of fresh) {
    const counterpart = old.get(key)
    if (counterpart === undefined)
      diff.added.push(feature.reference)
    else if (counterpart.text !== feature.text)
      diff.changed.push(feature.reference)
  }
  for (const [key, feature] of old) {
    if (!fresh.has(key))
      diff.removed.push(feature.reference)
  }
  return diff
}

/** Features by kind and identifier, each with a text to compare. */
function featuresOf(model: ThingModel): Map<string, { reference: FeatureReference, text: string }> {
  const features = new Map<string, { reference: FeatureReference, text: string }>()
  const collect = (kind: FeatureReference['kind'], list: readonly { identifier: string }[]): void => {
    for (const feature of list) {
      features.set(`${kind} ${feature.identifier}`, { reference: { kind, identifier: feature.identifier }, text: JSON.stringify(feature) })
    }
  }
  collect('property', model.properties)
  collect('event', model.events)
  collect('service', model.services)
  return features
}
