import type { FeatureKind } from '../../../../shared/thing-model/changes.ts'
import type { Feature } from '../../../../shared/thing-model/parse-feature.ts'
import type { Property, ThingEvent, ThingModel, ThingService } from '../../../../shared/thing-model/types.ts'
import { byModule } from '../../../../shared/thing-model/parse-documents.ts'

/** The modules of a draft, the default one first. Every change makes a new list and leaves the old one as it is, which is what undo goes back to. */
export type Modules = readonly ThingModel[]

const lists = { property: 'properties', event: 'events', service: 'services' } as const

/** A default module without anything in it. */
export const emptyModule: ThingModel = { profile: {}, properties: [], events: [], services: [] }

/** The id of the default module in the editor, where every module needs one. */
export function idOf(module: ThingModel): string {
  return module.functionBlockId ?? ''
}

export function featuresOf(module: ThingModel, kind: FeatureKind): readonly Feature[] {
  return module[lists[kind]]
}

function change(modules: Modules, moduleId: string, edit: (module: ThingModel) => ThingModel): Modules {
  return modules.map(module => idOf(module) === moduleId ? edit(module) : module)
}

function withFeatures(module: ThingModel, kind: FeatureKind, features: readonly Feature[]): ThingModel {
  switch (kind) {
    case 'property':
      return { ...module, properties: features as Property[] }
    case 'event':
      return { ...module, events: features as ThingEvent[] }
    case 'service':
      return { ...module, services: features as ThingService[] }
  }
}

/** Puts a feature in the place of the one called `replaced`, or at the end. */
export function putFeature(modules: Modules, moduleId: string, kind: FeatureKind, feature: Feature, replaced: string | null): Modules {
  return change(modules, moduleId, (module) => {
    const features = featuresOf(module, kind)
    const at = features.findIndex(one => one.identifier === replaced)
    return withFeatures(module, kind, at === -1 ? [...features, feature] : features.with(at, feature))
  })
}

export function removeFeature(modules: Modules, moduleId: string, kind: FeatureKind, identifier: string): Modules {
  return change(modules, moduleId, module => withFeatures(module, kind, featuresOf(module, kind).filter(one => one.identifier !== identifier)))
}

/** Puts a copy under a free name right after the feature; returns the name too. */
export function duplicateFeature(modules: Modules, moduleId: string, kind: FeatureKind, identifier: string): { modules: Modules, identifier: string } {
  let copyName = identifier
  const copied = change(modules, moduleId, (module) => {
    const features = featuresOf(module, kind)
    const at = features.findIndex(one => one.identifier === identifier)
    const original = features[at]
    if (original === undefined)
      return module
    copyName = freeName(identifier, new Set(features.map(one => one.identifier)))
    return withFeatures(module, kind, features.toSpliced(at + 1, 0, { ...original, identifier: copyName }))
  })
  return { modules: copied, identifier: copyName }
}

function freeName(identifier: string, taken: ReadonlySet<string>): string {
  const stem = identifier.replace(/_?\d+$/, '').slice(0, 44)
  let number = 2
  while (taken.has(`${stem}_${number}`))
    number++
  return `${stem}_${number}`
}

/** Adds a custom module, or gives the one with that id another name. */
export function putModule(modules: Modules, id: string, name: string): Modules {
  if (modules.some(module => idOf(module) === id))
    return change(modules, id, module => ({ ...module, functionBlockName: name }))
  return [...modules, { ...emptyModule, functionBlockId: id, functionBlockName: name }].sort(byModule)
}

export function removeModule(modules: Modules, id: string): Modules {
  return modules.filter(module => idOf(module) !== id)
}

/** Puts a whole document in the place of a module. */
export function replaceModule(modules: Modules, id: string, document: ThingModel): Modules {
  return [...modules.filter(module => idOf(module) !== id), document].sort(byModule)
}
