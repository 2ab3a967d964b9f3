import type { Server, SocketConstructorOpts } from 'node:net'
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'

/**
 * Where every socket's bytes arrive. What is in it has been used up when the next socket is read, so one is enough; a
 * buffer for each read, as Node makes them otherwise, costs about a tenth of the broker's time.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** Takes the first `length` bytes of `chunk`, valid during the call. */
export type OnBytes = (chunk: Buffer, length: number) => void

/** A connection that has come in: makes a socket of it that gives its bytes to `onBytes`. */
export type Arrival = (onBytes: OnBytes) => Socket

/** What Node's server calls for each connection: not part of its documented interface, hence checked before use. */
interface ServerInside {
  _handle?: { onconnection?: (status: number, handle: object | undefined) => void } | null
}

/**
 * Has every connection that comes to a listening server given to `onArrival`, to be read through one shared buffer. Node
 * offers that only for sockets one opens oneself (`onread`), so this takes the connections before Node has made sockets of
 * them. Where Node does not let itself be taken anything from, its sockets are used and their chunks passed on.
 */
export function acceptShared(server: Server, onArrival: (arrival: Arrival) => void): void {
  server.on('connection', socket => onArrival(onBytes => readChunks(socket, onBytes)))
  const inside = (server as ServerInside)._handle
  const ordinary = inside?.onconnection
  if (!inside || typeof ordinary !== 'function')
    return
  inside.onconnection = function onconnection(status, handle) {
    if (status === 0 && handle !== undefined)
      onArrival(onBytes => readShared(handle, onBytes))
    else
      ordinary.call(this, status, handle)
  }
}

function readChunks(socket: Socket, onBytes: OnBytes): Socket {
  return socket.on('data', chunk => onBytes(chunk, chunk.length))
}

function readShared(handle: object, onBytes: OnBytes): Socket {
  const onread = {
    buffer: sharedBuffer,
    callback(length: number) {
      onBytes(sharedBuffer, length)
      return true
    },
  }
  const socket = new Socket({ handle, onread } as unknown as SocketConstructorOpts)
  socket.setNoDelay(true)
  return socket.resume()
}
