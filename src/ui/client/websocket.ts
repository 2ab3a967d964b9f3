import type { Port } from '../../shared/contract/port.ts'
import type { SignedIn, SignIn } from '../../shared/rpc/sign-in.ts'
import { AppError } from '../../shared/errors.ts'
import { createPortInbox } from '../../shared/rpc/port-inbox.ts'
import { parseSignedIn, signInCloseCodes } from '../../shared/rpc/sign-in.ts'
import { decodeFrame, encodeFrame } from '../../shared/rpc/wire-codec.ts'

/** Makes the browser's WebSocket; a test gives one that can say where it comes from. */
export type OpenSocket = (url: string) => WebSocket

export interface SignedInPort { port: Port, session: SignedIn['session'] }

/**
 * Opens a WebSocket to the engine and signs in.
 * Rejects with AppError connection/refused when the token or session is not accepted, connection/lost when nobody answers.
 */
export function connectWebSocket(url: string, signIn: SignIn, openSocket: OpenSocket = address => new WebSocket(address)): Promise<SignedInPort> {
  return new Promise((resolve, reject) => {
    const inbox = createPortInbox()
    const socket = openSocket(url)
    let isSignedIn = false
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => socket.send(JSON.stringify(signIn)))
    socket.addEventListener('close', ({ code }) => {
      inbox.end()
      // After the sign-in nobody listens to this any more.
      reject(code === signInCloseCodes.refused
        ? new AppError('connection/refused', 'The engine did not accept the token or session of this page.')
        : new AppError('connection/lost', `The engine closed the connection or cannot be reached (code ${code}).`, { code }))
    })
    socket.addEventListener('message', ({ data }) => {
      if (isSignedIn) {
        return inbox.deliver(data instanceof ArrayBuffer
          ? decodeFrame(new Uint8Array(data))
          : undefined)
      }
      const answer = typeof data === 'string'
        ? parseSignedIn(data)
        : undefined
      if (!answer)
        return socket.close()
      isSignedIn = true
      resolve({
        port: portOf(socket, inbox),
        session: answer.session,
      })
    })
  })
}

function portOf(socket: WebSocket, inbox: ReturnType<typeof createPortInbox>): Port {
  return {
    post(message) {
      const frame = encodeFrame(message)
      if (!inbox.isClosed && socket.readyState === 1)
        socket.send(frame as Uint8Array<ArrayBuffer>)
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      inbox.end()
      socket.close(1000)
    },
    bufferedBytes: () => socket.bufferedAmount,
  }
}
