import type { AlinkRequest } from '../../../shared/alink/envelope.ts'
import type { BlockRequest } from '../../../shared/alink/file-download.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DownlinkMessage, Outcome, UpMessage } from '../feature.ts'
import type { OtaUpdates } from './types.ts'
import { Buffer } from 'node:buffer'
import { textOfCode } from '../../../shared/alink/codes.ts'
import { parseRequest } from '../../../shared/alink/envelope.ts'
import { buildBlock, buildBlockRefusal, parseBlockRequest } from '../../../shared/alink/file-download.ts'
import { methodOfTopic, replyTopic } from '../../../shared/alink/topic.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

/** Bytes of a block that the trace keeps beside the header; the file of the package has them all. */
const blockBytesShown = 64
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

type Refusal = { issue: ValidationIssue, message?: undefined } | { issue?: undefined, code: number, message: string }

/**
 * A device asks for a block of the file that its update offers over MQTT, and gets it in a frame of bytes, or a refusal in the
 * same frame (Alink 8.7). What has no id that could be echoed gets no answer.
 */
export function takeBlockRequest(message: UpMessage<'file.download'>, updates: Pick<OtaUpdates, 'blockOf'>): Outcome {
  if (message.topic.reply)
    return { code: null, detail: null }
  const { request } = parseRequest(utf8.decode(message.payload))
  if (request === undefined || request.idText === '') {
    const got = toSnippet(utf8.decode(message.payload))
    const code = request === undefined ? 6207 : 460
    return conclude(message, code, { issue: { code, path: '', rule: 'bad-form', expected: 'a JSON object with "id" and "params"', got } })
  }
  const wanted = parseBlockRequest(request.params)
  if ('expected' in wanted)
    return refuse(message, request, { issue: malformed(wanted.expected, toSnippet(wanted.got)) })
  // Filled when the block is read, which the answer waits for.
  const replies: DownlinkMessage[] = []
  return { ...conclude(message, 200, {}, true), replies, until: answer(message, request, wanted, updates, replies) }
}

async function answer(message: UpMessage, request: AlinkRequest, wanted: BlockRequest, { blockOf }: Pick<OtaUpdates, 'blockOf'>, replies: DownlinkMessage[]): Promise<Outcome | undefined> {
  const block = await blockOf(message.device, wanted)
  if ('code' in block)
    return refuse(message, request, block)
  if ('isOvertaken' in block)
    return conclude(message, 200, { message: 'The block was asked for once more before it could go out; only that request is answered.' })
  const { fileLength, bytes, steps } = block
  const { offset } = wanted
  if (bytes.length === 0)
    return refuse(message, request, { issue: malformed(`"fileBlock.offset" below ${fileLength}, the bytes of the file`, String(offset)) })
  const payload = buildBlock(request.idText, { offset, fileLength }, bytes)
  replies.push({
    topic: replyTopic(message.topicText),
    payload,
    ...(steps !== undefined && { steps }),
    ...(bytes.length > blockBytesShown && {
      keptPayload: Buffer.from(payload.subarray(0, payload.length - bytes.length - 2 + blockBytesShown)),
      note: `The block has ${bytes.length} bytes of ${fileLength}, from ${offset} on; the trace keeps only the header and the first ${blockBytesShown} of them.`,
    }),
  })
  return undefined
}

function malformed(expected: string, got: string): ValidationIssue {
  return { code: 460, path: '', rule: 'bad-form', expected, got }
}

function refuse(message: UpMessage, { idText }: AlinkRequest, refusal: Refusal): Outcome {
  const code = refusal.issue ? refusal.issue.code : refusal.code
  return {
    ...conclude(message, code, refusal, true),
    replies: [{ topic: replyTopic(message.topicText), payload: buildBlockRefusal(idText, code, textOfCode(code)) }],
  }
}

function conclude({ topicText }: UpMessage, code: number, { issue, message }: { issue?: ValidationIssue | undefined, message?: string | undefined }, isAnswered = false): Outcome {
  const steps = [
    { bizCode: 'uplink', operation: topicText, code: 200 },
    { bizCode: 'OTA', operation: methodOfTopic(topicText), code, ...(message !== undefined && { message }) },
    ...(isAnswered ? [{ bizCode: 'downlink', operation: replyTopic(topicText), code: 200 }] : []),
  ]
  return { code, detail: packDetail({ issues: issue ? [issue] : [], steps }, topicText) }
}
