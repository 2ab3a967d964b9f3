import type { ApiClient, MethodOutput } from '../shared/contract/contract.ts'
import type { ScanPosition, TraceFilterInput, TraceMessage } from '../shared/contract/trace.ts'
import type { JsonValue } from '../shared/json.ts'
import type { ValueKind } from './option.ts'
import { mistakeLine } from '../shared/diagnose/explain-mistake.ts'
import { toTraceFilter } from '../shared/filter/list-queries.ts'
import { command } from './command.ts'
import { filterOption, readFilter, viewOption } from './filter-words.ts'
import { instant } from './instant.ts'
import { oneLine } from './one-line.ts'
import { anyText, flag, jsonOption, oneOf, optional, wholeNumber, withDefault } from './option.ts'
import { describePosition, describeStop } from './scan-position.ts'
import { watchStopSignals } from './stop-signal.ts'
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
    answered: optional(oneOf('no'), { about: 'Only messages that want an answer and have none.', placeholder: 'no' }),
    progress: flag('Tell on stderr how far a long search has come, as is done anyway when stderr is a terminal.'),
    view: viewOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench trace --device kitchen --last 20', 'thingbench trace --code failed --topic property/post', 'thingbench trace --lag 500 --json', 'thingbench trace topic:property/post code:failed last:10m', 'thingbench trace answered:no dir:down last:1h', 'thingbench trace --text 50% --progress'],
  async run({ product, device, topic, code, text, trace: traceId, message: messageId, lag, from, to, last, answered, progress, view, workspace, json }, words, output) {
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
      ...(answered === 'no' && { answered: false as const }),
    }
    using stop = watchStopSignals()
    const tell = progress || output.watched ? output.note : null
    const { messages, position } = await withWorkspace({ workspace }, async client => readLast(client, { ...toTraceFilter(await readFilter(client, 'trace', words, view), Date.now()), ...filter }, last, tell, stop.signal))
    if (stop.signal.aborted)
      output.note(describeStop(position, messages.length))
    else if (position.nextId !== null)
      tell?.(`These are the newest ${messages.length}; what is older has not been looked at. --last shows more.`)
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
/** How long one answer of the engine may take: the position is told as often. */
const searchStepMs = 500

/** How far a search came; `nextId` is null when it has looked at everything. */
type SearchEnd = ScanPosition & { nextId: number | null }

/**
 * The last messages that match, oldest first, and how far back they were looked for; `tell` hears of it while the search takes its time. What was found is
 * not lost when `stop` ends the search.
 */
async function readLast(client: ApiClient, filter: TraceFilterInput, last: number, tell: ((text: string) => void) | null, stop: AbortSignal): Promise<{ messages: TraceMessage[], position: SearchEnd }> {
  const parts: TraceMessage[][] = []
  let position: SearchEnd = { scannedAt: null, scannedShare: 0, nextId: null }
  let found = 0
  for (let before: number | null | undefined; before !== null && found < last && !stop.aborted;) {
    const part: MethodOutput<'trace.messages'> = await client.call('trace.messages', { filter, last: Math.min(last - found, messagesPerCall), withinMs: searchStepMs, ...(before === undefined ? {} : { before }) })
    parts.unshift(part.messages)
    found += part.messages.length
    position = part
    before = part.nextId
    if (before !== null && found < last)
      tell?.(describePosition(position, found))
  }
  return { messages: parts.flat(), position }
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
