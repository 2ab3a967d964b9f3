import type { Action, ActionContext } from '../action.ts'
import type { ModelPlace } from './thing-model-module.ts'
import { exportDocument, exportThingModel } from '../../../shared/thing-model/export.ts'
import { reduceFeature } from '../../../shared/thing-model/reduce-feature.ts'
import { writeThingModelJson } from '../../../shared/thing-model/thing-model-json.ts'
import { action } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, initially, missing, required, text, texts } from '../parameter.ts'
import { findDocuments, findModule, modelCode, readModules } from './thing-model-module.ts'

const productKey = required(text('The product.'))
const block = text('A custom module; without it the default one.')
const blockName = text('The name of a custom module that is made, or its new one.')
const draftOrVersion = text('A version; without it the draft.')
const versionOrNewest = text('A version; without it the newest.')
const simple = initially(boolean('Only identifiers and data types.'), false)

const errors = {
  'model/invalid': modelCode,
  'model/no-draft': modelCode,
  'model/draft-exists': modelCode,
  'model/version-exists': modelCode,
  'model/version-not-found': modelCode,
  'input/invalid': modelCode,
} as const
const fields = { features: 'ThingModelJson', functionBlockId: 'FunctionBlockId', version: 'ModelVersion', text: 'TslStr' }

type Module = ModelPlace & { FunctionBlockId: string | undefined }

async function tellTsl(context: ActionContext, place: Module & { Simple: boolean }, otherwise: 'draft' | 'published'): Promise<{ Data: { TslStr: string } }> {
  const { module } = await findModule(context, place, otherwise)
  const document = exportDocument(module, { productKey: place.ProductKey })
  const reduced = Object.fromEntries(['properties', 'events', 'services'].map(list => [list, reduceFeature(document[list]!, ['identifier', 'type'])]))
  return { Data: { TslStr: JSON.stringify(place.Simple ? { ...document, ...reduced } : document) } }
}

async function tellJson(context: ActionContext, place: Module, otherwise: 'draft' | 'published'): Promise<{ Data: { ThingModelJson: string }, ProductKey: string }> {
  const { module, version } = await findModule(context, place, otherwise)
  return { Data: { ThingModelJson: writeThingModelJson(module, { productKey: place.ProductKey, version }) }, ProductKey: place.ProductKey }
}

/** A plain TSL document as that of a custom module; text that is no JSON object stays as it is, for the engine to refuse. */
function asModule(tsl: string, functionBlockId: string | undefined, functionBlockName: string | undefined): string {
  if (functionBlockId === undefined)
    return tsl
  try {
    const document = JSON.parse(tsl) as Record<string, unknown>
    return JSON.stringify({ ...document, functionBlockId, functionBlockName: functionBlockName ?? document.functionBlockName ?? functionBlockId, functionBlocks: undefined })
  }
  catch {
    return tsl
  }
}

/** Thing models. What changes them goes to the draft; devices are checked by what PublishThingModel has made of it. */
export const thingModelActions: Action[] = [
  action({
    name: 'ImportThingModelTsl',
    group: 'model',
    about: 'Puts a module in the form of the console\'s export into the draft, in the place of the one that is there.',
    parameters: { ProductKey: productKey, TslStr: text('The document.'), TslUrl: text('Documents at an address are not fetched: refused.'), FunctionBlockId: block, FunctionBlockName: blockName },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, TslStr, TslUrl, FunctionBlockId, FunctionBlockName }, { call }) {
      if (TslStr === undefined && TslUrl !== undefined)
        throw new ApiFailure(modelCode, 'Documents at an address are not fetched: send the text itself in TslStr.')
      if (TslStr === undefined)
        throw missing('TslStr')
      await call('product.importModel', { text: asModule(TslStr, FunctionBlockId, FunctionBlockName), productKey: ProductKey, asDraft: true })
      return {}
    },
  }),
  action({
    name: 'GetThingModelTsl',
    group: 'model',
    about: 'One module in the form of the console\'s export, of the draft or of a version. There is no TslUri.',
    parameters: { ProductKey: productKey, ModelVersion: draftOrVersion, FunctionBlockId: block, Simple: simple },
    answer: { Data: { TslStr: 's', TslUri: 's' } },
    errors,
    fields,
    run: (place, context) => tellTsl(context, place, 'draft'),
  }),
  action({
    name: 'GetThingModelTslPublished',
    group: 'model',
    about: 'One module in the form of the console\'s export, of a version. There is no TslUri.',
    parameters: { ProductKey: productKey, ModelVersion: versionOrNewest, FunctionBlockId: block, Simple: simple },
    answer: { Data: { TslStr: 's', TslUri: 's' } },
    errors,
    fields,
    run: (place, context) => tellTsl(context, place, 'published'),
  }),
  action({
    name: 'PublishThingModel',
    group: 'model',
    about: 'Makes the draft the model that devices are checked by, as a new version.',
    parameters: { ProductKey: productKey, ModelVersion: text('1 to 16 letters, digits or dots; without it, the last number of the newest version grows by one.'), Description: text('Up to 200 characters.') },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, ModelVersion, Description }, { call }) {
      await call('model.publish', { productKey: ProductKey, version: ModelVersion, description: Description ?? '' })
      return {}
    },
  }),
  action({
    name: 'ListThingModelVersion',
    group: 'model',
    about: 'The published versions, newest first.',
    parameters: { ProductKey: productKey },
    answer: { Data: { ModelVersions: [{ Description: 's', GmtCreate: 'l', ModelVersion: 's' }] } },
    async run({ ProductKey }, { call }) {
      const { versions } = await call('model.versions', { productKey: ProductKey })
      return { Data: { ModelVersions: versions.map(({ version, description, publishedAt }) => ({ Description: description, GmtCreate: publishedAt, ModelVersion: version })) } }
    },
  }),
  action({
    name: 'CopyThingModel',
    group: 'model',
    about: 'Makes the thing model of one product the draft of another, whose own draft is replaced.',
    parameters: { SourceProductKey: required(text('The product whose model it is.')), SourceModelVersion: versionOrNewest, TargetProductKey: required(text('The product that gets it.')) },
    answer: {},
    errors,
    fields,
    async run({ SourceProductKey, SourceModelVersion, TargetProductKey }, context) {
      const { documents } = await findDocuments(context, { ProductKey: SourceProductKey, ModelVersion: SourceModelVersion }, 'published')
      await context.call('model.saveDraft', { productKey: TargetProductKey, documents: readModules(documents).map(module => exportThingModel(module, { productKey: TargetProductKey })) })
      return {}
    },
  }),
  action({
    name: 'CreateThingModel',
    group: 'model',
    about: 'Adds up to ten properties, services and events to the draft.',
    parameters: { ProductKey: productKey, ThingModelJson: required(text('The features in the form ThingModelJson.')), FunctionBlockId: block, FunctionBlockName: blockName },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, ThingModelJson, FunctionBlockId, FunctionBlockName }, { call }) {
      await call('model.edit', { productKey: ProductKey, functionBlockId: FunctionBlockId, functionBlockName: FunctionBlockName, change: { kind: 'add', features: ThingModelJson } })
      return {}
    },
  }),
  action({
    name: 'UpdateThingModel',
    group: 'model',
    about: 'Replaces a feature of the draft, or only gives a custom module a new name.',
    parameters: {
      ProductKey: productKey,
      Identifier: text('The feature that is replaced; without it, the one with the same identifier.'),
      ThingModelJson: text('The feature in the form ThingModelJson.'),
      FunctionBlockId: block,
      FunctionBlockName: blockName,
    },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, Identifier, ThingModelJson, FunctionBlockId, FunctionBlockName }, { call }) {
      if (ThingModelJson === undefined && (FunctionBlockId === undefined || FunctionBlockName === undefined))
        throw missing('ThingModelJson')
      await call('model.edit', {
        productKey: ProductKey,
        functionBlockId: FunctionBlockId,
        functionBlockName: FunctionBlockName,
        change: ThingModelJson === undefined ? { kind: 'rename' } : { kind: 'replace', features: ThingModelJson, identifier: Identifier },
      })
      return {}
    },
  }),
  action({
    name: 'DeleteThingModel',
    group: 'model',
    about: 'Takes features out of the draft.',
    parameters: {
      ProductKey: productKey,
      PropertyIdentifier: texts('Properties.', { max: 300 }),
      EventIdentifier: texts('Events.', { max: 300 }),
      ServiceIdentifier: texts('Services.', { max: 300 }),
      FunctionBlockId: block,
    },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, PropertyIdentifier = [], EventIdentifier = [], ServiceIdentifier = [], FunctionBlockId }, { call }) {
      if (PropertyIdentifier.length + EventIdentifier.length + ServiceIdentifier.length === 0)
        throw missing('PropertyIdentifier')
      await call('model.edit', { productKey: ProductKey, functionBlockId: FunctionBlockId, change: { kind: 'remove', properties: PropertyIdentifier, events: EventIdentifier, services: ServiceIdentifier } })
      return {}
    },
  }),
  action({
    name: 'QueryThingModel',
    group: 'model',
    about: 'One module in the form ThingModelJson, of the draft or of a version.',
    parameters: { ProductKey: productKey, ModelVersion: draftOrVersion, FunctionBlockId: block },
    answer: { Data: { ThingModelJson: 's' }, ProductKey: 's' },
    errors,
    fields,
    run: (place, context) => tellJson(context, place, 'draft'),
  }),
  action({
    name: 'QueryThingModelPublished',
    group: 'model',
    about: 'One module in the form ThingModelJson, of a version.',
    parameters: { ProductKey: productKey, ModelVersion: versionOrNewest, FunctionBlockId: block },
    answer: { Data: { ThingModelJson: 's' }, ProductKey: 's' },
    errors,
    fields,
    run: (place, context) => tellJson(context, place, 'published'),
  }),
]
