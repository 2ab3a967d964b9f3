import { limits } from '../limits.ts'

/** What devices may do on the topics of a category: publish, subscribe, or both (Alink 1.9). */
export const topicOperations = ['PUB', 'SUB', 'ALL'] as const
export type TopicOperation = (typeof topicOperations)[number]

/** What every product has from its beginning (Alink 1.9); these cannot be deleted. */
export const defaultTopicCategories: readonly { path: string, operation: TopicOperation }[] = [
  { path: 'update', operation: 'PUB' },
  { path: 'update/error', operation: 'PUB' },
  { path: 'get', operation: 'SUB' },
]

/** The ending that asks for a custom topic's payload to be parsed by the product's script; it is no part of the category. */
const parsingSuffix = '?_sn=default'

/**
 * The part behind `/{productKey}/{deviceName}/user/`, which is what a category is known by, from any way of writing it:
 * `update`, `user/update`, `/a1Test/${deviceName}/user/update`.
 */
export function toCategoryPath(text: string): string {
  const whole = /^\/[^/]+\/[^/]+\/user\/(.*)$/.exec(text)
  if (whole)
    return whole[1]!
  const bare = text.startsWith('/') ? text.slice(1) : text
  return bare.startsWith('user/') ? bare.slice('user/'.length) : bare
}

/**
 * Why `path` cannot be the path of a topic category, as what was expected; null when it can. Levels are letters, digits
 * and underscores, or the wildcards `+` and, at the end, `#`; a topic has at most 7 slashes (Alink 1.6).
 */
export function categoryPathProblem(path: string): string | null {
  const levels = path.split('/')
  // `/{productKey}/{deviceName}/user` has three.
  const levelsMax = limits.topicSlashesMax - 3
  if (levels.length > levelsMax)
    return `at most ${levelsMax} levels behind user/, so that a topic has no more than ${limits.topicSlashesMax} slashes`
  if (path.length > limits.topicBytesMax)
    return `at most ${limits.topicBytesMax} characters`
  for (const [index, level] of levels.entries()) {
    const isLast = index === levels.length - 1
    if (!/^\w+$/.test(level) && level !== '+' && !(level === '#' && isLast))
      return 'levels of letters, digits or underscores with "/" between them, or "+" for any one level and "#" at the end for all that follow'
  }
  return null
}

/** Whether a category's path has a wildcard; the cloud allows that only for subscribing. */
export function hasWildcard(path: string): boolean {
  return path.includes('+') || path.includes('#')
}

/** Whether every topic that `path` (a topic's or a filter's, behind `user/`) means is among those of the category. */
export function isCovered(category: string, path: string): boolean {
  const wanted = withoutParsing(path).split('/')
  const allowed = category.split('/')
  for (let index = 0; index < allowed.length; index++) {
    if (allowed[index] === '#')
      return true
    const level = wanted[index]
    if (level === undefined || level === '#' || (allowed[index] !== '+' && allowed[index] !== level))
      return false
  }
  return wanted.length === allowed.length
}

/** A custom topic's path without the ending that asks for parsing. */
export function withoutParsing(path: string): string {
  return path.endsWith(parsingSuffix) ? path.slice(0, -parsingSuffix.length) : path
}
