import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { ProductTag } from '../../../shared/contract/product-tag.ts'
import type { ProductTags } from './product-tags.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { invalidTags } from './rules.ts'

export interface ProductTagContext {
  tags: ProductTags
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
  /** Newest first. */
  productKeys: () => string[]
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `productTag.${string}`>>

/** What the console and the cloud's API can do with tags of products. */
export function productTagMethodHandlers({ tags, requireProduct, productKeys }: ProductTagContext): Handlers {
  const list = (productKey: string): { tags: ProductTag[] } => ({
    tags: [...tags.of(productKey)].map(([key, value]) => ({ key, value })).sort((a, b) => a.key < b.key ? -1 : 1),
  })
  return {
    'productTag.list': ({ productKey }) => {
      requireProduct(productKey)
      return list(productKey)
    },
    'productTag.set': async ({ productKey, tags: wanted, mode }) => {
      requireProduct(productKey)
      const had = tags.of(productKey)
      const invalid = invalidTags(wanted, had, mode)
      if (invalid.length > 0) {
        const names = invalid.map(({ key }) => JSON.stringify(key)).join(', ')
        throw new AppError('input/invalid', `tags: expected keys of 1 to ${limits.productTagKeyCharsMax} letters, digits or dots that the product ${mode === 'add' ? 'does not have yet' : 'has'}, each once, and values of 1 to ${limits.tagValueCharsMax} letters, digits, Chinese characters, underscores, hyphens, dots or colons, got ${names}.`, { field: 'tags', invalidTags: invalid.map(tag => ({ ...tag })) })
      }
      if (mode === 'add' && had.size + wanted.length > limits.tagsPerProductMax)
        throw new AppError('limit/reached', `A product has at most ${limits.tagsPerProductMax} tags; with these ${productKey} would have ${had.size + wanted.length}.`, { productKey, limit: limits.tagsPerProductMax })
      await tags.set(productKey, wanted)
      return list(productKey)
    },
    'productTag.delete': async ({ productKey, keys }) => {
      requireProduct(productKey)
      await tags.delete(productKey, keys)
      return list(productKey)
    },
    'productTag.find': ({ tags: wanted }) => ({
      productKeys: productKeys().filter((productKey) => {
        const had = tags.of(productKey)
        return wanted.some(({ key, value }) => value === undefined ? had.has(key) : had.get(key) === value)
      }),
    }),
  }
}
