import type { AddressInfo } from 'node:net'
import type { Port } from '../../src/shared/contract/port.ts'
import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import { createMemoryPorts } from '../../src/host/rpc/memory-port.ts'
import { createNodePort } from '../../src/host/rpc/node-port.ts'
import { createWebSocketPort } from '../../src/host/rpc/websocket-port.ts'
import { createMessagePort } from '../../src/ui/client/message-port.ts'
import { connectWebSocket } from '../../src/ui/client/websocket.ts'
import { FakeMessagePortMain } from './electron-ports.ts'

/** Two joined ports of one kind of wire. */
export interface Wire { engine: Port, caller: Port, close: () => Promise<void> }

async function openWebSockets(openCaller: (url: string) => Promise<Port>): Promise<Wire> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const engine = new Promise<Port>(resolve => server.on('connection', (socket) => {
    // The sign-in, as the web host does it.
    socket.once('message', () => {
      socket.send('{"session":"s"}')
      resolve(createWebSocketPort(socket))
    })
  }))
  const caller = await openCaller(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    engine: await engine,
    caller,
    async close() {
      server.clients.forEach(socket => socket.terminate())
      server.close()
      await once(server, 'close')
    },
  }
}

/** Every wire the RPC protocol runs on, by name. */
export const wires: Record<string, () => Promise<Wire>> = {
  'memory': async () => {
    const [engine, caller] = createMemoryPorts()
    return {
      engine,
      caller,
      close: async () => caller.close(),
    }
  },
  'a worker\'s MessagePort': async () => {
    const { port1, port2 } = new MessageChannel()
    const [engine, caller] = [
      createNodePort(port1),
      createNodePort(port2),
    ]
    return {
      engine,
      caller,
      close: async () => caller.close(),
    }
  },
  'Electron\'s port and the page\'s MessagePort': async () => {
    const { port1, port2 } = new MessageChannel()
    const [engine, caller] = [
      createNodePort(new FakeMessagePortMain(port1), 'event'),
      createMessagePort(port2 as unknown as globalThis.MessagePort),
    ]
    return {
      engine,
      caller,
      close: async () => caller.close(),
    }
  },
  'a WebSocket of the command line': () => openWebSockets(async (url) => {
    const socket = new WebSocket(url)
    await once(socket, 'open')
    socket.send('{}')
    await once(socket, 'message')
    return createWebSocketPort(socket)
  }),
  'a WebSocket of the page': () => openWebSockets(async url => (await connectWebSocket(url, { token: 'x' })).port),
}
