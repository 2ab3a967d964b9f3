import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { serveRpc } from '../../../../src/host/rpc/serve-rpc.ts'
import { createWebSocketPort } from '../../../../src/host/rpc/websocket-port.ts'
import { limits } from '../../../../src/shared/limits.ts'
import { silentLog } from '../../../../src/shared/log.ts'
import { createRpcClient } from '../../../../src/shared/rpc/client.ts'
import { encodeFrame } from '../../../../src/shared/rpc/wire-codec.ts'
import { createStubApi } from '../../../support/stub-api.ts'
import { waitFor } from '../../../support/wait-for.ts'

let server: WebSocketServer | undefined

/** Two joined sockets over TCP. */
async function openSockets(): Promise<{ ours: WebSocket, theirs: WebSocket }> {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, maxPayload: limits.rpcFrameBytesMax })
  await once(server, 'listening')
  const connection = once(server, 'connection')
  const theirs = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, { perMessageDeflate: false, maxPayload: limits.rpcFrameBytesMax })
  await once(theirs, 'open')
  const [ours] = await connection as [WebSocket]
  return { ours, theirs }
}

afterEach(async () => {
  server?.clients.forEach(client => client.terminate())
  server?.close()
  if (server)
    await once(server, 'close')
  server = undefined
})

describe('a WebSocket as a port', () => {
  it('takes a text frame and bytes that are no message for undefined', async () => {
    const { ours, theirs } = await openSockets()
    const received: unknown[] = []
    createWebSocketPort(ours).onMessage(message => received.push(message))
    theirs.send('{"t":"call"}')
    theirs.send(Buffer.from([0xD9, 0x7E]))
    theirs.send(encodeFrame({ t: 'hello' }))
    await waitFor(() => received.length === 3, { what: 'three frames' })
    expect(received).toEqual([undefined, undefined, { t: 'hello' }])
  })

  it('holds what came before anybody listened', async () => {
    const { ours, theirs } = await openSockets()
    const port = createWebSocketPort(ours)
    theirs.send(encodeFrame('early'))
    theirs.close()
    await once(ours, 'close')
    const received: unknown[] = []
    port.onMessage(message => received.push(message))
    expect(received).toEqual(['early'])
    await new Promise<void>(resolve => port.onClose(resolve))
  })

  it('does not let a stream run ahead of a reader that does not read', async () => {
    const { ours, theirs } = await openSockets()
    const text = 'x'.repeat(4 * 1024 * 1024)
    let sent = 0
    const rpc = serveRpc(createStubApi({ streams: { 'trace.export': async (_params, { send, signal }) => {
      while (sent < 20 && !signal.aborted) {
        sent += 1
        await send({ text, rows: 1 })
      }
    } } }), createWebSocketPort(ours), { engineId: 'e', log: silentLog })
    theirs.pause()
    theirs.send(encodeFrame({ t: 'subscribe', id: 1, stream: 'trace.export', input: { format: 'csv' }, credit: 1_000 }))
    await waitFor(() => ours.bufferedAmount >= limits.rpcQueueBytesMax, { what: 'the queue to fill' })
    // A call proves nothing while nothing is read; what the handler sent by now has to wait for room.
    expect(sent).toBeLessThan(12)
    expect(ours.isPaused).toBe(true)
    const client = createRpcClient(createWebSocketPort(theirs))
    theirs.resume()
    await waitFor(() => sent === 20, { what: 'the stream to go on once it is read' })
    await waitFor(() => !ours.isPaused, { what: 'reading to go on' })
    client.close()
    await rpc.closed
  })

  it('answers limit/reached instead of a frame that is too large, and goes on', async () => {
    const { ours, theirs } = await openSockets()
    const rpc = serveRpc(createStubApi({ methods: {
      'product.exportModel': () => ({ text: 'x'.repeat(limits.rpcFrameBytesMax) }),
      'app.highlights': () => [],
    } }), createWebSocketPort(ours), { engineId: 'e', log: silentLog })
    const client = createRpcClient(createWebSocketPort(theirs))
    await expect(client.call('product.exportModel', { productKey: 'a1' })).rejects.toMatchObject({ code: 'limit/reached' })
    await expect(client.call('product.checkModel', { text: 'x'.repeat(limits.rpcFrameBytesMax) })).rejects.toMatchObject({ code: 'limit/reached' })
    expect(await client.call('app.highlights', {})).toEqual([])
    client.close()
    await rpc.closed
  })

  it('is closed by a frame larger than it takes', async () => {
    const { ours, theirs } = await openSockets()
    const closed = new Promise<void>(resolve => createWebSocketPort(ours).onClose(resolve))
    theirs.on('error', () => {})
    theirs.send(Buffer.alloc(limits.rpcFrameBytesMax + 1), () => {})
    await closed
  })
})
