import type { ProductTag } from '../../../shared/contract/product-tag.ts'
import type { Action, ActionContext } from '../action.ts'
import { AppError } from '../../../shared/errors.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { action } from '../action.ts'
import { pageOf, paging } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { objects, required, text, texts } from '../parameter.ts'
import { nodeTypeNumber } from './product-numbers.ts'

const productKey = required(text('The product.'))
const most = limits.productTagsPerCallMax
const tags = required(objects(`Up to ${most} tags.`, {
  TagKey: required(text('1 to 30 letters, digits or dots.')),
  TagValue: required(text('1 to 128 letters, digits, Chinese characters (counted twice), underscores or hyphens.')),
}, { min: 1, max: most }))

/** Tags as answers have them. */
interface ApiTag { TagKey: string, TagValue: string }

function present({ key, value }: ProductTag): ApiTag {
  return { TagKey: key, TagValue: value }
}

/** Adds or changes tags; those that the platform does not take are named in the refusal. */
async function setTags({ call }: ActionContext, productKey: string, tags: readonly ApiTag[], mode: 'add' | 'change'): Promise<object> {
  try {
    await call('productTag.set', { productKey, tags: tags.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })), mode })
  }
  catch (error) {
    if (error instanceof AppError && Array.isArray(error.details.invalidTags)) {
      const invalid = error.details.invalidTags.filter(isJsonObject).map(({ key, value }) => ({ TagKey: key!, TagValue: value! }))
      throw new ApiFailure('iot.common.InvalidParameter', error.message.replace(/^tags:/, 'The parameter ProductTag is not valid:'), { members: { InvalidProductTags: { ProductTag: invalid } } })
    }
    throw error
  }
  return {}
}

/** Tags of products. */
export const productTagActions: Action[] = [
  action({
    name: 'CreateProductTags',
    group: 'product',
    about: 'Adds tags to a product. When one of them is not valid or there already, none is added.',
    parameters: { ProductKey: productKey, ProductTag: tags },
    answer: { InvalidProductTags: { ProductTag: [{ TagKey: 's', TagValue: 's' }] } },
    run: ({ ProductKey, ProductTag }, context) => setTags(context, ProductKey, ProductTag, 'add'),
  }),
  action({
    name: 'UpdateProductTags',
    group: 'product',
    about: 'Changes tags of a product. When one of them is not valid or not there, none is changed.',
    parameters: { ProductKey: productKey, ProductTag: tags },
    answer: { InvalidProductTags: { ProductTag: [{ TagKey: 's', TagValue: 's' }] } },
    run: ({ ProductKey, ProductTag }, context) => setTags(context, ProductKey, ProductTag, 'change'),
  }),
  action({
    name: 'DeleteProductTags',
    group: 'product',
    about: 'Deletes tags of a product; keys that it has not are passed over.',
    parameters: { ProductKey: productKey, ProductTagKey: required(texts(`Up to ${most} keys.`, { min: 1, max: most })) },
    answer: {},
    async run({ ProductKey, ProductTagKey }, { call }) {
      await call('productTag.delete', { productKey: ProductKey, keys: ProductTagKey })
      return {}
    },
  }),
  action({
    name: 'ListProductTags',
    group: 'product',
    about: 'The tags of a product.',
    parameters: { ProductKey: productKey },
    answer: { Data: { ProductTag: [{ TagKey: 's', TagValue: 's' }] } },
    async run({ ProductKey }, { call }) {
      return { Data: { ProductTag: (await call('productTag.list', { productKey: ProductKey })).tags.map(present) } }
    },
  }),
  action({
    name: 'ListProductByTags',
    group: 'product',
    about: 'The products that have at least one of some tags, newest first.',
    parameters: {
      ProductTag: required(objects(`Up to ${most} tags.`, { TagKey: required(text('The key.')), TagValue: text('The value; without it, any.') }, { min: 1, max: most })),
      ...paging({ max: 50 }),
    },
    answer: { ProductInfos: { ProductInfo: [{ CreateTime: 'l', Description: 's', NodeType: 'i', ProductKey: 's', ProductName: 's' }] } },
    async run({ ProductTag, ...page }, { call }) {
      const { productKeys } = await call('productTag.find', { tags: ProductTag.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })) })
      const products = new Map((await call('product.list', {})).map(product => [product.productKey, product]))
      return {
        ProductInfos: {
          ProductInfo: pageOf(productKeys, page).flatMap((productKey) => {
            const product = products.get(productKey)
            return product === undefined ? [] : [{ CreateTime: product.createdAt, Description: product.description, NodeType: nodeTypeNumber(product.nodeType), ProductKey: productKey, ProductName: product.name }]
          }),
        },
      }
    },
  }),
]
