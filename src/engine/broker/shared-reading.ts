import type { SocketConstructorOpts } from 'node:net'
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'

/**
 * Where every socket's bytes arrive. What is in it has been used up when the next socket is read, so one is enough; a
 * buffer for each read, as Node makes them otherwise, costs about a tenth of the broker's time.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** The handle behind a socket: not part of Node's documented interface, hence checked before use. */
interface HandleOwner { _handle?: object | null }

/**
 * Has the bytes of a socket that a server has accepted, paused, given to `onBytes` as the beginning of a shared buffer.
 * Node offers that for sockets one opens oneself (`onread`), but not for accepted ones, so the accepted socket gives its
 * handle to a new one, which is returned. Where that is not possible it is returned as it is, and its chunks are passed on.
 */
export function readShared(accepted: Socket, onBytes: (bytes: Buffer, length: number) => void): Socket {
  const handle = (accepted as HandleOwner)._handle
  if (typeof handle !== 'object' || handle === null || !('readStart' in handle)) {
    accepted.on('data', chunk => onBytes(chunk, chunk.length))
    accepted.resume()
    return accepted
  }
  (accepted as HandleOwner)._handle = null
  accepted.destroy()
  const options = {
    handle,
    onread: {
      buffer: sharedBuffer,
      callback(length: number) {
        onBytes(sharedBuffer, length)
        return true
      },
    },
  }
  const socket = new Socket(options as unknown as SocketConstructorOpts)
  socket.resume()
  return socket
}
