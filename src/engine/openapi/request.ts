import { GatewayFailure } from './failure.ts'
import { missing } from './parameter.ts'

/** A request as it came in over HTTP. */
export interface HttpRequest {
  method: string
  /** Path and query, as written. */
  target: string
  headers: Record<string, string | string[] | undefined>
  body: Uint8Array
  remoteAddress: string
}

/** A request with its parameters taken apart, before anything is believed. */
export interface ParsedRequest {
  method: string
  headers: ReadonlyMap<string, string>
  body: Uint8Array
  query: ReadonlyMap<string, string>
  /** Query and form together; a name that is in both has the form's value. */
  parameters: ReadonlyMap<string, string>
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Takes a request apart: parameters may be in the query, in a form, or in both.
 * @throws GatewayFailure for another path or method, a body that is no form, and text that is no UTF-8 or not well percent-encoded.
 */
export function parseRequest({ method, target, headers, body }: HttpRequest): ParsedRequest {
  if (method !== 'GET' && method !== 'POST')
    throw new GatewayFailure(405, 'UnsupportedHTTPMethod', `This http method is not supported: expected GET or POST, got ${method}.`)
  const [path = '', search = ''] = splitOnce(target, '?')
  if (path !== '/')
    throw new GatewayFailure(404, 'InvalidAction.NotFound', `There is nothing at ${path.slice(0, 100)}: every action is called at "/".`)
  const query = parseForm(search, 'query')
  return {
    method,
    headers: new Map(Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(',') : value] as const])),
    body,
    query,
    parameters: new Map([...query, ...readBody(headers['content-type'], body)]),
  }
}

function readBody(contentType: string | string[] | undefined, body: Uint8Array): Map<string, string> {
  if (body.length === 0)
    return new Map()
  const type = String(contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (type !== '' && type !== 'application/x-www-form-urlencoded')
    throw new GatewayFailure(415, 'UnsupportedContentType', `The body cannot be read: expected the content type application/x-www-form-urlencoded, got ${type.slice(0, 100)}.`)
  let text: string
  try {
    text = utf8.decode(body)
  }
  catch {
    throw new GatewayFailure(400, 'InvalidParameter', 'The body is not UTF-8 text.')
  }
  return parseForm(text, 'body')
}

function parseForm(text: string, where: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const pair of text.split('&')) {
    if (pair === '')
      continue
    const [name = '', value = ''] = splitOnce(pair, '=')
    found.set(decode(name, where), decode(value, where))
  }
  return found
}

function decode(written: string, where: string): string {
  try {
    return decodeURIComponent(written.replaceAll('+', '%20'))
  }
  catch {
    throw new GatewayFailure(400, 'InvalidParameter', `The ${where} is not well percent-encoded at ${JSON.stringify(written.slice(0, 80))}.`)
  }
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** What a request says about itself and who sends it, in either style of the cloud's. */
export interface Credentials {
  style: 'ACS3' | 'RPC'
  action: string
  version: string
  accessKeyId: string
  signature: string
  nonce: string
  /** When it was signed, as written. */
  signedAt: string
  /** Header names that the signature covers; only of `ACS3`. */
  signedHeaders: readonly string[]
}

/** The parameters of the signature by parameters (RPC signature version 1.0), and those that only say how to answer. */
export const rpcNames: ReadonlySet<string> = new Set(['Action', 'Version', 'Format', 'AccessKeyId', 'SignatureMethod', 'SignatureVersion', 'SignatureNonce', 'Timestamp', 'Signature', 'SignatureType', 'SecurityToken'])

/** The action that a request asks for, at the place that its signature covers: whatever else names one is not believed. Empty when none is named. */
export function actionOf({ headers, parameters }: ParsedRequest): string {
  return (headers.has('authorization') ? headers.get('x-acs-action') : parameters.get('Action')) ?? ''
}

/**
 * Reads who signed a request and how: in the `Authorization` header (ACS3-HMAC-SHA256), or in parameters (HMAC-SHA1).
 * @throws GatewayFailure MissingParameter naming what is missing, or that the way of signing is not supported.
 */
export function readCredentials(request: ParsedRequest): Credentials {
  const authorization = request.headers.get('authorization')
  return authorization === undefined ? readRpc(request) : readAcs3(authorization, request)
}

function readAcs3(authorization: string, { headers }: ParsedRequest): Credentials {
  const match = /^ACS3-HMAC-SHA256 (\S.*)$/.exec(authorization)
  if (match === null)
    throw new GatewayFailure(400, 'InvalidAuthorization', `The way of signing is not supported: expected the Authorization header to begin with ACS3-HMAC-SHA256, got ${JSON.stringify(authorization.slice(0, 40))}.`)
  const fields = new Map(match[1]!.split(',').map(field => splitOnce(field.trim(), '=') as [string, string]))
  const header = (name: string): string => headers.get(name) || fail(missing(name))
  const field = (name: string): string => fields.get(name) || fail(missing(`Authorization.${name}`))
  return {
    style: 'ACS3',
    action: header('x-acs-action'),
    version: header('x-acs-version'),
    accessKeyId: field('Credential'),
    signature: field('Signature'),
    nonce: header('x-acs-signature-nonce'),
    signedAt: header('x-acs-date'),
    signedHeaders: field('SignedHeaders').toLowerCase().split(';'),
  }
}

function readRpc({ parameters }: ParsedRequest): Credentials {
  const parameter = (name: string): string => parameters.get(name) || fail(missing(name))
  const action = parameter('Action')
  const method = parameter('SignatureMethod')
  if (method.toUpperCase() !== 'HMAC-SHA1' || parameter('SignatureVersion') !== '1.0')
    throw new GatewayFailure(400, 'InvalidParameter', `The way of signing is not supported: expected SignatureMethod HMAC-SHA1 and SignatureVersion 1.0, got ${method.slice(0, 40)} and ${parameter('SignatureVersion').slice(0, 40)}.`)
  return {
    style: 'RPC',
    action,
    version: parameter('Version'),
    accessKeyId: parameter('AccessKeyId'),
    signature: parameter('Signature'),
    nonce: parameter('SignatureNonce'),
    signedAt: parameter('Timestamp'),
    signedHeaders: [],
  }
}

function fail(error: Error): never {
  throw error
}
