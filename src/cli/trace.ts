import type { ApiClient } from '../shared/contract/contract.ts'
import type { TraceFilterInput, TraceMessage } from '../shared/contract/trace.ts'
import type { JsonValue } from '../shared/json.ts'
import { mistakeLine } from '../shared/diagnose/explain-mistake.ts'
import { command } from './command.ts'
import { oneLine } from './one-line.ts'
import { anyText, jsonOption, optional, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench trace`: the last messages, with the verdict on each. */
export const trace = command({
  path: ['trace'],
  about: 'Print the last messages from and to devices, oldest first, with the verdict on each.',
  positionals: [],
  options: {
    device: optional(anyText, { about: 'Only the messages of devices of this name.', placeholder: 'NAME' }),
    last: withDefault(wholeNumber(1, 100_000), 100, { about: 'How many messages.', placeholder: 'N' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench trace --device kitchen --last 20', 'thingbench trace --json'],
  async run({ device, last, workspace, json }, _positionals, output) {
    const messages = await withWorkspace({ workspace }, client => readLast(client, device === undefined ? {} : { deviceName: device }, last))
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
