import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../shared/clock.ts'
import type { EngineApi } from '../../shared/contract/contract.ts'
import type { Log } from '../../shared/log.ts'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { limits } from '../../shared/limits.ts'
import { rpcPath, signInCloseCodes } from '../../shared/rpc/sign-in.ts'
import { listen } from '../listen.ts'
import { createPageFiles } from '../page-files.ts'
import { serveRpc } from '../rpc/serve-rpc.ts'
import { createWebSocketPort } from '../rpc/websocket-port.ts'
import { awaitSignIn } from './await-sign-in.ts'
import { pageUrlPath } from './request-page-url.ts'
import { isOwnHost, refuseUpgrade, socketOrigins } from './request-policy.ts'
import { createSessions } from './sessions.ts'

export interface WebHostOptions {
  api: EngineApi
  engineId: string
  /** The folder of the built page; when it holds none, a page says how to build it. */
  rendererDir: string
  /** 0: any free port. */
  port: number
  clock: Clock
  log: Log
}

export interface WebHost {
  /** `http://127.0.0.1:PORT/`, without a token. */
  readonly url: string
  readonly port: number
  /** Lets a command line in; belongs in a file that only the user can read. */
  readonly secret: string
  /** An address that opens the page, once: a new one-time token in its fragment, which browsers neither send nor log. */
  tokenUrl: () => string
  /** Ends every connection and stops listening. */
  close: () => Promise<void>
}

/** The console listens nowhere else: whoever can reach it can do everything the user can. */
const host = '127.0.0.1'
const closeGoingAway = 1001

/**
 * Serves the page over HTTP and the engine over a WebSocket, on 127.0.0.1 only.
 * @throws AppError listen/failed when the port is taken.
 */
export async function createWebHost({ api, engineId, rendererDir, port: wantedPort, clock, log }: WebHostOptions): Promise<WebHost> {
  const sessions = createSessions()
  const server = createServer()
  server.maxConnections = limits.consoleHttpConnectionsMax
  const port = await listen(server, { host, port: wantedPort, purpose: 'The console' })
  const url = `http://${host}:${port}/`
  const tokenUrl = (): string => `${url}#t=${sessions.createToken()}`
  const files = createPageFiles(rendererDir, {
    sockets: socketOrigins(port),
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.rpcFrameBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  })

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response).catch((error) => {
      log.error('the console could not answer a request', {
        error: String(error),
      })
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Errors of a socket that is refused concern nobody.
    socket.on('error', () => {})
    const refused = refuseUpgrade({
      host: request.headers.host,
      origin: request.headers.origin,
      pathname: pathnameOf(request),
      rpcPath,
    }, port)
    if (refused) {
      log.warn('a connection to the console was refused', { status: refused.status, host: request.headers.host, origin: request.headers.origin })
      socket.end(`HTTP/1.1 ${refused.status} ${refused.reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, webSocket => sockets.emit('connection', webSocket, request))
  })
  sockets.on('connection', (socket, request) => {
    // A socket that breaks is closed right after, and whoever uses it hears of that.
    socket.on('error', () => {})
    if (sockets.clients.size > limits.consoleConnectionsMax) {
      log.warn('a connection to the console was refused: too many are open', { open: sockets.clients.size })
      return socket.close(signInCloseCodes.tooMany, 'too many connections')
    }
    awaitSignIn(socket, {
      transport: request.socket,
      isPage: request.headers.origin !== undefined,
      sessions,
      clock,
    }, (allowed) => {
      if (allowed)
        serveRpc(api, createWebSocketPort(socket), { engineId, log })
      else
        log.warn('a connection to the console did not sign in')
    })
  })

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOwnHost(request.headers.host, port))
      return answerText(response, 421, 'This console answers only to its own address.\n')
    const pathname = pathnameOf(request)
    if (pathname === pageUrlPath)
      return respondPageUrl(request, response)
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answerText(response, 405, 'The console serves files only.\n', { Allow: 'GET, HEAD' })
    const { status, headers, body } = await files.read(pathname, request.headers['if-none-match'])
    response.writeHead(status, headers)
    response.end(request.method === 'HEAD' || status === 304
      ? undefined
      : body)
  }

  /** `POST` with `Authorization: Bearer SECRET` and no Origin answers `{"url"}`: how a page is opened on an engine that runs already. */
  function respondPageUrl(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST')
      return answerText(response, 405, 'Ask with POST.\n', { Allow: 'POST' })
    const secret = /^Bearer (\S{1,200})$/.exec(request.headers.authorization ?? '')?.[1]
    if (request.headers.origin !== undefined || secret === undefined || !sessions.isSecret(secret))
      return answerText(response, 401, 'The secret is missing or wrong.\n')
    answerText(response, 200, JSON.stringify({
      url: tokenUrl(),
    }), { 'Content-Type': 'application/json' })
  }

  return {
    url,
    port,
    secret: sessions.secret,
    tokenUrl,
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      for (const socket of sockets.clients) {
        socket.close(closeGoingAway, 'the engine stops')
        socket.terminate()
      }
      sockets.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function pathnameOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0]!
}

function answerText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // What a request carries in its body is never read.
    'Connection': 'close',
    ...headers,
  })
  response.end(text)
}
