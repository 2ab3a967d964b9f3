import type { TopicOperation } from '../alink/topic-category.ts'
import { z } from 'zod'
import { topicOperations } from '../alink/topic-category.ts'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { productKeySchema } from './product.ts'

/** A category of custom topics: all topics of that name of all devices of a product (Alink 1.9). */
export interface TopicCategory {
  topicId: number
  productKey: string
  /** `user/update`; may have wildcards. */
  shortName: string
  /** The whole, with `${deviceName}` in the place of the device's name. */
  topic: string
  /** What devices may do there. */
  operation: TopicOperation
  description: string
  /** Every product has it; it cannot be deleted or renamed. */
  isDefault: boolean
  createdAt: number
}

const shortName = z.string().min(1).max(limits.topicBytesMax)
const operation = z.enum(topicOperations)
const description = z.string().max(limits.topicDescriptionCharsMax)
const topicId = z.int().min(1)

export const topicMethods = {
  'topic.list': method({
    about: 'The categories of custom topics of a product, the default ones first.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<{ topics: TopicCategory[] }>(),
  }),
  'topic.create': method({
    about: 'Adds a category of custom topics to a product; its devices may use them at once.',
    input: z.strictObject({
      productKey: productKeySchema,
      /** What follows `/PRODUCT_KEY/DEVICE_NAME/user/`, with or without `user/` in front; `+` and `#` are allowed. */
      shortName,
      operation,
      description: description.default(''),
    }),
    output: type<TopicCategory>(),
  }),
  'topic.update': method({
    about: 'Changes a category of custom topics; a default one keeps its name.',
    input: z.strictObject({ topicId, shortName: shortName.optional(), operation: operation.optional(), description: description.optional() }),
    output: type<TopicCategory>(),
  }),
  'topic.delete': method({
    about: 'Deletes a category of custom topics that is no default one; devices may not use its topics any more.',
    input: z.strictObject({ topicId }),
    output: type<null>(),
  }),
}
