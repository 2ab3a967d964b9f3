import type { MethodParams } from '../../../shared/contract/contract.ts'
import type { EditedModel } from '../../../shared/thing-model/edit-features.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { addFeatures, removeFeatures, replaceFeatures } from '../../../shared/thing-model/edit-features.ts'
import { byModule } from '../../../shared/thing-model/parse-documents.ts'
import { readThingModelJson } from '../../../shared/thing-model/read-thing-model-json.ts'
import { invalidModel } from './model-versions.ts'

type Change = MethodParams<'model.edit'>['change']

/** Which module of which product, and what it is to be called. */
interface Place { productKey: string, functionBlockId: string | undefined, functionBlockName: string | undefined }

/**
 * The documents of a draft after a change to one module, which may be a new one. Throws AppError model/invalid with what is
 * wrong with the change, with platform code 5490 for a module that is not there, or limit/reached. Pure.
 */
export function editModule(documents: readonly ThingModel[], place: Place, change: Change, applyLimits: boolean): ThingModel[] {
  const { productKey, functionBlockId, functionBlockName } = place
  const found = documents.find(document => document.functionBlockId === functionBlockId)
  const isNew = found === undefined && change.kind === 'add'
  if (found === undefined && !isNew && functionBlockId !== undefined)
    throw new AppError('model/invalid', `Product ${productKey} has no module ${functionBlockId}.`, { productKey, functionBlockId, platformCode: 5490 })
  const module: ThingModel = {
    ...(found ?? { profile: { productKey }, properties: [], events: [], services: [] }),
    ...(functionBlockId !== undefined && { functionBlockId }),
    ...(functionBlockId !== undefined && functionBlockName !== undefined && { functionBlockName }),
  }
  const edited = apply(module, change, applyLimits)
  if (edited.issues !== undefined)
    throw invalidModel(edited.issues)
  return [...documents.filter(document => document !== found), edited.model].sort(byModule)
}

function apply(module: ThingModel, change: Change, applyLimits: boolean): EditedModel {
  switch (change.kind) {
    case 'add': {
      const features = readFeatures(change.features, applyLimits)
      const count = features.properties.length + features.events.length + features.services.length
      if (applyLimits && count > limits.featuresPerCallMax)
        throw new AppError('limit/reached', `One call adds at most ${limits.featuresPerCallMax} features, got ${count}.`, { limit: limits.featuresPerCallMax })
      return addFeatures(module, features)
    }
    case 'replace': {
      const features = readFeatures(change.features, applyLimits)
      const count = features.properties.length + features.events.length + features.services.length
      if (change.identifier !== undefined && count !== 1)
        throw new AppError('input/invalid', `features: expected the one feature that replaces ${change.identifier}, got ${count}.`, { field: 'features' })
      return replaceFeatures(module, features, change.identifier)
    }
    case 'remove':
      return removeFeatures(module, change)
    case 'rename':
      return { model: module }
  }
}

function readFeatures(text: string, applyLimits: boolean): ThingModel {
  const read = readThingModelJson(text, { applyLimits })
  if (read.issues !== undefined)
    throw invalidModel(read.issues)
  return read.model
}
