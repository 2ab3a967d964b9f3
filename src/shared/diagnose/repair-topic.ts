import type { TopicIdentity } from '../alink/topic.ts'
import type { Mistake, MistakeKind } from './mistake.ts'
import { systemTopics } from '../alink/system-topics.ts'
import { directionOf, identityLevels, parseTopic } from '../alink/topic.ts'
import { nearestName } from '../thing-model/nearest-name.ts'

/** What a placeholder of a manual or a format string looks like when nobody has put the names in. */
const placeholder = /\$\{[^}]*\}|\{(?:yourp|p)roduct_?key\}|\{(?:yourd|d)evice_?name\}|\{(?:pk|dn)\}|<[^>/]*>|%s|your_?product_?key|your_?device_?name/i
/** Levels that differ by more than this many belong to different topics. */
const levelsApartMax = 1.5

interface Repair { topic: string, kind: MistakeKind | null }

/**
 * Recognises what is wrong with the topic that a device has published on, or with the filter it wanted to subscribe to, and
 * names the topic that was probably meant. Null when nothing is wrong with it, or nothing that is known.
 */
export function recogniseTopic(topic: string, owner: TopicIdentity, use: 'publish' | 'subscribe' = 'publish'): Mistake | null {
  if (use === 'publish' && /[+#]/.test(topic))
    return { kind: 'topic-wildcard', path: topic, expected: '', got: topic }
  let repaired: Repair = { topic, kind: null }
  const steps = [putSpacesRight, putNamesIn, putSlashesRight, putRootRight, putIdentityRight, putPathRight, ...use === 'publish' ? [putReplyRight] : []]
  for (const step of steps) {
    const next = step(repaired.topic, owner)
    if (next !== null && next.topic !== repaired.topic)
      repaired = { topic: next.topic, kind: repaired.kind ?? next.kind }
  }
  if (repaired.kind === null || (use === 'publish' && !isPublishable(repaired.topic)))
    return null
  return { kind: repaired.kind, path: topic, expected: repaired.topic, got: topic }
}

function isPublishable(topic: string): boolean {
  const parsed = parseTopic(topic)
  return parsed.kind !== 'unknown' && parsed.kind !== 'invalid' && directionOf(parsed) !== 'down'
}

function putSpacesRight(topic: string): Repair {
  return { topic: topic.trim().replace(/\s*\/\s*/g, '/'), kind: 'topic-space' }
}

function putNamesIn(topic: string, { productKey, deviceName }: TopicIdentity): Repair | null {
  if (!placeholder.test(topic))
    return null
  const names = [productKey, deviceName]
  const levels = topic.split('/').map(level => placeholder.test(level) ? names.shift() ?? level : level)
  return { topic: levels.join('/'), kind: 'topic-placeholder' }
}

function putSlashesRight(topic: string): Repair {
  if (!topic.startsWith('/'))
    return { topic: `/${topic}`, kind: 'topic-no-slash' }
  return { topic: topic.replace(/\/{2,}/g, '/').replace(/(?!^)\/$/, ''), kind: 'topic-spelling' }
}

/** Everything of the thing model lies below `/sys/{productKey}/{deviceName}/`, everything of the product's own below `/user/`. */
function putRootRight(topic: string, { productKey, deviceName }: TopicIdentity): Repair | null {
  const levels = topic.split('/')
  const [, root = '', second = '', third = ''] = levels
  const lower = root.toLowerCase()
  if (lower === 'thing' || lower === '_thing')
    return { topic: `/sys/${productKey}/${deviceName}${topic}`, kind: 'topic-no-sys' }
  if (lower !== root && (Object.hasOwn(identityLevels, lower) || lower === 'broadcast'))
    return { topic: `/${lower}${topic.slice(root.length + 1)}`, kind: 'topic-case' }
  if (/^_?thing$/i.test(third))
    return { topic: `/sys${topic}`, kind: 'topic-no-sys' }
  const isOwn = sameNames(root, second, productKey, deviceName) || sameNames(second, root, productKey, deviceName)
  if (isOwn && third !== 'user' && third !== '')
    return /^user$/i.test(third) ? { topic: ['', root, second, 'user', ...levels.slice(4)].join('/'), kind: 'topic-case' } : { topic: ['', root, second, 'user', ...levels.slice(3)].join('/'), kind: 'topic-no-user' }
  return null
}

function sameNames(a: string, b: string, productKey: string, deviceName: string): boolean {
  return a.toLowerCase() === productKey.toLowerCase() && b.toLowerCase() === deviceName.toLowerCase()
}

function putIdentityRight(topic: string, { productKey, deviceName }: TopicIdentity): Repair | null {
  const levels = topic.split('/')
  const level = identityLevels[levels[1] ?? ''] ?? (levels[3] === 'user' ? 1 : -1)
  const [first, second] = [levels[level], levels[level + 1]]
  if (level === -1 || first === undefined || second === undefined || levels[2] === 'rrpc' || (first === productKey && second === deviceName))
    return null
  const kind = sameNames(second, first, productKey, deviceName)
    ? 'topic-swapped'
    : sameNames(first, second, productKey, deviceName) ? 'topic-case' : 'topic-other-device'
  return { topic: [...levels.slice(0, level), productKey, deviceName, ...levels.slice(level + 2)].join('/'), kind }
}

function putPathRight(topic: string): Repair | null {
  const parsed = parseTopic(topic)
  // An event may have any name, but none is called like the properties in other letters.
  if (parsed.kind === 'event.post' && parsed.identifier !== 'property' && parsed.identifier.toLowerCase() === 'property')
    return { topic: topic.replace(`/event/${parsed.identifier}/`, '/event/property/'), kind: 'topic-case' }
  if (parsed.kind !== 'unknown' || /[+#]/.test(topic))
    return null
  const levels = topic.split('/')
  if (levels[1] === 'ota' && levels.length === 6)
    return nearWord(levels, 3, ['inform', 'upgrade', 'request', 'progress'])
  if (levels[1] === 'shadow' && levels.length === 5)
    return nearWord(levels, 2, ['update', 'get'])
  if (levels[1] !== 'sys' || levels.length < 6)
    return null
  const isReply = /_reply$/i.test(topic)
  const path = levels.slice(4).join('/').replace(/_reply$/i, '')
  const best = nearestPath(path)
  return best === null ? null : { topic: [...levels.slice(0, 4), best + (isReply ? '_reply' : '')].join('/'), kind: best.toLowerCase() === path.toLowerCase() ? 'topic-case' : 'topic-spelling' }
}

function nearWord(levels: string[], at: number, words: string[]): Repair | null {
  const word = nearestName(levels[at]!, words)
  return word === undefined ? null : { topic: levels.with(at, word).join('/'), kind: word === levels[at]!.toLowerCase() ? 'topic-case' : 'topic-spelling' }
}

const knownPaths: readonly (readonly string[])[] = [
  ...Object.values(systemTopics).map(({ path }) => path.split('/')),
  // The level of the name stands for every event.
  ['thing', 'event', '*', 'post'],
]

/** The path of the platform that differs by the fewest levels; null when none is near. */
function nearestPath(path: string): string | null {
  const levels = path.split('/')
  let best: string | null = null
  let least = levelsApartMax
  for (const known of knownPaths) {
    const apart = levelsApart(levels, known)
    if (apart < least) {
      least = apart
      const name = known.includes('*') ? levels[known.indexOf('*')] : undefined
      best = name === undefined ? known.join('/') : known.map(level => level === '*' ? name : level).join('/')
    }
  }
  return best
}

/** Levels to insert, leave out or replace; a level that is only misspelt counts little. */
function levelsApart(a: readonly string[], b: readonly string[]): number {
  if (Math.abs(a.length - b.length) > 1)
    return Infinity
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++)
      current.push(Math.min(previous[column - 1]! + unlike(a[row - 1]!, b[column - 1]!), previous[column]! + 1, current[column - 1]! + 1))
    previous = current
  }
  return previous[b.length]!
}

function unlike(a: string, b: string): number {
  if (a === b)
    return 0
  if (b === '*')
    return 0.2
  return a.toLowerCase() === b.toLowerCase() ? 0.1 : nearestName(a, [b]) === undefined ? 1 : 0.3
}

/** A device answers commands on `…_reply`, and the platform its reports: each on the other's topic is the commonest mix-up. */
function putReplyRight(topic: string): Repair | null {
  const parsed = parseTopic(topic)
  if (parsed.kind === 'unknown' || parsed.kind === 'invalid' || directionOf(parsed) !== 'down')
    return null
  if (parsed.kind === 'rrpc.request')
    return { topic: topic.replace('/rrpc/request/', '/rrpc/response/'), kind: 'topic-no-reply' }
  if (!('reply' in parsed))
    return null
  return parsed.reply ? { topic: topic.slice(0, -'_reply'.length), kind: 'topic-reply' } : { topic: `${topic}_reply`, kind: 'topic-no-reply' }
}
