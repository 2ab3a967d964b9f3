import type { FeatureKind } from './changes.ts'
import type { ModelIssue } from './findings.ts'
import type { ThingModel } from './types.ts'

/** The lists of features that a module has. */
export type FeatureLists = Pick<ThingModel, 'properties' | 'events' | 'services'>

/** A changed module; or what is wrong with the change. */
export type EditedModel = { model: ThingModel, issues?: undefined } | { issues: ModelIssue[], model?: undefined }

const listOf = { property: 'properties', event: 'events', service: 'services' } as const
const withArticle = { property: 'a property', event: 'an event', service: 'a service' } as const
const kinds = ['property', 'service', 'event'] as const satisfies FeatureKind[]

/** Adds features behind those that a module has; an identifier that its kind has already is an issue. */
export function addFeatures(model: ThingModel, added: FeatureLists): EditedModel {
  const issues = kinds.flatMap(kind => added[listOf[kind]].flatMap(({ identifier }, index): ModelIssue[] => model[listOf[kind]].some(other => other.identifier === identifier)
    ? [{ path: `${listOf[kind]}[${index}].identifier`, expected: `an identifier that no ${kind} of the module has`, got: `text ${JSON.stringify(identifier)}`, code: 6317 }]
    : []))
  if (issues.length > 0)
    return { issues }
  return { model: { ...model, properties: [...model.properties, ...added.properties], events: [...model.events, ...added.events], services: [...model.services, ...added.services] } }
}

/**
 * Puts features in the place of those with the same identifier and kind; a single one can be put in the place of the one that
 * `identifier` names, and so get a new identifier.
 */
export function replaceFeatures(model: ThingModel, by: FeatureLists, identifier?: string): EditedModel {
  const issues: ModelIssue[] = []
  const changed = { ...model }
  for (const kind of kinds) {
    const list = listOf[kind]
    by[list].forEach((feature, index) => {
      const features = changed[list] as typeof feature[]
      const wanted = identifier ?? feature.identifier
      const at = features.findIndex(other => other.identifier === wanted)
      const twin = features.findIndex(other => other.identifier === feature.identifier)
      if (at === -1)
        issues.push({ path: `${list}[${index}].identifier`, expected: `the identifier of ${withArticle[kind]} that the module has`, got: `text ${JSON.stringify(wanted)}`, code: 6317 })
      else if (twin !== -1 && twin !== at)
        issues.push({ path: `${list}[${index}].identifier`, expected: `an identifier that no other ${kind} of the module has`, got: `text ${JSON.stringify(feature.identifier)}`, code: 6317 })
      else
        Object.assign(changed, { [list]: features.with(at, feature) })
    })
  }
  return issues.length > 0 ? { issues } : { model: changed }
}

/** Takes features out of a module by their identifiers; one that it has not is an issue. */
export function removeFeatures(model: ThingModel, identifiers: Record<'properties' | 'events' | 'services', readonly string[]>): EditedModel {
  const issues = kinds.flatMap(kind => identifiers[listOf[kind]].flatMap((identifier): ModelIssue[] => model[listOf[kind]].some(other => other.identifier === identifier)
    ? []
    : [{ path: listOf[kind], expected: `the identifier of ${withArticle[kind]} that the module has`, got: `text ${JSON.stringify(identifier)}`, code: 6317 }]))
  if (issues.length > 0)
    return { issues }
  return {
    model: {
      ...model,
      properties: model.properties.filter(({ identifier }) => !identifiers.properties.includes(identifier)),
      events: model.events.filter(({ identifier }) => !identifiers.events.includes(identifier)),
      services: model.services.filter(({ identifier }) => !identifiers.services.includes(identifier)),
    },
  }
}
