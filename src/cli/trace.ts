import type { ApiClient } from '../shared/contract/contract.ts'
import type { TraceFilterInput, TraceMessage } from '../shared/contract/trace.ts'
import type { JsonValue } from '../shared/json.ts'
import type { ValueKind } from './option.ts'
import { mistakeLine } from '../shared/diagnose/explain-mistake.ts'
import { toTraceFilter } from '../shared/filter/list-queries.ts'
import { command } from './command.ts'
import { filterOption, readFilter, viewOption } from './filter-words.ts'
import { instant } from './instant.ts'
import { oneLine } from './one-line.ts'
import { anyText, jsonOption, optional, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const codeOrFailed: ValueKind<number | 'failed'> = {
  expected: 'a code such as 6306, or failed',
  read: text => text === 'failed' ? text : /^-?\d{1,6}$/.test(text) ? Number(text) : undefined,
}

/** `thingbench trace`: the last messages, with the verdict on each. */
export const trace = command({
  path: ['trace'],
  about: 'Print the last messages from and to devices, oldest first, with the verdict on each.',
  positionals: [filterOption],
  options: {
    product: optional(anyText, { about: 'Only the messages of this product.', placeholder: 'PRODUCT-KEY' }),
    device: optional(anyText, { about: 'Only the messages of devices of this name.', placeholder: 'NAME' }),
    topic: optional(anyText, { about: 'Only messages with this in their topic.', placeholder: 'TEXT' }),
    code: optional(codeOrFailed, { about: 'Only messages with this verdict; failed is every code but 200.', placeholder: 'CODE' }),
    text: optional(anyText, { about: 'Only messages with this in their payload.', placeholder: 'TEXT' }),
    trace: optional(anyText, { about: 'Only the chain of one message.', placeholder: 'TRACE-ID' }),
    message: optional(anyText, { about: 'Only the message with this id.', placeholder: 'MESSAGE-ID' }),
    lag: optional(wholeNumber(0, 1_000_000_000), { about: 'Only messages more than MS milliseconds after the one that began their chain: late replies.', placeholder: 'MS' }),
    from: optional(instant, { about: 'Not before this time.', placeholder: 'TIME' }),
    to: optional(instant, { about: 'Not after this time.', placeholder: 'TIME' }),
    last: withDefault(wholeNumber(1, 100_000), 100, { about: 'How many messages.', placeholder: 'N' }),
    view: viewOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench trace --device kitchen --last 20', 'thingbench trace --code failed --topic property/post', 'thingbench trace --lag 500 --json', 'thingbench trace topic:property/post code:failed last:10m'],
  async run({ product, device, topic, code, text, trace: traceId, message: messageId, lag, from, to, last, view, workspace, json }, words, output) {
    const filter: TraceFilterInput = {
      ...(product !== undefined && { productKey: product }),
      ...(device !== undefined && { deviceName: device }),
      ...(topic !== undefined && { topic }),
      ...(code !== undefined && { code }),
      ...(text !== undefined && { text }),
      ...(traceId !== undefined && { traceId }),
      ...(messageId !== undefined && { messageId }),
      ...(lag !== undefined && { lagAboveMs: lag }),
      ...(from !== undefined && { fromAt: from }),
      ...(to !== undefined && { toAt: to }),
    }
    const messages = await withWorkspace({ workspace }, async client => readLast(client, { ...toTraceFilter(await readFilter(client, 'trace', words, view), Date.now()), ...filter }, last))
    for (const message of messages) {
      if (json)
        output.json(shownMessage(message))
      else
        describeMessage(message).forEach(output.line)
    }
    return 0
  },
})

/** So many messages of the largest size still fit into one answer of the engine. */
const messagesPerCall = 200

/** The last messages that match, oldest first. */
async function readLast(client: ApiClient, filter: TraceFilterInput, last: number): Promise<TraceMessage[]> {
  const parts: TraceMessage[][] = []
  for (let missing = last, before: number | undefined; missing > 0;) {
    const part = await client.call('trace.messages', { filter, last: Math.min(missing, messagesPerCall), ...(before === undefined ? {} : { before }) })
    if (part.length === 0)
      break
    parts.unshift(part)
    missing -= part.length
    before = part[0]!.id
  }
  return parts.flat()
}

/** What `trace --json` prints a line. */
export function shownMessage({ at, direction, deviceName, topic, payload, code, explanation, mistakes }: TraceMessage): JsonValue {
  return {
    at,
    direction,
    deviceName,
    topic,
    payload: payloadValue(payload),
    code,
    explanation,
    ...(mistakes.length > 0 && { mistakes: mistakes.map(({ kind, path, expected, got }) => ({ kind, path, expected, got })) }),
  }
}

// The mark that some programs put before UTF-8 text is part of what was sent.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The payload as text when it is UTF-8, otherwise its bytes. */
function payloadValue(payload: Uint8Array): JsonValue {
  try {
    return strictUtf8.decode(payload)
  }
  catch {
    return {
      base64: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64'),
    }
  }
}

function describeMessage(message: TraceMessage): string[] {
  const { at, direction, deviceName, topic, code, explanation, mistakes } = message
  const payload = payloadValue(message.payload)
  const verdict = code === null
    ? ''
    : `  ${code}`
  return [
    `${new Date(at).toISOString()}  ${direction.padEnd(4)}  ${deviceName}  ${topic}${verdict}`,
    `  ${typeof payload === 'string'
      ? oneLine(payload)
      : `${message.payload.length} bytes: ${message.preview}`}`,
    ...(explanation === null
      ? []
      : [`  ${explanation}`]),
    ...mistakes.map(mistake => `  ${oneLine(mistakeLine(mistake))}`),
  ]
}
