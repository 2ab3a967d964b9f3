import type { TopicOperation } from '../../../shared/alink/topic-category.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { TopicCategory } from '../../../shared/contract/topic.ts'
import type { ProductTopics } from './product-topics.ts'
import type { TopicRow } from './rows.ts'
import { categoryPathProblem, hasWildcard, toCategoryPath } from '../../../shared/alink/topic-category.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { isDefaultTopic } from './product-topics.ts'

export interface TopicMethodContext {
  topics: ProductTopics
  applyLimits: () => boolean
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
}

type Handlers = Pick<EngineApi['methods'], 'topic.list' | 'topic.create' | 'topic.update' | 'topic.delete'>

/** What the console and the command line can do with the custom topics of products (the cloud's `CreateProductTopic` and its kin). */
export function topicMethodHandlers({ topics, applyLimits, requireProduct }: TopicMethodContext): Handlers {
  /** The path of a category as it is kept; throws AppError input/invalid. */
  function checkPath(shortName: string, operation: TopicOperation): string {
    const path = toCategoryPath(shortName)
    const problem = categoryPathProblem(path)
    if (problem !== null)
      throw new AppError('input/invalid', `shortName: expected ${problem}, got ${JSON.stringify(shortName)}.`, { field: 'shortName', got: shortName, platformCode: 1903 })
    if (applyLimits() && hasWildcard(path) && operation !== 'SUB')
      throw new AppError('limit/reached', `shortName: the cloud takes wildcards only with SUB, got user/${path} with ${operation}.`, { field: 'shortName', got: shortName })
    return path
  }
  return {
    'topic.list': ({ productKey }) => {
      requireProduct(productKey)
      return { topics: topics.of(productKey).map(present) }
    },
    'topic.create': async ({ productKey, shortName, operation, description }) => {
      requireProduct(productKey)
      const path = checkPath(shortName, operation)
      const most = applyLimits() ? limits.topicCategoriesMax : limits.topicCategoriesKeptMax
      if (topics.of(productKey).length >= most)
        throw new AppError('limit/reached', `A product has at most ${most} topic categories; ${productKey} has ${topics.of(productKey).length}.`, { productKey, limit: most })
      return present(await topics.save({ productKey, path, operation, description }))
    },
    'topic.update': async ({ topicId, shortName, operation, description }) => {
      const row = topics.get(topicId)
      const path = checkPath(shortName ?? row.path, operation ?? row.operation)
      if (path !== row.path && isDefaultTopic(row))
        throw new AppError('input/invalid', `user/${row.path} is a category that every product has: it cannot be renamed.`, { field: 'shortName', topicId })
      return present(await topics.save({ ...row, path, operation: operation ?? row.operation, description: description ?? row.description }))
    },
    'topic.delete': async ({ topicId }) => {
      const row = topics.get(topicId)
      if (isDefaultTopic(row))
        throw new AppError('input/invalid', `user/${row.path} is a category that every product has: it cannot be deleted. Change what it allows instead.`, { topicId })
      await topics.delete(row)
      return null
    },
  }
}

function present({ topicId, productKey, path, operation, description, createdAt }: TopicRow): TopicCategory {
  return {
    topicId,
    productKey,
    shortName: `user/${path}`,
    topic: `/${productKey}/\${deviceName}/user/${path}`,
    operation,
    description,
    isDefault: isDefaultTopic({ path }),
    createdAt,
  }
}
