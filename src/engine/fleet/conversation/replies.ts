import type { Replies, Conversation as Settings } from '../../../shared/contract/fleet-conversation.ts'
import type { JsonObject } from '../../../shared/json.ts'
import type { Random } from '../behaviour/random-streams.ts'
import type { Deed } from '../types.ts'
import type { Command, Wish } from './command.ts'
import type { Performed } from './performer.ts'
import type { SpokenMessage } from './speaker.ts'

/** How a device answers: as its fleet does, unless something else was said of it. */
export function repliesOf({ replies, repliesOf: others }: Settings, deviceName: string): Replies {
  return Object.hasOwn(others, deviceName) ? others[deviceName]! : replies
}

/** How long a command waits, milliseconds; bounds the wrong way round are swapped. Draws only when there is a range. */
export function delayMsOf({ delayMsMin, delayMsMax }: Replies, makeRandom: () => Random): number {
  const low = Math.min(delayMsMin, delayMsMax)
  const high = Math.max(delayMsMin, delayMsMax)
  return low === high ? low : Math.round(low + makeRandom().next() * (high - low))
}

/** The answers of a device to a command that it takes notice of, and the properties that change by it. */
export interface Answers { messages: SpokenMessage[], changed?: JsonObject | undefined, deed: Deed }

/** Answers a command in the way of `replies`; a command that is refused is not performed. */
export function answersTo(command: Command, replies: Replies, perform: (wish: Exclude<Wish, { kind: 'raw' }>) => Performed): Answers {
  const { wish, idText, replyTopic } = command
  if (replies.mode === 'refuse')
    return { messages: [replyTo(command, replies.code, {})], deed: 'refused' }
  const isWrong = replies.mode === 'wrong-id'
  const topic = isWrong && command.isRrpc ? otherMessageId(replyTopic) : replyTopic
  const performed = wish.kind === 'raw' ? undefined : perform(wish)
  const payload = wish.kind === 'raw'
    ? wish.payload
    : replyText(isWrong ? otherId(idText) : idText, performed!.code, performed!.data)
  const message = { topic, payload }
  return { messages: replies.mode === 'twice' ? [message, message] : [message], changed: performed?.changed, deed: performed === undefined ? 'noted' : performed.code === 200 ? 'applied' : 'refused' }
}

/** The answer to a command with its own id. */
export function replyTo({ idText, replyTopic }: Pick<Command, 'idText' | 'replyTopic'>, code: number, data: JsonObject): SpokenMessage {
  return { topic: replyTopic, payload: replyText(idText, code, data) }
}

/** In the key order of the device SDKs; the id as it came, type included (Alink 5.2, trap T4). */
function replyText(idText: string, code: number, data: JsonObject): string {
  return `{"id":${idText === '' ? '""' : idText},"code":${code},"data":${JSON.stringify(data)}}`
}

/** Another id of the same form: the last digit is one more. */
function otherId(idText: string): string {
  return /\d/.test(idText) ? idText.replace(/\d(?=\D*$)/, digit => String((Number(digit) + 1) % 10)) : '"1"'
}

/** The message id is the fourth level of `/ext/rrpc/{id}/…` and the last of `/sys/…/rrpc/response/{id}`. */
function otherMessageId(topic: string): string {
  return topic.startsWith('/ext/rrpc/')
    ? topic.replace(/^(\/ext\/rrpc\/)([^/]+)/, (_, start: string, id: string) => start + otherId(id))
    : topic.replace(/[^/]+$/, otherId)
}
