import type { FormerProperty, VersionOrigin } from '../../../shared/contract/model.ts'
import type { ModelChange } from '../../../shared/thing-model/changes.ts'
import type { ModelIssue } from '../../../shared/thing-model/findings.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { BoundStatement, Store } from '../../store/types.ts'
import type { DraftRow, VersionRow } from './model-rows.ts'
import type { ProductRecord, ProductRegistry } from './registry.ts'
import type { ProductRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { diffModels } from '../../../shared/thing-model/changes.ts'
import { formerProperties } from '../../../shared/thing-model/former-properties.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { describeModelIssue } from '../../../shared/thing-model/parse.ts'
import { deleteDraft, deleteVersion, deleteVersions, insertVersion, selectDraft, selectVersionNames, selectVersions, upsertDraft } from './model-rows.ts'
import { modelTextOf } from './registry.ts'
import { nextVersion } from './rules.ts'

export interface Published {
  product: ProductRecord
  version: string
  changes: ModelChange[]
  droppedVersions: string[]
}

interface PublishWish {
  origin: VersionOrigin
  version?: string | undefined
  description?: string
  /** Make no version of what is the same as the newest one. */
  onlyIfNew?: boolean
  /** The draft becomes the version. */
  takesDraft?: boolean
}

interface VersionsContext {
  store: Pick<Store, 'read' | 'write'>
  registry: ProductRegistry
  now: () => number
  onModelReplaced: (productKey: string) => void
}

/** Drafts and published versions of thing models. What traffic is checked by is the product's newest version, in the registry. */
export class ModelVersions {
  readonly #context: VersionsContext
  #turn: Promise<unknown> = Promise.resolve()

  constructor(context: VersionsContext) {
    this.#context = context
  }

  /** Runs work that first reads and then writes after all such work before it. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }

  /** Newest first. */
  list(productKey: string): Promise<VersionRow[]> {
    return this.#context.store.read(selectVersions, [productKey])
  }

  /** One kept version, or AppError model/version-not-found. */
  async get(productKey: string, version: string): Promise<VersionRow> {
    const found = (await this.list(productKey)).find(candidate => candidate.version === version)
    if (found === undefined)
      throw new AppError('model/version-not-found', `Product ${productKey} keeps no version ${version} of its thing model.`, { productKey, version })
    return found
  }

  names(productKey: string): Promise<string[]> {
    return this.#context.store.read(selectVersionNames, [productKey])
  }

  async draft(productKey: string): Promise<DraftRow | undefined> {
    const [draft] = await this.#context.store.read(selectDraft, [productKey])
    return draft
  }

  /** The draft, or AppError model/no-draft. */
  async requireDraft(productKey: string): Promise<DraftRow> {
    const draft = await this.draft(productKey)
    if (draft === undefined)
      throw new AppError('model/no-draft', `Product ${productKey} has no draft of its thing model.`, { productKey })
    return draft
  }

  /** Keeps a draft in place of the one there is. `basedOn` is for a new one. */
  async saveDraft(productKey: string, documents: readonly string[], old: DraftRow | undefined): Promise<void> {
    const size = documents.reduce((sum, text) => sum + text.length, 0)
    if (size > limits.modelDocumentsBytesMax)
      throw new AppError('limit/reached', `The draft has ${Math.ceil(size / 1024)} KB, and all modules of a product together may have ${limits.modelDocumentsBytesMax / 1024} KB.`, { productKey, size })
    const basedOn = old === undefined ? (await this.names(productKey))[0] ?? null : old.basedOn
    // Two drafts saved within a millisecond are still two.
    const savedAt = Math.max(this.#context.now(), (old?.savedAt ?? 0) + 1)
    await this.#context.store.write([{ statement: upsertDraft, params: [productKey, JSON.stringify(documents), basedOn, savedAt] }])
  }

  async dropDraft(productKey: string): Promise<void> {
    await this.#context.store.write([{ statement: deleteDraft, params: [productKey] }])
  }

  /** What has to be written when a product goes. */
  forget(productKey: string): BoundStatement[] {
    return [deleteVersions, deleteDraft].map(statement => ({ statement, params: [productKey] }))
  }

  /**
   * Makes these modules the product's model, as its newest version, and lets the oldest go where that is one too many. The
   * product may be a new one. Call it in turn.
   */
  async publish(row: Omit<ProductRow, 'modelText'>, documents: readonly ThingModel[], wish: PublishWish): Promise<Published> {
    const { registry, now, onModelReplaced } = this.#context
    const { productKey } = row
    const before = publishedDocuments(registry.lookup(productKey))
    const names = await this.names(productKey)
    // Which modules there are is known from the modules themselves.
    const bare = documents.map(({ functionBlocks: _, ...document }) => document)
    const changes = diffModels(before, bare)
    const texts = bare.map(document => modelTextOf(document, productKey))
    const isSame = names[0] !== undefined && JSON.stringify(texts) === JSON.stringify(registry.lookup(productKey)?.texts)
    if (wish.onlyIfNew && isSame) {
      const product = await registry.saveModel(row, bare, [])
      return { product, version: names[0]!, changes: [], droppedVersions: [] }
    }
    const version = wish.version ?? nextVersion(names)
    if (names.includes(version))
      throw new AppError('model/version-exists', `Product ${productKey} has a version ${version} of its thing model already.`, { productKey, version })
    const droppedVersions = names.slice(limits.modelVersionsKeptMax - 1)
    const product = await registry.saveModel(row, bare, [
      ...droppedVersions.map(dropped => ({ statement: deleteVersion, params: [productKey, dropped] })),
      { statement: insertVersion, params: [productKey, version, wish.description ?? '', now(), wish.origin, JSON.stringify(texts)] },
      ...(wish.takesDraft ? [{ statement: deleteDraft, params: [productKey] }] : []),
    ])
    onModelReplaced(productKey)
    return { product, version, changes, droppedVersions }
  }

  /** Properties of kept versions that the published model no longer has like that. */
  async formerProperties(productKey: string): Promise<FormerProperty[]> {
    const versions = await this.list(productKey)
    return formerProperties(publishedDocuments(this.#context.registry.lookup(productKey)), versions.flatMap(({ version, documents }) => {
      const parsed = parseDocuments(documents)
      return parsed.documents === undefined ? [] : [{ version, documents: parsed.documents }]
    }))
  }
}

/** The modules that traffic is checked by, the default one first. */
export function publishedDocuments(product: ProductRecord | undefined): ThingModel[] {
  return product === undefined ? [] : [...(product.model === null ? [] : [product.model]), ...product.modules]
}

/** AppError model/invalid whose sentence is the first issue and whose details hold them all. */
export function invalidModel(issues: readonly ModelIssue[]): AppError {
  const [first] = issues
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new AppError('model/invalid', `${first ? describeModelIssue(first) : 'The file holds no thing model.'}${more}`, {
    ...(first && { platformCode: first.code }),
    issues: issues.map(issue => ({ ...issue })),
  })
}
