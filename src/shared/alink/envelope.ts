import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject, toNumber } from '../json.ts'

/** An Alink request as it came, in either direction (Alink 0.4). */
export interface AlinkRequest {
  /** As the sender wrote it, type included; undefined when there is none that can be echoed. */
  id: string | number | undefined
  /**
   * The id as JSON text, to be put into the reply: clients compare it verbatim, and a number of 64 bits does not survive
   * a JavaScript number. Empty when there is no id.
   */
  idText: string
  method: string | undefined
  version: string | undefined
  params: JsonValue | undefined
  /** False when the sender asked for no reply with `sys.ack` 0. */
  wantsReply: boolean
  /** True when the text broke the JSON grammar in a way that known device SDKs do, and was mended. */
  mended: boolean
}

export type ParsedRequest
  = | { request: AlinkRequest, problem?: undefined }
  /** Nothing can be answered because no id can be read: code 6207. */
    | { request?: undefined, problem: 'not JSON' | 'not an object' }

/** Reads a request as leniently as the cloud has to for its own SDKs (Alink, trap T9). Never throws. */
export function parseRequest(text: string): ParsedRequest {
  let message: unknown
  let source = text
  try {
    message = JSON.parse(text)
  }
  catch {
    source = mendJson(text)
    message = readJson(source)
    if (message === undefined)
      return { problem: 'not JSON' }
  }
  if (!isJsonObject(message))
    return { problem: 'not an object' }

  const { id, sys, params, method, version } = message
  return {
    request: {
      id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
      idText: typeof id === 'string'
        ? JSON.stringify(id)
        : typeof id === 'number' ? rawNumberAt(source, ['id']) ?? String(id) : '',
      method: typeof method === 'string' ? method : undefined,
      version: typeof version === 'string' ? version : undefined,
      params: typeof params === 'string' ? unpackText(params) : params,
      wantsReply: !(isJsonObject(sys) && (sys.ack === 0 || sys.ack === '0')),
      mended: source !== text,
    },
  }
}

/** Parameters sent as text that holds JSON (`"params":"{}"`), as Link SDK for C 4.1 does for topo/get. */
function unpackText(params: string): JsonValue {
  return params.startsWith('{') || params.startsWith('[') ? readJson(params) ?? params : params
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  }
  catch {
    return undefined
  }
}

/**
 * Mends what known SDKs get wrong: a comma before a closing brace (Link SDK for C 4, file download), missing outer
 * braces (Link SDK for C 3, push_reply), a byte order mark before or a C string's NUL after the text. One pass, so that a
 * large broken payload costs no more than a large good one.
 */
function mendJson(text: string): string {
  let end = text.length
  while (text.charCodeAt(end - 1) === 0)
    end--
  const start = skipBlank(text, text.charCodeAt(0) === 0xFEFF ? 1 : 0)
  const parts: string[] = []
  let copied = start
  for (let at = start; at < end; at++) {
    const char = text[at]
    if (char === '"') {
      at = endOfString(text, at)
    }
    else if (char === ',') {
      const next = text[skipBlank(text, at + 1)]
      if (next === '}' || next === ']') {
        parts.push(text.slice(copied, at))
        copied = at + 1
      }
    }
  }
  parts.push(text.slice(copied, end))
  return text[start] === '"' ? `{${parts.join('')}}` : parts.join('')
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r' || text[at] === '\n')
    at++
  return at
}

/** The index of the quote that closes the string opened at `from`; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\')
      at++
    else if (text[at] === '"')
      return at
  }
  return text.length
}

/**
 * The digits of a number inside valid JSON, found by the keys that lead to it; undefined when there is no number. For
 * numbers that `JSON.parse` would round.
 */
export function rawNumberAt(json: string, path: readonly string[]): string | undefined {
  let at: number | undefined = skipBlank(json, 0)
  for (const key of path) {
    at = memberAt(json, at, key)
    if (at === undefined)
      return undefined
  }
  const number = /-?\d[\d.e+-]*/iy
  number.lastIndex = at
  return number.exec(json)?.[0]
}

/** Where the value of a member begins in the object at `from`; of equal keys the last one counts, as in JSON.parse. */
function memberAt(json: string, from: number, key: string): number | undefined {
  let depth = 0
  let found: number | undefined
  for (let at = from; at < json.length; at++) {
    const char = json[at]
    if (char === '{' || char === '[') {
      depth++
    }
    else if (char === '}' || char === ']') {
      depth--
    }
    else if (char === '"') {
      const end = endOfString(json, at)
      const colon = skipBlank(json, end + 1)
      if (depth === 1 && json[colon] === ':' && end - at - 1 === key.length && json.startsWith(key, at + 1))
        found = skipBlank(json, colon + 1)
      at = end
    }
    if (depth === 0)
      break
  }
  return json[from] === '{' ? found : undefined
}

export interface AlinkReply {
  code: number
  /** The request's id as JSON text. */
  idText: string
  method: string
  /** Empty object when left out. */
  data?: JsonValue
  /** `success` when left out. */
  message?: string
  version?: string
}

/**
 * An Alink reply as the cloud writes it: compact, members in alphabetical order. Device SDKs search the text instead of
 * parsing it (Alink, trap T1), so order and spacing are part of the protocol.
 */
export function buildReply({ code, idText, method, data, message = 'success', version = '1.0' }: AlinkReply): string {
  const dataText = data === undefined ? '{}' : JSON.stringify(data)
  return `{"code":${code},"data":${dataText},"id":${idText === ''
    ? '""'
    : idText},"message":${JSON.stringify(message)},"method":${JSON.stringify(method)},"version":${JSON.stringify(version)}}`
}

/**
 * A reply of those services that name neither method nor version: sessions of sub-devices and files with a message, jobs
 * without one (Alink 3.6, 7.6 and 7.7). Order and spacing as in {@link buildReply}.
 */
export function buildShortReply({ code, idText, data = {}, message }: Omit<AlinkReply, 'method' | 'version'>): string {
  const messageText = message === undefined ? '' : `,"message":${JSON.stringify(message)}`
  return `{"code":${code},"data":${JSON.stringify(data)},"id":${idText === '' ? '""' : idText}${messageText}}`
}

/** What came back on a `…_reply` topic. */
export interface ParsedReply { id: string, code: number, data: JsonValue | undefined, message: string | undefined }

/** Reads a reply; undefined when it is not JSON or carries no code. The id is given as text, whatever its type. Never throws. */
export function parseReply(text: string): ParsedReply | undefined {
  const reply = readJson(text) ?? readJson(mendJson(text))
  if (!isJsonObject(reply))
    return undefined
  const code = toNumber(reply.code)
  if (!Number.isInteger(code))
    return undefined
  return { id: idOf(reply), code, data: reply.data, message: typeof reply.message === 'string' ? reply.message : undefined }
}

function idOf({ id }: JsonObject): string {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : ''
}
