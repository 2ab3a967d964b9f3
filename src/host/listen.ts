import type { Server } from 'node:net'
import { AppError } from '../shared/errors.ts'

/**
 * Opens a listener and resolves with the port it got (0 asks for any free one).
 * @throws AppError listen/failed saying which address and why.
 */
export function listen(server: Server, { host, port, purpose }: { host: string, port: number, purpose: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new AppError('listen/failed', `${purpose} cannot listen on ${host}:${port}: ${reasonOf(error)}.`, { host, port, reason: error.code ?? 'unknown' }))
    }
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      const address = server.address()
      resolve(address !== null && typeof address === 'object'
        ? address.port
        : port)
    })
  })
}

function reasonOf(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'another program uses that port'
    case 'EACCES':
      return 'the system does not allow that port'
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address'
    default:
      return error.message
  }
}
