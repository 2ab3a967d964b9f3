import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { Product, ProductSummary } from '../../../shared/contract/product.ts'
import type { Store } from '../../store/types.ts'
import type { ProductRecord, ProductRegistry } from './registry.ts'
import { AppError } from '../../../shared/errors.ts'
import { withFunctionBlocks } from '../../../shared/thing-model/join-modules.ts'
import { parseDocuments } from '../../../shared/thing-model/parse-documents.ts'
import { importModel } from './import-model.ts'
import { modelMethodHandlers } from './model-methods.ts'
import { ModelVersions, publishedDocuments } from './model-versions.ts'
import { modelTextOf } from './registry.ts'
import { countFeatures } from './rules.ts'

export interface ProductContext {
  store: Pick<Store, 'read' | 'write'>
  registry: ProductRegistry
  now: () => number
  applyLimits: () => boolean
  countDevices: (productKey: string) => { deviceCount: number, onlineCount: number }
  makeProductKey: () => string
  makeProductSecret: () => string
  /** Tells those who work with a model that it has been replaced. */
  onModelReplaced: (productKey: string) => void
  /** Lets go of what other features hold for a product that has been deleted. */
  forget: (productKey: string) => Promise<void>
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `product.${string}` | `model.${string}`>>

/** What the console and the command line can ask about products and their thing models. */
export function productMethodHandlers(context: ProductContext): Handlers {
  const { registry, store, now, onModelReplaced } = context
  const versions = new ModelVersions({ store, registry, now, onModelReplaced })
  const summarise = (product: ProductRecord): ProductSummary => ({
    productKey: product.productKey,
    name: product.name,
    nodeType: product.nodeType,
    validation: product.validation,
    dataFormat: product.dataFormat,
    createdAt: product.createdAt,
    description: product.description,
    netType: product.netType,
    protocolType: product.protocolType,
    categoryKey: product.categoryKey,
    usesModel: product.usesModel,
    ...context.countDevices(product.productKey),
    ...countFeatures(product.model, ...product.modules),
  })
  const present = (product: ProductRecord): Product => ({
    ...summarise(product),
    productSecret: product.productSecret,
    dynamicRegistration: product.dynamicRegistration,
    modelText: product.modelText,
    documents: [...product.texts],
    modules: product.modules.map(module => ({
      functionBlockId: module.functionBlockId ?? '',
      functionBlockName: module.functionBlockName ?? module.functionBlockId ?? '',
      ...countFeatures(module),
    })),
  })
  const refuseTakenName = (name: string | undefined, ownKey: string | undefined): void => {
    const twin = name === undefined ? undefined : registry.all().find(other => other.name === name && other.productKey !== ownKey)
    if (twin !== undefined)
      throw new AppError('product/exists', `This workspace already has a product named ${twin.name} (${twin.productKey}).`, { field: 'name', productKey: twin.productKey })
  }
  return {
    'product.list': () => registry.all().map(summarise),
    'product.get': ({ productKey }) => present(registry.get(productKey)),
    'product.create': async ({ name, productKey, nodeType, uniqueName, ...facts }) => {
      if (productKey !== undefined && registry.lookup(productKey))
        throw new AppError('product/exists', `This workspace already has a product ${productKey}.`, { productKey })
      if (uniqueName)
        refuseTakenName(name, undefined)
      return present(await registry.save({
        ...facts,
        productKey: productKey ?? context.makeProductKey(),
        productSecret: context.makeProductSecret(),
        name,
        nodeType,
        createdAt: context.now(),
        modelText: null,
        dynamicRegistration: false,
      }))
    },
    // In turn, so that it does not put back a model that is just being replaced.
    'product.update': ({ productKey, uniqueName, ...changes }) => versions.inTurn(async () => {
      const product = registry.get(productKey)
      if (uniqueName)
        refuseTakenName(changes.name, productKey)
      return present(await registry.save({
        ...product,
        name: changes.name ?? product.name,
        description: changes.description ?? product.description,
        nodeType: changes.nodeType ?? product.nodeType,
        validation: changes.validation ?? product.validation,
        dynamicRegistration: changes.dynamicRegistration ?? product.dynamicRegistration,
      }))
    }),
    'product.delete': async ({ productKey }) => {
      registry.get(productKey)
      const { deviceCount } = context.countDevices(productKey)
      if (deviceCount > 0)
        throw new AppError('product/not-empty', `Product ${productKey} still has ${deviceCount} devices: delete them first.`, { productKey, deviceCount })
      await versions.inTurn(() => registry.delete(productKey, versions.forget(productKey)))
      await context.forget(productKey)
      return null
    },
    'product.checkModel': ({ text, more }) => {
      const parsed = parseDocuments([text, ...more], { applyLimits: context.applyLimits() })
      const { documents = [] } = parsed
      return {
        issues: parsed.issues ?? [],
        notices: parsed.notices ?? [],
        productKey: documents[0]?.profile.productKey ?? null,
        ...countFeatures(...documents),
      }
    },
    'product.importModel': ({ text, more, ...wish }) => versions.inTurn(() => importModel({ ...context, versions }, [text, ...more], { ...wish, name: wish.name, productKey: wish.productKey, nodeType: wish.nodeType })),
    'product.exportModel': ({ productKey, functionBlockId }) => ({
      text: modelTextOf(functionBlockId === undefined
        ? withFunctionBlocks(registry.modelOf(productKey), registry.get(productKey).modules, productKey)
        : registry.moduleOf(productKey, functionBlockId), productKey),
    }),
    'product.removeModule': ({ productKey, functionBlockId }) => versions.inTurn(async () => {
      registry.moduleOf(productKey, functionBlockId)
      const product = registry.get(productKey)
      const documents = publishedDocuments(product).filter(document => document.functionBlockId !== functionBlockId)
      return present((await versions.publish(product, documents, { origin: 'draft', description: `Without the module ${functionBlockId}` })).product)
    }),
    ...modelMethodHandlers({ registry, versions, applyLimits: context.applyLimits }),
  }
}
