import type { Outcome, UpMessage } from './feature.ts'
import { parseReply } from '../../shared/alink/envelope.ts'
import { packDetail } from '../../shared/contract/trace-detail.ts'

const text = new TextDecoder()

/** What a device answers to a notice: it decides nothing and is only noted, 6207 when it is no answer at all. */
export function noteAnswer({ topicText, payload }: UpMessage): Outcome {
  const code = parseReply(text.decode(payload))?.code
  const step = code === undefined
    ? { bizCode: 'uplink', operation: topicText, code: 6207, message: 'The answer to the notice has to be JSON with a "code".' }
    : { bizCode: 'uplink', operation: topicText, code }
  return { code: step.code, detail: packDetail({ issues: [], steps: [step] }, topicText) }
}
