import type { TopicOperation } from '../../../shared/alink/topic-category.ts'
import { hasWildcard, isCovered, withoutParsing } from '../../../shared/alink/topic-category.ts'

/** What a rule needs to know of a category. */
interface Category { path: string, operation: TopicOperation }

/** The categories of one product, ready to be asked at every message: most topics are found by name. */
export interface TopicRights {
  permits: (operation: 'PUB' | 'SUB', path: string) => boolean
  /** The category that means the topic, whatever it allows. */
  find: (path: string) => Category | undefined
}

/** Prepares a product's categories for being asked. `path` is what follows `/{productKey}/{deviceName}/user/`. */
export function compileRights(categories: readonly Category[]): TopicRights {
  const side = (operation: 'PUB' | 'SUB'): { exact: Set<string>, patterns: string[] } => {
    const paths = categories.filter(category => category.operation === operation || category.operation === 'ALL').map(({ path }) => path)
    return { exact: new Set(paths), patterns: paths.filter(hasWildcard) }
  }
  const sides = { PUB: side('PUB'), SUB: side('SUB') }
  return {
    permits: (operation, path) => {
      const { exact, patterns } = sides[operation]
      return exact.has(withoutParsing(path)) || patterns.some(pattern => isCovered(pattern, path))
    },
    find: path => categories.find(category => isCovered(category.path, path)),
  }
}

const verbs = { PUB: 'publish on', SUB: 'subscribe to' } as const
const granted = { PUB: 'publishing', SUB: 'subscribing', ALL: 'both' } as const

/** Says why a device may not use a custom topic, and which category would let it (platform code 9236 of messages). */
export function describeRefusal(operation: 'PUB' | 'SUB', device: { productKey: string, deviceName: string }, path: string, known: Category | undefined): string {
  const { productKey, deviceName } = device
  const what = `${productKey}/${deviceName} may not ${verbs[operation]} /${productKey}/${deviceName}/user/${path}`
  const name = withoutParsing(path)
  return known === undefined
    ? `${what}: product ${productKey} has no topic category for it. Add the category user/${name} with ${operation} or ALL.`
    : `${what}: the category user/${known.path} of product ${productKey} allows only ${granted[known.operation]} (${known.operation}). Give it ALL, or add a category for this topic.`
}
