import type { Port } from '../../shared/contract/port.ts'
import type { RpcClient } from '../../shared/rpc/client.ts'
import { WebSocket } from 'ws'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { createRpcClient } from '../../shared/rpc/client.ts'
import { parseSignedIn, rpcPath, signInCloseCodes } from '../../shared/rpc/sign-in.ts'
import { createWebSocketPort } from '../rpc/websocket-port.ts'

export interface ConsoleAddress {
  /** The console's address as it stands in the lock file: `http://127.0.0.1:4100/`. */
  url: string
  /** The long secret from the lock file. */
  secret: string
}

/**
 * Connects a program to an engine that runs in another process.
 * @throws AppError connection/refused when the secret is wrong, connection/lost when nobody answers.
 */
export async function connectConsole({ url, secret }: ConsoleAddress): Promise<RpcClient> {
  const address = new URL(rpcPath, url)
  address.protocol = 'ws:'
  const socket = new WebSocket(address, { maxPayload: limits.rpcFrameBytesMax, perMessageDeflate: false })
  // Errors after the connection was made are followed by its close, which the port hears of.
  socket.on('error', () => {})
  const port = await new Promise<Port>((resolve, reject) => {
    socket.once('open', () => socket.send(JSON.stringify({ secret })))
    socket.once('error', error => reject(new AppError('connection/lost', `The engine at ${url} cannot be reached: ${error.message}.`, { url })))
    socket.once('close', code => reject(code === signInCloseCodes.refused
      ? new AppError('connection/refused', `The engine at ${url} did not accept the secret of the lock file.`, { url })
      : new AppError('connection/lost', `The engine at ${url} closed the connection (code ${code}).`, { url, code })))
    socket.once('message', (data, isBinary) => {
      // The engine's first message may be in the same packet: the port has to listen before this turn ends.
      if (!isBinary && parseSignedIn(String(data)))
        return resolve(createWebSocketPort(socket))
      socket.terminate()
      reject(new AppError('connection/lost', `What answers at ${url} is not a Thingbench console.`, { url }))
    })
  })
  const client = createRpcClient(port)
  await client.hello
  return client
}
