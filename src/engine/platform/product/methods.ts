import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { ImportResult, NodeType, Product, ProductSummary } from '../../../shared/contract/product.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import type { ProductRecord, ProductRegistry } from './registry.ts'
import { AppError } from '../../../shared/errors.ts'
import { describeModelIssue, parseThingModel } from '../../../shared/thing-model/parse.ts'
import { modelTextOf } from './registry.ts'

export interface ProductContext {
  registry: ProductRegistry
  now: () => number
  applyLimits: () => boolean
  countDevices: (productKey: string) => { deviceCount: number, onlineCount: number }
  makeProductKey: () => string
  makeProductSecret: () => string
  /** Tells those who work with a model that it has been replaced. */
  onModelReplaced: (productKey: string) => void
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `product.${string}`>>

/** What the console and the command line can ask about products and their thing models. */
export function productMethodHandlers(context: ProductContext): Handlers {
  const { registry } = context
  const summarise = (product: ProductRecord): ProductSummary => ({
    productKey: product.productKey,
    name: product.name,
    nodeType: product.nodeType,
    validation: product.validation,
    createdAt: product.createdAt,
    ...context.countDevices(product.productKey),
    ...countFeatures(product.model, ...product.modules),
  })
  const present = (product: ProductRecord): Product => ({
    ...summarise(product),
    productSecret: product.productSecret,
    dynamicRegistration: product.dynamicRegistration,
    modelText: product.modelText,
    modules: product.modules.map(module => ({
      functionBlockId: module.functionBlockId ?? '',
      functionBlockName: module.functionBlockName ?? module.functionBlockId ?? '',
      ...countFeatures(module),
    })),
  })
  return {
    'product.list': () => registry.all().map(summarise),
    'product.get': ({ productKey }) => present(registry.get(productKey)),
    'product.create': async ({ name, productKey, nodeType, validation }) => {
      if (productKey !== undefined && registry.lookup(productKey))
        throw new AppError('product/exists', `This workspace already has a product ${productKey}.`, { productKey })
      return present(await registry.save({
        productKey: productKey ?? context.makeProductKey(),
        productSecret: context.makeProductSecret(),
        name,
        nodeType,
        validation,
        createdAt: context.now(),
        modelText: null,
        dynamicRegistration: false,
      }))
    },
    'product.update': async ({ productKey, name, nodeType, validation, dynamicRegistration }) => {
      const product = registry.get(productKey)
      return present(await registry.save({ ...product, name: name ?? product.name, nodeType: nodeType ?? product.nodeType, validation: validation ?? product.validation, dynamicRegistration: dynamicRegistration ?? product.dynamicRegistration }))
    },
    'product.delete': async ({ productKey }) => {
      registry.get(productKey)
      const { deviceCount } = context.countDevices(productKey)
      if (deviceCount > 0)
        throw new AppError('product/not-empty', `Product ${productKey} still has ${deviceCount} devices: delete them first.`, { productKey, deviceCount })
      await registry.delete(productKey)
      return null
    },
    'product.checkModel': ({ text }) => {
      const parsed = parseThingModel(text, {
        applyLimits: context.applyLimits(),
      })
      return {
        issues: parsed.issues ?? [],
        notices: parsed.notices ?? [],
        productKey: parsed.model?.profile.productKey ?? null,
        ...countFeatures(parsed.model ?? null),
      }
    },
    'product.importModel': ({ text, ...wish }) => importModel(context, text, wish),
    'product.exportModel': ({ productKey, functionBlockId }) => ({
      text: modelTextOf(functionBlockId === undefined
        ? withBlocks(registry.modelOf(productKey), registry.get(productKey).modules, productKey)
        : registry.moduleOf(productKey, functionBlockId), productKey),
    }),
    'product.removeModule': async ({ productKey, functionBlockId }) => {
      const product = await registry.removeModule(productKey, functionBlockId)
      context.onModelReplaced(productKey)
      return present(product)
    },
  }
}

function countFeatures(...models: (ThingModel | null)[]): { propertyCount: number, eventCount: number, serviceCount: number } {
  const sum = (count: (model: ThingModel) => number): number => models.reduce((total, model) => total + (model === null ? 0 : count(model)), 0)
  return { propertyCount: sum(model => model.properties.length), eventCount: sum(model => model.events.length), serviceCount: sum(model => model.services.length) }
}

/** The default module names the custom modules that stand beside it (Alink 4.1). */
function withBlocks(model: ThingModel, modules: readonly ThingModel[], productKey: string): ThingModel {
  if (modules.length === 0)
    return model
  return { ...model, functionBlocks: modules.map(({ functionBlockId = '', functionBlockName = functionBlockId }) => ({ functionBlockId, functionBlockName, productKey })) }
}

interface ImportWish { name?: string | undefined, productKey?: string | undefined, nodeType?: NodeType | undefined, update: boolean }

/**
 * Makes a product with the file's own product key when that is free, otherwise with a new one, and says so; or replaces
 * the model of the product that was named, or that has the file's product key, when the user asked for that.
 */
async function importModel({ registry, now, applyLimits, makeProductKey, makeProductSecret, onModelReplaced }: ProductContext, text: string, wish: ImportWish): Promise<ImportResult> {
  const parsed = parseThingModel(text, {
    applyLimits: applyLimits(),
  })
  if (parsed.issues) {
    const [first] = parsed.issues
    const more = parsed.issues.length > 1
      ? ` (and ${parsed.issues.length - 1} more)`
      : ''
    throw new AppError('model/invalid', `${first
      ? describeModelIssue(first)
      : 'The file holds no thing model.'}${more}`, {
      issues: parsed.issues.map(({ path, expected, got }) => ({ path, expected, got })),
    })
  }
  const { notices } = parsed
  // Which modules there are is known from the modules themselves.
  const { functionBlocks = [], ...model } = parsed.model
  const fileKey = model.profile.productKey
  const usableKey = fileKey !== undefined && /^[A-Z0-9]{1,32}$/i.test(fileKey)
    ? fileKey
    : undefined
  const { functionBlockId } = model
  if (functionBlockId !== undefined)
    return importModule({ registry, onModelReplaced }, { ...model, functionBlockId }, wish.productKey ?? usableKey, notices)
  if (functionBlocks.length > 0)
    notices.push(`The file names the custom modules ${functionBlocks.map(block => block.functionBlockId).join(', ')}: import their own documents too.`)
  const replaced = wish.productKey !== undefined
    ? registry.get(wish.productKey)
    : wish.update && usableKey !== undefined
      ? registry.get(usableKey)
      : undefined
  if (wish.update && !replaced)
    throw new AppError('product/not-found', 'The file names no product to update: name one with its product key.', {})
  if (replaced) {
    const saved = await registry.save({
      ...replaced,
      name: wish.name ?? replaced.name,
      modelText: modelTextOf(model, replaced.productKey),
    })
    onModelReplaced(saved.productKey)
    return {
      productKey: saved.productKey,
      productSecret: saved.productSecret,
      name: saved.name,
      created: false,
      notices,
    }
  }
  const taken = usableKey !== undefined && registry.lookup(usableKey)
  const productKey = usableKey === undefined || taken
    ? makeProductKey()
    : usableKey
  if (taken)
    notices.push(`Product key ${fileKey} is taken, so the product was made with the new key ${productKey}.`)
  const saved = await registry.save({
    productKey,
    productSecret: makeProductSecret(),
    name: wish.name ?? `Product ${productKey}`,
    nodeType: wish.nodeType ?? 'device',
    validation: 'weak',
    createdAt: now(),
    modelText: modelTextOf(model, productKey),
    dynamicRegistration: false,
  })
  return {
    productKey,
    productSecret: saved.productSecret,
    name: saved.name,
    created: true,
    notices,
  }
}

/** Adds a custom module to the product that was named, or that has the file's product key, or replaces it there. */
async function importModule({ registry, onModelReplaced }: Pick<ProductContext, 'registry' | 'onModelReplaced'>, module: ThingModel & { functionBlockId: string }, productKey: string | undefined, notices: string[]): Promise<ImportResult> {
  const product = productKey === undefined ? undefined : registry.lookup(productKey)
  if (!product)
    throw new AppError('product/not-found', `The file is the custom module ${module.functionBlockId}, and ${productKey === undefined ? 'it names no product' : `there is no product ${productKey}`}: name the product that it belongs to.`, { functionBlockId: module.functionBlockId, ...(productKey !== undefined && { productKey }) })
  const isNew = !product.modules.some(other => other.functionBlockId === module.functionBlockId)
  await registry.saveModule(product.productKey, module)
  onModelReplaced(product.productKey)
  notices.push(`${isNew ? 'Added' : 'Replaced'} the module ${module.functionBlockId} of product ${product.productKey}.`)
  return { productKey: product.productKey, productSecret: product.productSecret, name: product.name, created: false, notices }
}
