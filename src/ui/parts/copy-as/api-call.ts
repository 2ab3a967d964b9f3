import { canonicalQuery, rpcStringToSign } from '../../../shared/rpc-signature.ts'
import { toBase64 } from '../../kit/base64.ts'
import { shellWord } from '../../kit/shell-word.ts'

/** Where a server program finds the API, and the key that signs its calls. */
export interface ApiConnection {
  /** Base address of the listener: `http://127.0.0.1:8880`. */
  url: string
  accessKeyId: string
  accessKeySecret: string
}

/** The words that stand for a key where there is none yet. */
export const noKey = { accessKeyId: 'ACCESS_KEY_ID', accessKeySecret: 'ACCESS_KEY_SECRET' }

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

/** A call as a program for Node.js that makes it. */
export function popCoreCall(action: string, parameters: Readonly<Record<string, string>>, { url, accessKeyId, accessKeySecret }: ApiConnection): string {
  const lines = Object.entries(parameters).map(([name, value]) => `  ${/^[A-Z]\w*$/i.test(name) ? name : quoted(name)}: ${quoted(value)},\n`)
  return `const Core = require('@alicloud/pop-core')

const client = new Core({
  accessKeyId: '${accessKeyId}',
  accessKeySecret: '${accessKeySecret}',
  endpoint: '${url}',
  apiVersion: '2018-01-20',
})

client.request('${action}', {${lines.length === 0 ? '' : `\n${lines.join('')}`}}, { method: 'POST' })
  .then(answer => console.dir(answer, { depth: null }), console.error)
`
}

/** A call as a command of the command line. */
export function commandLineCall(action: string, parameters: Readonly<Record<string, string>>): string {
  return commandLine(['api', 'call', action, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)])
}

/**
 * A command of the command line as it is typed into a POSIX shell; `words` are what follows `thingbench`, and `input` is what
 * it reads from `/dev/stdin`, to the byte.
 */
export function commandLine(words: readonly string[], input?: string): string {
  return [...input === undefined ? [] : ['printf', '%s', shellWord(input), '|'], 'thingbench', ...words.map(shellWord)].join(' ')
}

/** What makes each signed call another one: a random text, and the time of signing in epoch milliseconds. */
export interface Occasion { nonce: string, at: number }

/**
 * A call as one `curl` line, signed in its parameters with HMAC-SHA1 as the cloud's RPC gateway has it. The gateway believes a
 * signature once and for 15 minutes. Needs a page that may use Web Crypto: one on 127.0.0.1 or in the desktop shell.
 */
export async function curlCall(action: string, parameters: Readonly<Record<string, string>>, { url, accessKeyId, accessKeySecret }: ApiConnection, { nonce, at }: Occasion): Promise<string> {
  const all = new Map(Object.entries({
    ...parameters,
    Action: action,
    Format: 'JSON',
    Version: '2018-01-20',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: `${new Date(at).toISOString().slice(0, 19)}Z`,
  }))
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(`${accessKeySecret}&`), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(rpcStringToSign('POST', all))))
  all.set('Signature', toBase64(signature))
  return `curl -sS ${shellWord(url)} -d ${shellWord(canonicalQuery(all))}\n`
}
