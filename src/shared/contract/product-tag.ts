import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** A tag of a product. */
export interface ProductTag { key: string, value: string }

const product = { productKey: productKeySchema }
const key = z.string().min(1).max(limits.tagKeyCharsKeptMax)
const tags = z.array(z.strictObject({ key, value: z.string().max(limits.tagValueCharsKeptMax) })).min(1).max(limits.productTagsPerCallMax)

export const productTagMethods = {
  'productTag.list': method({
    about: 'The tags of a product in order of their keys.',
    input: z.strictObject(product),
    output: type<{ tags: ProductTag[] }>(),
  }),
  'productTag.set': method({
    about: 'Adds tags to a product, or changes tags that it has; when one of them cannot be kept, none is, and details.invalidTags names them.',
    input: z.strictObject({ ...product, tags, /** `add` refuses a key that the product has, `change` one that it has not. */ mode: z.enum(['add', 'change']) }),
    output: type<{ tags: ProductTag[] }>(),
  }),
  'productTag.delete': method({
    about: 'Deletes tags of a product; keys that it has not are passed over.',
    input: z.strictObject({ ...product, keys: z.array(key).min(1).max(limits.tagsPerProductMax) }),
    output: type<{ tags: ProductTag[] }>(),
  }),
  'productTag.find': method({
    about: 'The products that have at least one of some tags, newest first; a tag without a value means any value.',
    input: z.strictObject({ tags: z.array(z.strictObject({ key, value: z.string().optional() })).min(1).max(limits.productTagsPerCallMax) }),
    output: type<{ productKeys: string[] }>(),
  }),
}
