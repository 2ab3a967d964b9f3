import type { Server, SocketConstructorOpts } from 'node:net'
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'

/**
 * Where every socket's bytes arrive. What is in it has been used up when the next socket is read, so one is enough; a
 * buffer for each read, as Node makes them otherwise, costs about a tenth of the broker's time.
 */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** Who takes what is read from a socket: the first `length` bytes of `chunk`, valid during the call. */
export interface ByteReader { receive: (chunk: Buffer, length: number) => void }

/** A connection that has come in. Its bytes go to the reader it was handed to last, or nowhere. */
export interface Incoming {
  readonly socket: Socket
  handTo: (reader: ByteReader) => void
}

/** What Node's server calls for each connection: not part of its documented interface, hence checked before use. */
interface ServerInside {
  _handle?: { onconnection?: (status: number, handle: object | undefined) => void } | null
}

/**
 * Has every connection that comes to a listening server given to `onIncoming`, to be read through one shared buffer. Node
 * offers that only for sockets one opens oneself (`onread`), so this takes the connections before Node has made sockets of
 * them. Where Node does not let itself be taken anything from, its sockets are used and their chunks passed on.
 */
export function acceptShared(server: Server, onIncoming: (incoming: Incoming) => void): void {
  server.on('connection', socket => onIncoming(readChunks(socket)))
  const inside = (server as ServerInside)._handle
  const ordinary = inside?.onconnection
  if (!inside || typeof ordinary !== 'function')
    return
  inside.onconnection = function onconnection(status, handle) {
    if (status === 0 && handle !== undefined)
      onIncoming(readShared(handle))
    else
      ordinary.call(this, status, handle)
  }
}

const nobody: ByteReader = { receive: () => {} }

function readChunks(socket: Socket): Incoming {
  let reader = nobody
  socket.on('data', chunk => reader.receive(chunk, chunk.length))
  return { socket, handTo: (next) => { reader = next } }
}

function readShared(handle: object): Incoming {
  let reader = nobody
  const onread = {
    buffer: sharedBuffer,
    callback(length: number) {
      reader.receive(sharedBuffer, length)
      return true
    },
  }
  const socket = new Socket({ handle, onread } as unknown as SocketConstructorOpts)
  socket.setNoDelay(true)
  socket.resume()
  return { socket, handTo: (next) => { reader = next } }
}
