import type { Server as HttpServer } from 'node:http'
import type { Server, Socket } from 'node:net'
import type { ServerCertificate } from '../../engine/config.ts'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

const tlsHandshake = 0x16

/**
 * A server in front of an HTTP server that tells by the first byte whether a connection is plain or begins with a TLS
 * handshake, so that devices need one port for HTTP and HTTPS. The caller closes it; what is open by then is destroyed
 * with `destroyAll`.
 */
export function sniffTls(http: HttpServer, certificate: () => Promise<ServerCertificate>, onFailed: (why: string) => void): { server: Server, destroyAll: () => void } {
  const open = new Set<Socket>()
  let shown = ''
  const tls = createTlsServer({ minVersion: 'TLSv1.2' })
  tls.on('secureConnection', socket => http.emit('connection', socket))
  tls.on('tlsClientError', (error, socket) => {
    onFailed(error.message)
    socket.destroy()
  })

  const shakeHands = async (socket: Socket): Promise<void> => {
    const pair = await certificate()
    if (pair.cert !== shown) {
      tls.setSecureContext({ ...pair, minVersion: 'TLSv1.2' })
      shown = pair.cert
    }
    tls.emit('connection', socket)
  }

  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.setTimeout(http.timeout, () => socket.destroy())
    socket.once('data', (first) => {
      socket.pause()
      socket.unshift(first)
      socket.setTimeout(0)
      if (first[0] !== tlsHandshake) {
        http.emit('connection', socket)
        socket.resume()
        return
      }
      shakeHands(socket).catch((error: unknown) => {
        onFailed(error instanceof Error ? error.message : String(error))
        socket.destroy()
      })
    })
  })
  return {
    server,
    destroyAll() {
      for (const socket of open)
        socket.destroy()
    },
  }
}
