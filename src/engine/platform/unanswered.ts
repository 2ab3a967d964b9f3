import type { Topic } from '../../shared/alink/topic.ts'
import type { Outcome } from './feature.ts'
import { packDetail } from '../../shared/contract/trace-detail.ts'
import { shortenName } from '../../shared/thing-model/issue.ts'

const notForDevices = 'Only the platform publishes there; the broker lets no device do it.'

/**
 * Kinds of messages from devices that nobody takes, each with the reason, which the trace shows. Every other kind has a handler
 * of its feature; a test sees to it that a new kind has one or the other.
 */
export const unanswered: { readonly [Kind in Topic['kind']]?: string } = {
  'custom': 'A topic of the product\'s own: the message is kept, and nobody answers it.',
  'broadcast': notForDevices,
  'broadcast.request': notForDevices,
  'rrpc.request': notForDevices,
  'ext.register': notForDevices,
  'ext.regnwl': notForDevices,
  'session.error': notForDevices,
  'ntp.response': notForDevices,
  'shadow.get': notForDevices,
  'ota.upgrade': notForDevices,
}

/**
 * What the trace says of a message that no feature takes: why nobody does; for a topic that is none of Alink's, 6831 where
 * it begins like one and 6203 where it cannot be taken apart. The sender hears nothing (trap T29).
 */
export function leaveUnanswered(topic: Topic, topicText: string): Outcome {
  if (topic.kind === 'unknown') {
    const code = /^\/sys\/[^/]+\/[^/]+\/_?thing\//.test(topicText) ? 6831 : 6203
    const issue = { code, path: '', rule: 'unknown-topic', expected: '', got: shortenName(topicText) } as const
    return { code, detail: packDetail({ issues: [issue], steps: [{ bizCode: 'uplink', operation: topicText, code }] }, topicText) }
  }
  const why = topic.kind === 'custom' ? undefined : unanswered[topic.kind as keyof typeof unanswered]
  return why === undefined
    ? { code: null, detail: null }
    : { code: null, detail: packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation: topicText, code: 200, message: why }] }, topicText) }
}
