import type { Deed, EndAnswer, EndAsk } from './types.ts'
import { Histogram } from './histogram.ts'

/** Messages of one process whose ends are kept: about 10 s of 6,000 a second both ways, hours of a bench. */
const endsKept = 65_536
const commandsKept = 4_096
/** Posts of one process whose answer is waited for, twice: the older ones go first, all together. */
const postsKept = 32_768
/** What a device reports ends so, and the platform's answer so. */
const postEnd = '/post'
const answerEnd = '_reply'

/** What a device did with a command, and when its answer went out; 0: not yet. */
interface CommandEnd { at: number, deed: Deed, answeredAt: number }

/**
 * When the devices of a process sent their messages and got those of the platform: the ends of a message's way that only the
 * device knows. Nothing of this is sent anywhere until somebody asks for a message. What is kept is a ring of numbers, so
 * that it costs one hash of topic and id a message; a hash that two messages share is told apart by time.
 */
export class Ends {
  /** From a post to the platform's answer, milliseconds. */
  readonly replyTimes = new Histogram()
  readonly #now: () => number
  readonly #keys = new Float64Array(endsKept)
  /** Negative for what a device got, positive for what it sent. */
  readonly #at = new Float64Array(endsKept)
  #count = 0
  readonly #commands = new Map<number, CommandEnd>()
  readonly #hasAnswers: boolean
  /** When posts without an answer were sent, by the key that their answer will have. */
  #posts = new Map<number, number>()
  #olderPosts = new Map<number, number>()

  /** `now` in milliseconds with fractions, on the clock of the wall; `hasAnswers`: the platform answers reports. */
  constructor(now: () => number, hasAnswers: boolean) {
    this.#now = now
    this.#hasAnswers = hasAnswers
  }

  /** A device hands a message to its socket. */
  sent(topic: string, payload: string | Uint8Array): void {
    if (!this.#hasAnswers)
      return
    const id = typeof payload === 'string' ? idAtStart(payload) : ''
    const now = this.#now()
    if (id !== '') {
      const topicHash = hashOf(topic)
      this.#put(keyOf(topicHash, id), now)
      if (topic.endsWith(postEnd))
        this.#awaitAnswer(keyOf(hashOf(answerEnd, topicHash), id), now)
    }
    if (this.#commands.size === 0)
      return
    const asked = commandTopicOf(topic)
    const command = this.#commands.get(keyOf(hashOf(asked), id || asked))
    if (command !== undefined && command.answeredAt === 0)
      command.answeredAt = now
  }

  /** A device has got the platform's answer, whose text is given as far as it was read. */
  got(topic: string, text: string): void {
    const id = idAnywhere(text)
    if (id === '')
      return
    const key = keyOf(hashOf(topic), id)
    const now = this.#now()
    this.#put(key, -now)
    const sentAt = this.#posts.get(key) ?? this.#olderPosts.get(key)
    if (sentAt !== undefined) {
      if (!this.#posts.delete(key))
        this.#olderPosts.delete(key)
      this.replyTimes.record(now - sentAt)
    }
  }

  /** A device has got a command, or has done something with it. */
  did(topic: string, idText: string, deed: Deed): void {
    const key = keyOf(hashOf(topic), plainId(idText) || topic)
    const command = this.#commands.get(key)
    if (command !== undefined) {
      command.deed = deed
      return
    }
    this.#commands.set(key, { at: this.#now(), deed, answeredAt: 0 })
    if (this.#commands.size > commandsKept)
      this.#commands.delete(this.#commands.keys().next().value!)
  }

  /** What is known of a message: the sending or the getting that is nearest to the time asked about. */
  find({ topic, id, direction, near }: EndAsk): EndAnswer | null {
    const key = keyOf(hashOf(topic), id === '' ? topic : id)
    const command = direction === 'down' ? this.#commands.get(key) : undefined
    if (command !== undefined)
      return { at: command.at, deed: command.deed, answeredAt: command.answeredAt === 0 ? null : command.answeredAt }
    let best = 0
    for (let slot = Math.min(this.#count, endsKept) - 1; slot >= 0; slot--) {
      const at = this.#at[slot]!
      if (this.#keys[slot] === key && (at < 0) === (direction === 'down') && Math.abs(Math.abs(at) - near) < Math.abs(best - near))
        best = Math.abs(at)
    }
    return best === 0 ? null : { at: best, deed: direction === 'down' ? 'noted' : null, answeredAt: null }
  }

  #awaitAnswer(key: number, now: number): void {
    this.#posts.set(key, now)
    if (this.#posts.size === postsKept) {
      this.#olderPosts = this.#posts
      this.#posts = new Map()
    }
  }

  #put(key: number, at: number): void {
    const slot = this.#count++ % endsKept
    this.#keys[slot] = key
    this.#at[slot] = at
  }
}

/** An answer goes to the topic of its command with `_reply` behind it; RRPC answers where it was asked, or beside it. */
function commandTopicOf(topic: string): string {
  return topic.endsWith('_reply') ? topic.slice(0, -'_reply'.length) : topic.replace('/rrpc/response/', '/rrpc/request/')
}

/** The messages of simulated devices begin with their id; empty text where one does not. */
function idAtStart(payload: string): string {
  if (!payload.startsWith('{"id":'))
    return ''
  const quoted = payload.charCodeAt(6) === 0x22
  const end = quoted ? payload.indexOf('"', 7) : payload.indexOf(',', 6)
  return end === -1 ? '' : payload.slice(quoted ? 7 : 6, end)
}

/** The platform's answers have their members in alphabetical order, so the id comes after the data. */
export function idAnywhere(text: string): string {
  const at = text.lastIndexOf('"id":')
  if (at === -1)
    return ''
  const quoted = text.charCodeAt(at + 5) === 0x22
  const from = quoted ? at + 6 : at + 5
  const end = quoted ? text.indexOf('"', from) : text.slice(from, from + 24).search(/[,}]/) + from
  return text.slice(from, end)
}

/** An id without the quotes of JSON. */
function plainId(idText: string): string {
  return idText.startsWith('"') ? idText.slice(1, -1) : idText
}

/** A number made of topic and id that two messages hardly share: 32 bits of one and 21 of the other. */
function keyOf(topicHash: number, id: string): number {
  return topicHash * 0x20_0000 + (hashOf(id) >>> 11) + 1
}

/** FNV-1a; of a text behind another one, given the other one's hash. */
function hashOf(text: string, before = 0x811C_9DC5): number {
  let hash = before
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193)
  return hash >>> 0
}
