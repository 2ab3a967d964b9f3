import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerCertificate } from '../../engine/config.ts'
import type { DeviceHttpAnswer, DeviceHttpRoute } from '../../engine/platform/device-http.ts'
import type { Log } from '../../shared/log.ts'
import { createServer } from 'node:http'
import { limits } from '../../shared/limits.ts'
import { listen } from '../listen.ts'
import { FileStreams } from './file-streams.ts'
import { sniffTls } from './sniff-tls.ts'
import { urlHost } from './url-host.ts'

export interface DeviceHttpOptions {
  /** Address to listen on: loopback until the user lets boards on the network in. */
  host: string
  /** 0: any free port. */
  port: number
  log: Log
  /** The first whose prefix fits answers; without one the answer is 404. */
  routes?: DeviceHttpRoute[]
  /** The certificate for HTTPS on the same port; without it there is only HTTP. */
  certificate?: () => Promise<ServerCertificate>
}

export interface DeviceHttp {
  /** Base address without a slash at its end; for a listener on every address, the loopback one. */
  readonly url: string
  readonly port: number
  close: () => Promise<void>
}

/** A device that does not read its answer is disconnected after this time, milliseconds. */
const idleMs = 30_000
/** Files that come in as a form can be large; whoever sends nothing for a while is disconnected before. */
const requestWithinMs = 3600_000

/**
 * The device-facing HTTP listener. Devices' HTTP clients are simple: every answer has an exact Content-Length and is never
 * chunked, files are streamed, any Host is accepted (boards send names, addresses or nothing useful), and errors are small JSON objects.
 * @throws AppError listen/failed when the port is taken.
 */
export async function createDeviceHttp({ host, port: wantedPort, log, routes = [], certificate }: DeviceHttpOptions): Promise<DeviceHttp> {
  const files = new FileStreams(log)
  const server = createServer({ requestTimeout: requestWithinMs }, (request, response) => {
    respond(routes, request).then(
      answer => send(request, response, answer, files),
      (error) => {
        log.error('a device\'s HTTP request could not be answered', { path: request.url, error: String(error) })
        send(request, response, problem(500, 'The request could not be answered; the engine\'s log says why.'), files)
      },
    )
  })
  server.timeout = idleMs
  const sniffer = certificate && sniffTls(server, certificate, why => log.warn('a TLS handshake with the HTTP listener failed', { why }))
  const front = sniffer?.server ?? server
  front.maxConnections = limits.connectionsMax
  const port = await listen(front, { host, port: wantedPort, purpose: 'The HTTP listener for devices' })
  return {
    url: `http://${urlHost(host)}:${port}`,
    port,
    close: () => new Promise((resolve) => {
      front.close(() => resolve())
      server.closeAllConnections()
      sniffer?.destroyAll()
    }),
  }
}

async function respond(routes: DeviceHttpRoute[], request: IncomingMessage): Promise<DeviceHttpAnswer> {
  const pathname = (request.url ?? '/').split('?', 1)[0]!
  const route = routes.find(({ prefix }) => pathname.startsWith(prefix))
  return route ? await route.respond(request, pathname) : problem(404, `There is nothing at ${pathname.slice(0, 200)}.`)
}

function problem(code: number, message: string): DeviceHttpAnswer {
  return { status: code, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ code, message }) }
}

function send(request: IncomingMessage, response: ServerResponse, answer: DeviceHttpAnswer, files: FileStreams): void {
  // A body nobody read would be taken for the next request.
  if (!request.complete)
    response.setHeader('Connection', 'close')
  const { status, headers } = answer
  if ('body' in answer) {
    if (answer.flow !== undefined && request.method !== 'HEAD') {
      const bytes = Buffer.from(answer.body)
      response.writeHead(status, { ...headers, 'Content-Length': bytes.length })
      void files.sendBytes(response, bytes, answer.flow)
      return
    }
    response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(answer.body) })
    response.end(request.method === 'HEAD' ? undefined : answer.body)
    return
  }
  const begin = (): void => {
    response.writeHead(status, { ...headers, 'Content-Length': answer.file.bytes })
  }
  if (request.method === 'HEAD') {
    begin()
    response.end()
    return
  }
  void files.send(response, answer.file, begin)
}
