import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { ByteReader, Incoming } from './shared-reading.ts'
import type { TlsOptions } from './tls.ts'
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { acceptShared } from './shared-reading.ts'
import { createTls } from './tls.ts'

export interface DoorOptions {
  host: string
  /** 0: any free port. */
  port: number
  /** Connections that have been handed on and are still open. */
  openConnections: () => number
  /** A socket whose first bytes are `first`, valid during the call; whatever they are, they are neither HTTP nor TLS. */
  onTcp: (socket: Socket, first: Buffer, transport: 'tcp' | 'tls') => ByteReader
  onWebSocket: (webSocket: WebSocket, socket: Socket) => void
  /** A TLS handshake came, and there is no certificate to answer it with. */
  onTls: (socket: Socket) => void
  /** The certificate for TLS; without it every handshake is refused. */
  certificate?: TlsOptions['certificate'] | undefined
  /** A TLS handshake failed, with a sentence that says why. */
  onTlsFailed?: (remoteAddress: string, message: string) => void
  /** The socket is turned away, because as many as allowed are open. */
  onTooMany: (socket: Socket) => void
}

export interface Door {
  readonly address: { host: string, port: number }
  /** Is to be called once a second: closes sockets that have not shown in time what they are. */
  look: () => void
  /** Takes nobody in any more, and closes everybody who has not been handed on. */
  close: () => Promise<void>
}

/** As many handshakes may wait as Linux allows; more than a hundred devices at once would otherwise lose a second each. */
const backlog = 4096
/** A WebSocket message may gather several packets. */
const webSocketMessageBytesMax = 4 * 1024 * 1024
const tlsHandshake = 0x16
/** TLS alert: fatal, handshake_failure (RFC 5246, 7.2.2). */
const tlsRefusal = Uint8Array.from([0x15, 3, 1, 0, 2, 2, 40])

/**
 * Opens the one port that devices come to and tells by the first byte what each of them speaks, as the cloud does (Alink
 * 1.1): `G` of an HTTP request that becomes a WebSocket, 0x16 of a TLS handshake, everything else is left to MQTT.
 * Rejects with `listen/failed` when the address cannot be had.
 */
export async function openDoor({ host, port, openConnections, onTcp, onWebSocket, onTls, onTlsFailed, certificate, onTooMany }: DoorOptions): Promise<Door> {
  /** Sockets that have not shown what they are or are still shaking hands, with the looks they have been through. */
  const unknown = new Map<Socket, number>()
  function forget(this: Socket): void {
    unknown.delete(this)
  }
  const upgrade = createUpgrade((webSocket, socket) => {
    unknown.delete(socket)
    socket.off('close', forget)
    onWebSocket(webSocket, socket)
  })

  const tls = certificate && createTls({
    certificate,
    onFailed(socket, message) {
      onTlsFailed?.(socket.remoteAddress ?? '', message)
      socket.destroy()
    },
    onSecure(socket) {
      socket.on('error', ignore)
      socket.on('close', forget)
      unknown.set(socket, 0)
      socket.once('data', (first: Buffer) => {
        if (first[0] === 0x47)
          return upgrade(socket, first)
        unknown.delete(socket)
        socket.off('close', forget)
        const reader = onTcp(socket, first, 'tls')
        socket.on('data', (chunk: Buffer) => reader.receive(chunk, chunk.length))
      })
    },
  })

  const recognise = (socket: Socket, chunk: Buffer, length: number): ByteReader => {
    if (chunk[0] === 0x47) {
      const pass = { receive: (bytes: Buffer, count: number) => { socket.push(Buffer.from(bytes.subarray(0, count))) } }
      upgrade(socket, Buffer.from(chunk.subarray(0, length)))
      return pass
    }
    if (chunk[0] === tlsHandshake && tls !== undefined) {
      tls.shakeHands(socket, Buffer.from(chunk.subarray(0, length)))
      return { receive: ignore }
    }
    if (chunk[0] === tlsHandshake) {
      onTls(socket)
      socket.end(tlsRefusal)
      return { receive: ignore }
    }
    unknown.delete(socket)
    socket.off('close', forget)
    return onTcp(socket, chunk.subarray(0, length), 'tcp')
  }
  const arrive = ({ socket, handTo }: Incoming): void => {
    // Whatever breaks ends with 'close', which is what everybody goes by.
    socket.on('error', ignore)
    if (unknown.size + openConnections() >= limits.connectionsMax) {
      onTooMany(socket)
      socket.destroy()
      return
    }
    socket.on('close', forget)
    unknown.set(socket, 0)
    handTo({ receive: (chunk, length) => handTo(recognise(socket, chunk, length)) })
  }

  const server = createServer({ noDelay: true })
  server.once('listening', () => acceptShared(server, arrive))
  server.listen({ host, port, backlog })
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'another program has it' : error.message
    throw new AppError('listen/failed', `The device port ${host}:${port} cannot be opened: ${why}.`, { host, port, reason: error.code ?? null })
  })
  const address = server.address()
  return {
    address: { host, port: typeof address === 'object' && address !== null ? address.port : port },
    look() {
      for (const [socket, looks] of unknown) {
        if (looks * 1000 >= limits.connectWithinMs)
          socket.destroy()
        else
          unknown.set(socket, looks + 1)
      }
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      tls?.close()
      for (const socket of unknown.keys())
        socket.destroy()
      await closed
    },
  }
}

function ignore(): void {}

/** Turns a socket whose first bytes are those of an HTTP request into a WebSocket, on any path (Alink 1.1). */
function createUpgrade(onWebSocket: DoorOptions['onWebSocket']): (socket: Socket, first: Buffer) => void {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: webSocketMessageBytesMax,
    // A client that names no subprotocol is let in: the bytes will tell.
    handleProtocols: offered => offered.has('mqtt') ? 'mqtt' : offered.has('mqttv3.1') ? 'mqttv3.1' : false,
  })
  const http = createHttpServer((_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(426, { 'Content-Type': 'text/plain; charset=utf-8', 'Connection': 'close', 'Upgrade': 'websocket' })
    response.end('This port speaks MQTT: over TCP, or over WebSocket with the subprotocol mqtt.\n')
  })
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (socket instanceof Socket)
        onWebSocket(webSocket, socket)
    })
  })
  return (socket, first) => {
    socket.pause()
    socket.unshift(first)
    http.emit('connection', socket)
    socket.resume()
  }
}
