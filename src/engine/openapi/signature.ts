import type { Credentials, ParsedRequest } from './request.ts'
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalQuery, rpcStringToSign } from '../../shared/rpc-signature.ts'

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/** What a request should have been signed with, and what was signed, which a caller needs to find the difference. */
export interface Expected { signature: string, signed: string }

/** The signature in headers, ACS3-HMAC-SHA256, of the cloud's API gateway: over method, query, named headers and the hash of the body. */
export function signAcs3({ method, headers, query, body }: ParsedRequest, signedHeaders: readonly string[], secret: string): Expected {
  const names = [...signedHeaders].sort()
  const lines = names.map(name => `${name}:${(headers.get(name) ?? '').trim()}\n`).join('')
  const canonical = [method, '/', canonicalQuery(query), lines, names.join(';'), sha256(body)].join('\n')
  const signed = `ACS3-HMAC-SHA256\n${sha256(canonical)}`
  return { signature: createHmac('sha256', secret).update(signed).digest('hex'), signed: canonical }
}

/** The signature in parameters, HMAC-SHA1 version 1.0, of the cloud's RPC gateway: over method and all parameters of query and form but itself. */
export function signRpc({ method, parameters }: Pick<ParsedRequest, 'method' | 'parameters'>, secret: string): Expected {
  const signed = rpcStringToSign(method, parameters)
  return { signature: createHmac('sha1', `${secret}&`).update(signed).digest('base64'), signed }
}

/** What the request should have been signed with by the holder of the secret. */
export function expectedSignature(request: ParsedRequest, { style, signedHeaders }: Credentials, secret: string): Expected {
  return style === 'ACS3' ? signAcs3(request, signedHeaders, secret) : signRpc(request, secret)
}

/** Compares signatures without telling by its duration where they differ; hex digits in either case. */
export function isSameSignature(expected: string, given: string, style: Credentials['style']): boolean {
  const a = Buffer.from(expected)
  const b = Buffer.from(style === 'ACS3' ? given.toLowerCase() : given)
  return a.length === b.length && timingSafeEqual(a, b)
}
