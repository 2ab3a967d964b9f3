import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createServer } from 'node:tls'
import { limits } from '../../shared/limits.ts'

export interface TlsOptions {
  /** The certificate and its key as PEM text; asked at every handshake, because addresses and certificates change. */
  certificate: () => Promise<{ key: string, cert: string }>
  onSecure: (socket: TLSSocket) => void
  /** The handshake failed; `message` says why in words for the one who writes the firmware. */
  onFailed: (socket: Socket, message: string) => void
}

export interface Tls {
  /** Takes over a socket whose first bytes, which begin a handshake, have been read. */
  shakeHands: (socket: Socket, first: Buffer) => void
  close: () => void
}

/** Old boards know no elliptic curves and agree on their keys with RSA (Alink 1.1); what is better comes first. */
const ciphers = 'DEFAULT:AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256:AES256-SHA256:AES128-SHA:AES256-SHA'

/** Speaks TLS 1.2 and 1.3 on sockets that somebody else has accepted. */
export function createTls({ certificate, onSecure, onFailed }: TlsOptions): Tls {
  let shown = ''
  const server = createServer({ ciphers, minVersion: 'TLSv1.2', handshakeTimeout: limits.connectWithinMs })
  server.on('secureConnection', onSecure)
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => onFailed(socket, explain(error)))

  return {
    shakeHands(socket, first) {
      socket.pause()
      socket.unshift(first)
      certificate().then((pair) => {
        if (socket.destroyed)
          return
        if (pair.cert !== shown) {
          server.setSecureContext({ ...pair, ciphers, minVersion: 'TLSv1.2' })
          shown = pair.cert
        }
        server.emit('connection', socket)
      }, (error: unknown) => onFailed(socket, `There is no certificate to show: ${error instanceof Error ? error.message : String(error)}.`))
    },
    close: () => void server.close(),
  }
}

function explain({ code = '', message }: NodeJS.ErrnoException): string {
  if (/UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|DECRYPT_ERROR/.test(code))
    return `The TLS handshake failed: the device does not trust the certificate (${code}). Give it the root certificate of this workspace (certificate.root, or /ca.pem on the HTTP port), and connect to a name or address that the certificate names.`
  if (code === 'ECONNRESET')
    return 'The TLS handshake failed: the device broke it off. Most often it does not trust the certificate: give it the root certificate of this workspace, and connect to a name or address that the certificate names.'
  if (/NO_SHARED_CIPHER|UNSUPPORTED_PROTOCOL|VERSION/.test(code))
    return `The TLS handshake failed: expected TLS 1.2 or 1.3 with RSA or ECDHE key exchange, and the device offers none of it (${code}).`
  return `The TLS handshake failed: ${code || message}.`
}
