import type { Conversation, ReplyMode } from '../shared/contract/fleet-conversation.ts'
import type { ValueKind } from './option.ts'
import { conversationSchema, quietConversation, replyModes } from '../shared/contract/fleet-conversation.ts'
import { limits } from '../shared/limits.ts'
import { flag, optional, seconds, wholeNumber } from './option.ts'
import { readTextFile } from './read-text-file.ts'

/** `accept`, `refuse:460`, `script:FILE` and so on. */
interface ReplyWish { mode: ReplyMode, code?: number, file?: string }

const replies: ValueKind<ReplyWish> = {
  expected: 'accept, refuse:CODE, silent, twice, wrong-id or script:FILE',
  read(text) {
    const [word, ...rest] = text.split(':')
    const detail = rest.join(':')
    const mode = replyModes.find(known => known === word)
    switch (mode) {
      case undefined:
        return undefined
      case 'refuse':
        return /^\d{1,6}$/.test(detail) ? { mode, code: Number(detail) } : undefined
      case 'script':
        return detail === '' ? undefined : { mode, file: detail }
      default:
        return text === mode ? { mode } : undefined
    }
  },
}

/** `500` or `200-800`. */
const delay: ValueKind<{ min: number, max: number }> = {
  expected: 'milliseconds up to 600000, such as 500 or 200-800',
  read(text) {
    const [, min, max = min] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? []
    return min !== undefined && Number(min) <= 600_000 && Number(max) <= 600_000 ? { min: Number(min), max: Number(max) } : undefined
  },
}

/** `floor=1|2|3,owner=bench`. */
const tags: ValueKind<Record<string, string>> = {
  expected: 'KEY=VALUE[,KEY=VALUE]; of a value with bars, such as 1|2|3, each device takes one part',
  read(text) {
    const entries = text.split(',').map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
    return conversationSchema.shape.tags.safeParse(text.includes('=') ? Object.fromEntries(entries) : null).data
  },
}

const perHourMax = 360_000

/** What the devices of `simulate` say beside their posts; without any of these they answer commands and say nothing else. */
export const conversationOptions = {
  'replies': optional(replies, { about: 'How devices answer commands: accept, refuse:CODE, silent, twice, wrong-id or script:FILE. Without it, they accept.', placeholder: 'HOW' }),
  'reply-delay': optional(delay, { about: 'How long a command waits before it is taken up: milliseconds, or a range such as 200-800.', placeholder: 'MS' }),
  'events-per-hour': optional(wholeNumber(0, perHourMax), { about: 'How often each device reports each event of its thing model.', placeholder: 'N' }),
  'logs-per-hour': optional(wholeNumber(0, perHourMax), { about: 'Lines of its own log that each device reports.', placeholder: 'N' }),
  'network-every': optional(seconds(1, 86_400), { about: 'Time between two reports of a device\'s Wi-Fi.', placeholder: 'S' }),
  'tags': optional(tags, { about: 'Tags that devices report after connecting, such as floor=1|2|3,owner=bench.', placeholder: 'TAGS' }),
  'desired': flag('Ask for desired values after connecting, apply and report them.'),
  'ntp': flag('Ask for the time after connecting.'),
}

export interface ConversationWish {
  'replies': ReplyWish | undefined
  'reply-delay': { min: number, max: number } | undefined
  'events-per-hour': number | undefined
  'logs-per-hour': number | undefined
  'network-every': number | undefined
  'tags': Record<string, string> | undefined
  'desired': boolean
  'ntp': boolean
}

/**
 * The conversation that was asked for; reads the script. Whoever asks for lines of logs wants them, so devices report them
 * unasked.
 * @throws AppError `file/unreadable`
 */
export async function readConversation(wish: ConversationWish): Promise<Conversation> {
  const { replies: how = { mode: 'accept' as const }, 'reply-delay': waits = { min: 0, max: 0 } } = wish
  return {
    ...quietConversation,
    replies: {
      mode: how.mode,
      code: how.code ?? quietConversation.replies.code,
      delayMsMin: waits.min,
      delayMsMax: waits.max,
      script: how.file === undefined ? '' : await readTextFile(how.file, limits.scriptBytesMax),
    },
    events: { perHour: wish['events-per-hour'] ?? 0, ratesPerHour: {}, conditions: {} },
    logs: { ...quietConversation.logs, perHour: wish['logs-per-hour'] ?? 0, obeySwitch: false },
    networkStatus: { ...quietConversation.networkStatus, everySec: wish['network-every'] ?? 0 },
    tags: wish.tags ?? {},
    desired: wish.desired,
    ntp: wish.ntp,
  }
}
