import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnswerOpenApi, OpenApiListener, ServerCertificate } from '../../engine/config.ts'
import type { Log } from '../../shared/log.ts'
import { createServer } from 'node:http'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { listen } from '../listen.ts'
import { sniffTls } from './sniff-tls.ts'
import { urlHost } from './url-host.ts'

export interface OpenApiHttpOptions {
  /** Address to listen on: loopback until the user lets programs on the network in. */
  host: string
  /** 0: any free port; one that is taken is replaced by a free one. */
  port: number
  log: Log
  answer: AnswerOpenApi
  /** The certificate for HTTPS on the same port. */
  certificate: () => Promise<ServerCertificate>
}

/**
 * The listener of the cloud's API. Callers are believed by their signature alone; a request that a web page could have made
 * (it carries an Origin) is refused whatever it is signed with, because every page the user visits can reach this address.
 * @throws AppError listen/failed when it cannot listen at all.
 */
export async function createOpenApiHttp({ host, port: wantedPort, log, answer, certificate }: OpenApiHttpOptions): Promise<OpenApiListener> {
  const server = createServer({ maxHeaderSize: limits.apiHeadBytesMax, requestTimeout: limits.apiRequestWithinMs, keepAliveTimeout: limits.apiIdleMs }, (request, response) => {
    respond(request, response, answer).catch((error) => {
      log.error('a request of the cloud\'s API could not be answered', { error: String(error) })
      response.destroy()
    })
  })
  const sniffer = sniffTls(server, certificate, why => log.warn('a TLS handshake with the cloud\'s API failed', { why }))
  const front = sniffer.server
  front.maxConnections = limits.apiConnectionsMax
  const { port, takenPort } = await listenSomewhere(wantedPort)
  return {
    url: `http://${urlHost(host)}:${port}`,
    takenPort,
    close: () => new Promise((resolve) => {
      front.close(() => resolve())
      server.closeAllConnections()
      sniffer.destroyAll()
    }),
  }

  async function listenSomewhere(wanted: number): Promise<{ port: number, takenPort: number | null }> {
    const purpose = 'The cloud\'s API'
    try {
      return { port: await listen(front, { host, port: wanted, purpose }), takenPort: null }
    }
    catch (error) {
      if (wanted === 0 || !(error instanceof AppError) || error.details.reason !== 'EADDRINUSE')
        throw error
      return { port: await listen(front, { host, port: 0, purpose }), takenPort: wanted }
    }
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, answer: AnswerOpenApi): Promise<void> {
  if (request.headers.origin !== undefined)
    return send(request, response, 403, JSON.stringify({ Code: 'Forbidden.Origin', Message: `Requests of web pages are refused: this one carries the Origin ${request.headers.origin.slice(0, 200)}. Programs send none.` }))
  const body = await readBody(request)
  if (body === null)
    return send(request, response, 413, JSON.stringify({ Code: 'RequestEntityTooLarge', Message: `The body is too long: at most ${limits.apiBodyBytesMax} bytes are read.` }))
  const aborted = new AbortController()
  response.once('close', () => aborted.abort())
  const { status, body: text } = await answer({ method: request.method ?? '', target: request.url ?? '/', headers: request.headers, body, remoteAddress: request.socket.remoteAddress ?? '' }, aborted.signal)
  send(request, response, status, text)
}

/** The body of a request; null when it is too long. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Uint8Array>) {
    bytes += part.length
    if (bytes > limits.apiBodyBytesMax)
      return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function send(request: IncomingMessage, response: ServerResponse, status: number, body: string): void {
  if (response.destroyed)
    return
  // A body nobody read would be taken for the next request.
  if (!request.complete)
    response.setHeader('Connection', 'close')
  response.writeHead(status, {
    'Content-Type': 'application/json;charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(body)
}
