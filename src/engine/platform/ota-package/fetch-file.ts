import type { IncomingMessage } from 'node:http'
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

export interface FetchedFile {
  /** The last part of the address that was asked for first. */
  name: string
  /** The bytes as they come, exactly as the server sends them; throws AppError ota/fetch-failed when they break off. */
  content: AsyncIterable<Uint8Array>
}

/**
 * Asks for a file at an address and follows redirects. A server that says nothing for a while, that has more bytes than
 * `bytesMax` to send or no file is given up.
 * @throws AppError ota/fetch-failed or limit/reached.
 */
export async function fetchFile(url: string, bytesMax: number): Promise<FetchedFile> {
  let response: IncomingMessage
  let address = url
  for (let redirects = 0; ; redirects++) {
    response = await ask(address)
    const location = response.headers.location
    if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0))
      break
    response.destroy()
    if (redirects === limits.packageFetchRedirectsMax || !URL.canParse(location, address))
      throw failed(url, redirects === limits.packageFetchRedirectsMax ? `it leads on more than ${redirects} times` : `it leads on to ${location.slice(0, 200)}`)
    address = new URL(location, address).href
  }
  if (response.statusCode !== 200) {
    response.destroy()
    throw failed(url, `its server answers with status ${response.statusCode}`)
  }
  const size = Number(response.headers['content-length'] ?? 0)
  if (size > bytesMax) {
    response.destroy()
    throw new AppError('limit/reached', `url: expected a file of at most ${bytesMax} bytes, got one of ${size}.`, { field: 'url', limit: bytesMax, got: size })
  }
  return { name: nameIn(url), content: contentOf(response, url) }
}

function ask(address: string): Promise<IncomingMessage> {
  const { protocol } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    return Promise.reject(failed(address, 'it is none of http or https'))
  return new Promise((resolve, reject) => {
    const get = protocol === 'https:' ? getSecure : getPlain
    const request = get(address, { headers: { 'Accept-Encoding': 'identity' }, timeout: limits.packageFetchIdleMs, agent: false }, resolve)
    request.on('timeout', () => request.destroy(new Error(`its server has said nothing for ${limits.packageFetchIdleMs / 1000} seconds`)))
    request.on('error', error => reject(failed(address, error.message)))
  })
}

async function* contentOf(response: IncomingMessage, url: string): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>
  }
  catch (error) {
    throw error instanceof AppError ? error : failed(url, `the transfer broke off (${error instanceof Error ? error.message : String(error)})`)
  }
  finally {
    response.destroy()
  }
}

function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  }
  catch {
    return last
  }
}

function failed(url: string, why: string): AppError {
  return new AppError('ota/fetch-failed', `url: no file can be fetched from ${url.slice(0, 300)}: ${why}.`, { field: 'url' })
}
