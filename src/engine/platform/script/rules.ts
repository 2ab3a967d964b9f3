import type { ProductScript, ScriptFunction, ScriptProblem } from '../../../shared/contract/script.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { ScriptRun } from '../../script/types.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { limits } from '../../../shared/limits.ts'
import { toSnippet } from '../../../shared/thing-model/issue.ts'

/** Something that a script made, or why it made nothing. */
export type Made<Value> = { value: Value, problem: null } | { value: null, problem: ScriptProblem }

/** What the bytes of a device mean: the Alink message as the script wrote it, with all digits, and parsed. */
export interface ParsedMessage { text: string, message: JsonObject }

/** The text that runs for devices: 6200 when the product has no script, 26001 when there is only a draft or nothing in it. */
export function submittedText(productKey: string, { draft, submitted }: ProductScript): Made<string> {
  if (submitted !== null && submitted.text.trim() !== '')
    return { value: submitted.text, problem: null }
  if (submitted === null && draft === null)
    return problem(6200, `Product ${productKey} has a custom data format and no parsing script: write one and submit it (6200).`)
  return problem(26001, submitted === null
    ? `The parsing script of product ${productKey} is only a draft: submit it (26001).`
    : `The parsing script of product ${productKey} is empty: write one and submit it (26001).`)
}

/** What `rawDataToProtocol` has to return: a JSON object (26007), and something at all (6201). */
export function readMessage(run: ScriptRun): Made<ParsedMessage> {
  if (run.problem !== null)
    return withCode(run.problem)
  if (run.value === null)
    return nothing('rawDataToProtocol', 'null')
  if (run.value.length > limits.payloadBytesMax)
    return wrongKind('rawDataToProtocol', `at most ${limits.payloadBytesMax} characters of JSON`, String(run.value.length))
  const message = JSON.parse(run.value) as JsonValue
  return isJsonObject(message)
    ? { value: { text: run.value, message }, problem: null }
    : wrongKind('rawDataToProtocol', 'a JSON object', toSnippet(message))
}

/** What `protocolToRawData` has to return: a list of bytes, signed or not (26007), and at least one (6201). */
export function readBytes(run: ScriptRun): Made<Uint8Array> {
  if (run.problem !== null)
    return withCode(run.problem)
  if (run.value === null)
    return nothing('protocolToRawData', 'null')
  const list = JSON.parse(run.value) as JsonValue
  if (!Array.isArray(list))
    return wrongKind('protocolToRawData', 'a list of bytes', toSnippet(list))
  if (list.length === 0)
    return nothing('protocolToRawData', 'an empty list')
  if (list.length > limits.payloadBytesMax)
    return wrongKind('protocolToRawData', `at most ${limits.payloadBytesMax} bytes`, String(list.length))
  const odd = list.findIndex(byte => typeof byte !== 'number' || !Number.isInteger(byte) || byte < -128 || byte > 255)
  return odd === -1
    ? { value: Uint8Array.from(list as number[]), problem: null }
    : wrongKind('protocolToRawData', 'a list of whole numbers from 0 to 255 (or -128 to 127)', `${toSnippet(list[odd]!)} at index ${odd}`)
}

/**
 * What a message that a script made is: an answer to a command when it carries a code instead of parameters, otherwise a
 * request, whose `method` tells its topic. Without one it is 6450, and 6300 when there is one that says nothing.
 */
export function kindOfMessage(message: JsonObject): { kind: 'answer' } | { kind: 'request', method: string } | { kind: 'bad', problem: ScriptProblem } {
  const { method } = message
  if (message.code !== undefined && message.params === undefined)
    return { kind: 'answer' }
  if (method === undefined)
    return { kind: 'bad', problem: { code: 6450, message: `The JSON that rawDataToProtocol returned has no "method": got ${toSnippet(message)} (6450).` } }
  if (typeof method !== 'string' || method === '')
    return { kind: 'bad', problem: { code: 6300, message: `"method": expected a text such as "thing.event.property.post", got ${toSnippet(method)} (6300).` } }
  return { kind: 'request', method }
}

function problem<Value>(code: number, message: string): Made<Value> {
  return { value: null, problem: { code, message } }
}

function nothing<Value>(name: ScriptFunction, what: string): Made<Value> {
  return problem(6201, `${name} returned ${what} (6201).`)
}

function wrongKind<Value>(name: ScriptFunction, expected: string, got: string): Made<Value> {
  return problem(26007, `${name} has to return ${expected}, got ${got} (26007).`)
}

/** The sandbox's sentence with the code, as all sentences of the trace carry it. */
function withCode<Value>({ code, message, ...place }: NonNullable<ScriptRun['problem']>): Made<Value> {
  return { value: null, problem: { code, message: `${message.replace(/\.$/, '')} (${code}).`, ...place } }
}
