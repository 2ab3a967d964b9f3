import type { RawData, WebSocket } from 'ws'
import type { Port } from '../../shared/contract/port.ts'
import { limits } from '../../shared/limits.ts'
import { createPortInbox } from '../../shared/rpc/port-inbox.ts'
import { decodeFrame, encodeFrame } from '../../shared/rpc/wire-codec.ts'

/**
 * Wraps a WebSocket of `ws`, either end, that is open and past signing in. While more than `limits.rpcQueueBytesMax` wait to
 * be sent it stops reading, so that a caller that does not read its answers cannot go on asking.
 */
export function createWebSocketPort(socket: WebSocket): Port {
  const inbox = createPortInbox()
  let drained: (() => void) | undefined
  let isFull = false

  const afterSend = (): void => {
    if (!isFull || socket.bufferedAmount >= limits.rpcQueueBytesMax)
      return
    isFull = false
    socket.resume()
    drained?.()
  }
  socket.on('message', (data: RawData, isBinary: boolean) => inbox.deliver(isBinary
    ? decodeFrame(bytesOf(data))
    : undefined))
  socket.on('close', inbox.end)
  // A broken socket is closed right after; what matters of it is told by `close`.
  socket.on('error', () => {})
  if (socket.readyState !== socket.OPEN)
    inbox.end()

  return {
    post(message) {
      const frame = encodeFrame(message)
      if (inbox.isClosed || socket.readyState !== socket.OPEN)
        return
      socket.send(frame, { binary: true }, afterSend)
      if (!isFull && socket.bufferedAmount >= limits.rpcQueueBytesMax) {
        isFull = true
        socket.pause()
      }
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      inbox.end()
      socket.close(1000)
    },
    bufferedBytes: () => socket.bufferedAmount,
    onDrain(listener) {
      drained = listener
    },
  }
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data))
    return Buffer.concat(data)
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : data
}
