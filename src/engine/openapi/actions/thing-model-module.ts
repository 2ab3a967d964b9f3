import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { ActionContext } from '../action.ts'
import { withFunctionBlocks } from '../../../shared/thing-model/join-modules.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { describeModelIssue } from '../../../shared/thing-model/parse.ts'
import { ApiFailure } from '../failure.ts'

/** Which thing model a call means: a version by its name, otherwise the draft or the newest version. */
export interface ModelPlace { ProductKey: string, ModelVersion: string | undefined }

interface Found { documents: string[], version?: { version: string, description: string } }

/** What the cloud answers where its manual has no code of its own for thing models. */
export const modelCode = 'iot.common.InvalidParameter'

/** The texts of a thing model, one for each module; none while the product has no model. Throws ApiFailure where there is no version. */
export async function findDocuments({ call }: Pick<ActionContext, 'call'>, { ProductKey, ModelVersion }: ModelPlace, otherwise: 'draft' | 'published'): Promise<Found> {
  if (ModelVersion === undefined && otherwise === 'draft')
    return { documents: (await call('model.draft', { productKey: ProductKey })).documents }
  const wanted = ModelVersion ?? (await call('model.versions', { productKey: ProductKey })).versions[0]?.version
  if (wanted === undefined)
    throw new ApiFailure(modelCode, `Product ${ProductKey} has no published thing model: call PublishThingModel first.`)
  const { documents, version, description } = await call('model.version', { productKey: ProductKey, version: wanted })
  return { documents, version: { version, description } }
}

/** The modules of a thing model. Throws ApiFailure for a draft that cannot be read. */
export function readModules(documents: readonly string[]): ThingModel[] {
  const parsed = documents.length === 0 ? { documents: [] } : parseDocuments(documents)
  if (parsed.documents === undefined)
    throw new ApiFailure(modelCode, describeModelIssue(parsed.issues[0]!), { platformCode: parsed.issues[0]!.code })
  return parsed.documents
}

/** One module of a thing model: the custom one that is named, or the default one, which names the others. Throws ApiFailure. */
export async function findModule(context: Pick<ActionContext, 'call'>, place: ModelPlace & { FunctionBlockId: string | undefined }, otherwise: 'draft' | 'published'): Promise<{ module: ThingModel, version?: Found['version'] }> {
  const { ProductKey, FunctionBlockId } = place
  const { documents, version } = await findDocuments(context, place, otherwise)
  const modules = readModules(documents)
  const found = modules.find(({ functionBlockId }) => functionBlockId === FunctionBlockId)
  if (FunctionBlockId === undefined) {
    const main = found ?? { profile: { productKey: ProductKey }, properties: [], events: [], services: [] }
    return { module: withFunctionBlocks(main, modules.filter(({ functionBlockId }) => functionBlockId !== undefined), ProductKey), version }
  }
  if (found === undefined)
    throw new ApiFailure(modelCode, `Product ${ProductKey} has no module ${FunctionBlockId}.`, { platformCode: 5490 })
  return { module: found, version }
}
