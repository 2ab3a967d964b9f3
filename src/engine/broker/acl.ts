import type { Topic } from '../../shared/alink/topic.ts'
import type { OfflineReason } from './types.ts'
import { directionOf, identityLevels, parseTopic } from '../../shared/alink/topic.ts'
import { limits } from '../../shared/limits.ts'
import { platformCode } from './platform-code.ts'
import { reasonCode } from './reason-code.ts'
import { filterProblem } from './topic-filter.ts'

/** Whose topics are asked about. */
export interface TopicOwner { productKey: string, deviceName: string }

/** Why a topic filter is refused: the MQTT 5 reason code of the SUBACK (before 5 it is always 0x80) and a sentence. */
export interface FilterRefusal { reasonCode: number, message: string }

/**
 * Whether a topic is one of the platform's own (`/sys`, `/ext`, `/ota`, `/shadow`): those reach a device without a
 * subscription and are never kept for one that is away.
 */
export function isSystemTopic(topic: string): boolean {
  return topic.startsWith('/sys/') || topic.startsWith('/ext/') || topic.startsWith('/ota/') || topic.startsWith('/shadow/')
}

/**
 * Why a device may not publish on `topic`; null when it may. A device publishes only below its own product key and
 * device name, and only where the platform does not publish itself: code 9236 otherwise, 1903 for a topic of a wrong
 * form (platform codes of messages; Alink 1.6 and 1.9). A system topic nobody knows passes: the platform answers it.
 */
export function refusePublish(topic: string, owner: TopicOwner): OfflineReason | null {
  const parsed = parseTopic(topic)
  if (parsed.kind === 'invalid')
    return { code: platformCode.topicMalformed, message: `The topic ${topic} has a wrong form: ${parsed.reason}.` }
  if (parsed.kind === 'custom' && slashCount(topic) > limits.topicSlashesMax)
    return { code: platformCode.topicMalformed, message: `The topic ${topic} has ${slashCount(topic)} slashes; at most ${limits.topicSlashesMax} are allowed.` }
  if (!isOwn(parsed, topic, owner))
    return { code: platformCode.topicNotPermitted, message: `${owner.productKey}/${owner.deviceName} may not publish on ${topic}: a device publishes only on topics of its own product key and device name.` }
  if (directionOf(parsed) === 'down')
    return { code: platformCode.topicNotPermitted, message: `${owner.productKey}/${owner.deviceName} may not publish on ${topic}: only the platform sends messages there.` }
  return null
}

function isOwn(parsed: Topic, topic: string, owner: TopicOwner): boolean {
  switch (parsed.kind) {
    case 'ext.rrpc':
      return isOwnInner(parseTopic(parsed.topic), owner)
    case 'ext.register':
    case 'ext.regnwl':
    case 'broadcast':
      return false
    case 'invalid':
    case 'unknown':
      return isSystemTopic(topic) && namesOwner(topic.split('/'), owner)
    default:
      return isSame(parsed, owner)
  }
}

/** The answer to an RRPC goes to any topic behind `/ext/rrpc/{id}` (Alink 5.7), but not below somebody else's identity. */
function isOwnInner(inner: Topic, owner: TopicOwner): boolean {
  return !('deviceName' in inner) || isSame(inner, owner)
}

function isSame(named: TopicOwner, owner: TopicOwner): boolean {
  return named.deviceName === owner.deviceName && named.productKey === owner.productKey
}

function namesOwner(levels: string[], owner: TopicOwner): boolean {
  const level = identityLevels[levels[1] ?? ''] ?? 1
  return levels[level] === owner.productKey && levels[level + 1] === owner.deviceName
}

function slashCount(topic: string): number {
  return topic.split('/').length - 1
}

/**
 * Why a device may not subscribe to `filter`; null when it may. Product key and device name must be its own, literally:
 * a wildcard in their place is refused; deeper levels are free (Alink 1.9). `/broadcast/{its product key}/…` and
 * `/ext/rrpc/…` need no identity.
 */
export function refuseFilter(filter: string, owner: TopicOwner): FilterRefusal | null {
  if (filter.startsWith('$share/'))
    return { reasonCode: reasonCode.sharedSubscriptionsNotSupported, message: 'Shared subscriptions are not available.' }
  const problem = filterProblem(filter)
  if (problem !== null)
    return { reasonCode: reasonCode.topicFilterInvalid, message: `The topic filter ${JSON.stringify(filter)} has a wrong form: ${problem}.` }
  const levels = filter.split('/')
  if (levels[0] !== '')
    return foreignFilter(filter, owner)
  const isRrpc = levels[1] === 'ext' && levels[2] === 'rrpc'
  if (!isRrpc && Buffer.byteLength(filter) > limits.topicBytesMax)
    return { reasonCode: reasonCode.topicFilterInvalid, message: `The topic filter ${filter} is longer than ${limits.topicBytesMax} bytes.` }
  if (isRrpc || isRegistration(levels))
    return null
  if (levels[1] === 'broadcast') {
    return levels[2] === owner.productKey && levels.length > 3 ? tooDeep(filter, levels) : foreignFilter(filter, owner)
  }
  if (!namesOwner(levels, owner))
    return foreignFilter(filter, owner)
  if (isSystemTopic(filter))
    return null
  return levels[3] === 'user' && levels.length > 4 ? tooDeep(filter, levels) : foreignFilter(filter, owner)
}

function isRegistration(levels: string[]): boolean {
  return levels.length === 3 && levels[1] === 'ext' && (levels[2] === 'register' || levels[2] === 'regnwl')
}

/** Only custom topics are held to the number of slashes: several of the platform's own have more. */
function tooDeep(filter: string, levels: string[]): FilterRefusal | null {
  const slashes = levels.length - 1
  return slashes > limits.topicSlashesMax
    ? { reasonCode: reasonCode.topicFilterInvalid, message: `The topic filter ${filter} has ${slashes} slashes; at most ${limits.topicSlashesMax} are allowed.` }
    : null
}

function foreignFilter(filter: string, owner: TopicOwner): FilterRefusal {
  return {
    reasonCode: reasonCode.notAuthorized,
    message: `${owner.productKey}/${owner.deviceName} may not subscribe to ${filter}: product key and device name have to be its own, without wildcards.`,
  }
}
