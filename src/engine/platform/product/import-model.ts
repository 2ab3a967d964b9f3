import type { ImportResult, NodeType } from '../../../shared/contract/product.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { ModelVersions } from './model-versions.ts'
import type { ProductRegistry } from './registry.ts'
import type { ProductRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { byModule, parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { invalidModel, publishedDocuments } from './model-versions.ts'
import { modelTextOf } from './registry.ts'
import { blankFacts } from './rows.ts'

export interface ImportWish {
  name: string | undefined
  productKey: string | undefined
  /** What the devices of a new product are; `device` without it. */
  nodeType: NodeType | undefined
  update: boolean
  asDraft: boolean
}

interface ImportContext {
  registry: ProductRegistry
  versions: ModelVersions
  now: () => number
  applyLimits: () => boolean
  makeProductKey: () => string
  makeProductSecret: () => string
}

interface Target { row: Omit<ProductRow, 'modelText'>, isNew: boolean }

/**
 * Makes a product with the file's own product key when that is free, otherwise with a new one, and says so; or gives a new
 * version of its model to the product that was named, or that has the file's product key when the user asked for that.
 * Modules that are not among the documents stay as they are. Call it in turn.
 */
export async function importModel(context: ImportContext, texts: readonly string[], wish: ImportWish): Promise<ImportResult> {
  const parsed = parseDocuments(texts, { applyLimits: context.applyLimits() })
  if (parsed.issues !== undefined)
    throw invalidModel(parsed.issues)
  const { documents, notices } = parsed
  const target = findTarget(context, documents, wish, notices)
  const { productKey } = target.row
  const known = context.registry.lookup(productKey)
  const draft = wish.asDraft ? await context.versions.draft(productKey) : undefined
  const base = draft === undefined ? publishedDocuments(known) : readDraft(draft.documents)
  noteModules(documents, base, productKey, notices)
  const merged = mergeDocuments(base, documents)
  const name = wish.name ?? target.row.name
  const row = { ...target.row, name }
  if (wish.asDraft) {
    const { productSecret } = target.isNew || known === undefined ? await context.registry.save({ ...row, modelText: null }) : known
    await context.versions.saveDraft(productKey, merged.map(({ functionBlocks: _, ...document }) => modelTextOf(document, productKey)), draft)
    return { productKey, productSecret, name: target.isNew ? name : known?.name ?? name, created: target.isNew, version: null, notices }
  }
  const { product, version, droppedVersions } = await context.versions.publish(row, merged, { origin: 'import', onlyIfNew: true })
  notices.push(...droppedVersions.map(describeDropped))
  return { productKey, productSecret: product.productSecret, name: product.name, created: target.isNew, version, notices }
}

/** Why a version is no longer there. */
export function describeDropped(version: string): string {
  return `Version ${version} is no longer kept: it was the oldest, and there are as many as are kept.`
}

/** The modules of a draft. One that cannot be read is not merged into, because it would be lost: AppError model/draft-exists. */
export function readDraft(texts: readonly string[]): ThingModel[] {
  const parsed = parseDocuments(texts)
  if (parsed.issues !== undefined)
    throw new AppError('model/draft-exists', 'The product has a draft that cannot be read as it is, so nothing can be put into it: put it right or discard it first.', { issues: parsed.issues.map(issue => ({ ...issue })) })
  return parsed.documents
}

function findTarget({ registry, now, makeProductKey, makeProductSecret }: ImportContext, documents: readonly ThingModel[], wish: ImportWish, notices: string[]): Target {
  const main = documents.find(document => document.functionBlockId === undefined)
  const fileKey = (main ?? documents[0])?.profile.productKey
  const usableKey = fileKey !== undefined && /^[A-Z0-9]{1,32}$/i.test(fileKey) ? fileKey : undefined
  if (main === undefined)
    return { row: productOfModule(registry, documents[0]!, wish.productKey ?? usableKey), isNew: false }
  const replaced = wish.productKey !== undefined
    ? registry.get(wish.productKey)
    : wish.update && usableKey !== undefined
      ? registry.get(usableKey)
      : undefined
  if (wish.update && !replaced)
    throw new AppError('product/not-found', 'The file names no product to update: name one with its product key.', {})
  if (replaced)
    return { row: replaced, isNew: false }
  const taken = usableKey !== undefined && registry.lookup(usableKey) !== undefined
  const productKey = usableKey === undefined || taken ? makeProductKey() : usableKey
  if (taken)
    notices.push(`Product key ${fileKey} is taken, so the product was made with the new key ${productKey}.`)
  return {
    isNew: true,
    row: {
      productKey,
      productSecret: makeProductSecret(),
      name: `Product ${productKey}`,
      nodeType: wish.nodeType ?? 'device',
      validation: 'weak',
      createdAt: now(),
      dynamicRegistration: false,
      dataFormat: 'alink',
      ...blankFacts,
    },
  }
}

function productOfModule(registry: ImportContext['registry'], { functionBlockId = '' }: ThingModel, productKey: string | undefined): ProductRow {
  const product = productKey === undefined ? undefined : registry.lookup(productKey)
  if (!product)
    throw new AppError('product/not-found', `The file is the custom module ${functionBlockId}, and ${productKey === undefined ? 'it names no product' : `there is no product ${productKey}`}: name the product that it belongs to.`, { functionBlockId, ...(productKey !== undefined && { productKey }) })
  return product
}

function noteModules(documents: readonly ThingModel[], base: readonly ThingModel[], productKey: string, notices: string[]): void {
  const idsOf = (list: readonly ThingModel[]): string[] => list.flatMap(({ functionBlockId }) => functionBlockId ?? [])
  const given = idsOf(documents)
  const had = idsOf(base)
  const named = documents.flatMap(({ functionBlocks = [] }) => functionBlocks.map(block => block.functionBlockId))
  const missing = named.filter(id => !given.includes(id) && !had.includes(id))
  if (missing.length > 0)
    notices.push(`The file names the custom modules ${missing.join(', ')}: import their own documents too.`)
  for (const id of given)
    notices.push(`${had.includes(id) ? 'Replaced' : 'Added'} the module ${id} of product ${productKey}.`)
}

function mergeDocuments(base: readonly ThingModel[], given: readonly ThingModel[]): ThingModel[] {
  const ids = new Set(given.map(document => document.functionBlockId))
  return [...base.filter(document => !ids.has(document.functionBlockId)), ...given].sort(byModule)
}
