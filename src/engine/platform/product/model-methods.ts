import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { ModelDraft, ModelVersionSummary } from '../../../shared/contract/model.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { VersionRow } from './model-rows.ts'
import type { ModelVersions } from './model-versions.ts'
import type { ProductRegistry } from './registry.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { diffModels } from '../../../shared/thing-model/changes.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { editModule } from './edit-module.ts'
import { describeDropped, readDraft } from './import-model.ts'
import { invalidModel, publishedDocuments } from './model-versions.ts'
import { modelTextOf } from './registry.ts'
import { countFeatures, nextVersion } from './rules.ts'

interface ModelContext { registry: ProductRegistry, versions: ModelVersions, applyLimits: () => boolean }

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `model.${string}`>>
type Side = Parameters<Handlers['model.diff']>[0]['from']

/** What the console and the command line can ask about drafts and versions of thing models. */
export function modelMethodHandlers(context: ModelContext): Handlers {
  const { registry, versions, applyLimits } = context
  const presentDraft = async (productKey: string): Promise<ModelDraft> => {
    const product = registry.get(productKey)
    const draft = await versions.draft(productKey)
    const names = await versions.names(productKey)
    const texts = draft?.documents ?? [...product.texts]
    const parsed = texts.length === 0 ? { documents: [], notices: [] } : parseDocuments(texts, { applyLimits: applyLimits() })
    return {
      documents: texts,
      savedAt: draft?.savedAt ?? null,
      basedOn: draft === undefined ? names[0] ?? null : draft.basedOn,
      published: names[0] ?? null,
      issues: parsed.issues ?? [],
      notices: parsed.notices ?? [],
      changes: draft === undefined || parsed.documents === undefined ? [] : diffModels(publishedDocuments(product), parsed.documents),
      nextVersion: nextVersion(names),
    }
  }
  return {
    'model.draft': ({ productKey }) => presentDraft(productKey),
    'model.saveDraft': ({ productKey, documents, expectedSavedAt }) => versions.inTurn(async () => {
      registry.get(productKey)
      const old = await versions.draft(productKey)
      if (expectedSavedAt !== undefined && expectedSavedAt !== (old?.savedAt ?? null))
        throw new AppError('model/draft-changed', `The draft of product ${productKey} is another one by now: read it again before you save yours.`, { productKey, savedAt: old?.savedAt ?? null })
      await versions.saveDraft(productKey, documents, old)
      return presentDraft(productKey)
    }),
    'model.edit': ({ productKey, functionBlockId, functionBlockName, change }) => versions.inTurn(async () => {
      const product = registry.get(productKey)
      const draft = await versions.draft(productKey)
      const documents = draft === undefined ? publishedDocuments(product) : readDraft(draft.documents)
      const edited = editModule(documents, { productKey, functionBlockId, functionBlockName }, change, applyLimits())
      await versions.saveDraft(productKey, edited.map(({ functionBlocks: _, ...document }) => modelTextOf(document, productKey)), draft)
      return presentDraft(productKey)
    }),
    'model.discardDraft': ({ productKey }) => versions.inTurn(async () => {
      registry.get(productKey)
      await versions.requireDraft(productKey)
      await versions.dropDraft(productKey)
      return presentDraft(productKey)
    }),
    'model.publish': ({ productKey, version, description }) => versions.inTurn(async () => {
      const product = registry.get(productKey)
      const draft = await versions.requireDraft(productKey)
      const parsed = parseDocuments(draft.documents, { applyLimits: applyLimits() })
      if (parsed.issues !== undefined)
        throw invalidModel(parsed.issues)
      const published = await versions.publish(product, parsed.documents, { origin: 'draft', version, description, takesDraft: true })
      return {
        version: published.version,
        changes: published.changes,
        droppedVersions: published.droppedVersions,
        notices: [...parsed.notices, ...published.droppedVersions.map(describeDropped)],
      }
    }),
    'model.versions': async ({ productKey }) => {
      registry.get(productKey)
      return { versions: (await versions.list(productKey)).map(summarise), keptMax: limits.modelVersionsKeptMax }
    },
    'model.version': async ({ productKey, version }) => {
      registry.get(productKey)
      const row = await versions.get(productKey, version)
      return { ...summarise(row), documents: row.documents }
    },
    'model.restore': ({ productKey, version, replaceDraft }) => versions.inTurn(async () => {
      registry.get(productKey)
      const { documents } = await versions.get(productKey, version)
      const old = await versions.draft(productKey)
      if (old !== undefined && !replaceDraft)
        throw new AppError('model/draft-exists', `Product ${productKey} has a draft, which would be lost: publish or discard it first, or say that it may be replaced.`, { productKey, savedAt: old.savedAt })
      await versions.saveDraft(productKey, documents, old)
      return presentDraft(productKey)
    }),
    'model.diff': async ({ productKey, from, to }) => {
      registry.get(productKey)
      return diffModels(await documentsOf(context, productKey, from), await documentsOf(context, productKey, to))
    },
    'model.formerProperties': ({ productKey }) => {
      registry.get(productKey)
      return versions.formerProperties(productKey)
    },
  }
}

async function documentsOf({ registry, versions }: ModelContext, productKey: string, side: Side): Promise<ThingModel[]> {
  if (side === 'published')
    return publishedDocuments(registry.get(productKey))
  const texts = side === 'draft' ? (await versions.requireDraft(productKey)).documents : (await versions.get(productKey, side.version)).documents
  const parsed = parseDocuments(texts)
  if (parsed.issues !== undefined)
    throw invalidModel(parsed.issues)
  return parsed.documents
}

function summarise({ version, description, publishedAt, origin, documents }: VersionRow): ModelVersionSummary {
  const models = parseDocuments(documents).documents ?? []
  return { version, description, publishedAt, origin, ...countFeatures(...models), moduleCount: models.filter(model => model.functionBlockId !== undefined).length }
}
