import type { Topic } from '../../../shared/alink/topic.ts'
import { directionOf } from '../../../shared/alink/topic.ts'

/**
 * The code of a reply, read without parsing the rest: at thousands a second only the code matters, and it comes first
 * (Alink 0.4, trap T1). NaN when there is none.
 */
export function readReplyCode(text: string): number {
  const code = /"code"\s*:\s*"?(\d+)/.exec(text)?.[1]
  return Number(code ?? Number.NaN)
}

/** Whether a topic carries the platform's answer to a request of a device. */
export function isReply(topic: Topic): boolean {
  return 'reply' in topic && topic.reply && directionOf(topic) === 'down'
}
