import type { RpcServer } from '../../src/host/rpc/serve-rpc.ts'
import type { StreamItem } from '../../src/shared/contract/contract.ts'
import type { TraceTail } from '../../src/shared/contract/trace.ts'
import type { RpcClient } from '../../src/shared/rpc/client.ts'
import type { Wire } from '../support/rpc-wires.ts'
import type { StubHandlers } from '../support/stub-api.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { serveRpc } from '../../src/host/rpc/serve-rpc.ts'
import { AppError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLog } from '../../src/shared/log.ts'
import { createRpcClient } from '../../src/shared/rpc/client.ts'
import { wires } from '../support/rpc-wires.ts'
import { createStubApi } from '../support/stub-api.ts'
import { waitFor } from '../support/wait-for.ts'

const identity = { productKey: 'a1', deviceName: 'dev1' }

function tail(arrived: number): TraceTail {
  return { rows: [], arrived, skipped: 0 }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve()))
}

describe.each(Object.entries(wires))('RPC over %s', (_name, openWire) => {
  let wire: Wire
  let server: RpcServer
  let client: RpcClient

  afterEach(async () => {
    await wire.close()
    await server.closed
  })

  async function serve(handlers: StubHandlers): Promise<RpcClient> {
    wire = await openWire()
    server = serveRpc(createStubApi(handlers), wire.engine, { engineId: 'engine-1', log: silentLog })
    client = createRpcClient(wire.caller)
    return client
  }

  /** The engine's side of the protocol, spoken to directly. */
  async function serveRaw(handlers: StubHandlers = {}): Promise<{ received: Record<string, unknown>[], next: () => Promise<Record<string, unknown>> }> {
    wire = await openWire()
    server = serveRpc(createStubApi(handlers), wire.engine, { engineId: 'engine-1', log: silentLog })
    const received: Record<string, unknown>[] = []
    wire.caller.onMessage(message => received.push(message as Record<string, unknown>))
    let read = 0
    const next = async () => {
      await waitFor(() => received.length > read, { what: 'a message from the engine' })
      return received[read++]!
    }
    expect(await next()).toEqual({ t: 'hello', protocol: 1, engineId: 'engine-1' })
    return { received, next }
  }

  it('greets with the protocol version and the id of the engine', async () => {
    await serve({})
    expect(await client.hello).toEqual({ t: 'hello', protocol: 1, engineId: 'engine-1' })
  })

  it('carries JSON values and typed arrays both ways unchanged', async () => {
    const whole = new Float64Array([0, 1.5, -(2 ** 60), Number.NaN, Infinity, 5])
    const history = { at: whole.subarray(1, 5), min: new Float64Array(0), max: whole, mean: whole, last: whole, count: whole, points: 6, bucketMs: 0.5 }
    const value = { text: 'Ünïcode 温度 \u0000 😀', nothing: null, list: [[], {}, [true, false]], large: 9_007_199_254_740_991, negative: -1e-300, empty: '' }
    let got: unknown
    await serve({ methods: {
      'device.history': () => history,
      'settings.set': ({ value: sent }) => {
        got = sent
        return { sent } as never
      },
    } })
    const answered = await client.call('device.history', { ...identity, property: 'Temperature', fromAt: 0, toAt: 1 })
    expect(answered).toEqual(history)
    expect(answered.at).toBeInstanceOf(Float64Array)
    expect(await client.call('settings.set', { name: 'trace.keepDays', value })).toEqual({ sent: value })
    expect(got).toEqual(value)
  })

  it('carries bytes as plain bytes', async () => {
    const payload = new Uint8Array([9, 0, 255, 128]).subarray(1)
    await serve({ methods: { 'trace.get': () => ({ payload }) as never } })
    const answered = await client.call('trace.get', { id: 1 })
    expect([...answered.payload]).toEqual([0, 255, 128])
    expect(Object.prototype.toString.call(answered.payload)).toBe('[object Uint8Array]')
  })

  it('carries an array of ten megabytes', async () => {
    const at = Float64Array.from({ length: 1_250_000 }, (_, index) => index / 3)
    const none = new Float64Array(0)
    await serve({ methods: { 'device.history': () => ({ at, min: none, max: none, mean: none, last: none, count: none, points: at.length, bucketMs: 1 }) } })
    const answered = await client.call('device.history', { ...identity, property: 'p', fromAt: 0, toAt: 1 })
    expect(Buffer.compare(Buffer.from(answered.at.buffer), Buffer.from(at.buffer))).toBe(0)
  })

  it('gives the handler the checked input with its defaults', async () => {
    await serve({ methods: { 'device.list': params => ({ devices: [], total: params.offset + params.limit }) } })
    expect(await client.call('device.list', {})).toEqual({ devices: [], total: 200 })
  })

  it('answers calls as they finish, each to its own caller', async () => {
    const first = Promise.withResolvers<void>()
    await serve({ methods: {
      'product.exportModel': async ({ productKey }) => {
        if (productKey === 'first')
          await first.promise
        return { text: productKey }
      },
    } })
    const order: string[] = []
    const calls = ['first', 'second'].map(productKey => client.call('product.exportModel', { productKey }).then(({ text }) => order.push(text)))
    await calls[1]
    first.resolve()
    await Promise.all(calls)
    expect(order).toEqual(['second', 'first'])
  })

  it('carries an error with its code, sentence and details', async () => {
    await serve({ methods: { 'device.get': () => { throw new AppError('device/not-found', 'The product a1 has no device dev1.', { ...identity }) } } })
    const error = await client.call('device.get', identity).catch(reason => reason)
    expect(error).toBeInstanceOf(AppError)
    expect({ code: error.code, message: error.message, details: error.details }).toEqual({ code: 'device/not-found', message: 'The product a1 has no device dev1.', details: identity })
  })

  it('answers an error nobody expected with its sentence and without its stack', async () => {
    await serve({ methods: { 'app.info': () => { throw new TypeError('x is not a function') } } })
    await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'method/failed', message: 'x is not a function', details: {} })
  })

  it('refuses an input that breaks its schema, naming field, expected and got', async () => {
    await serve({})
    const error = await client.call('device.create', { productKey: 'a1', deviceName: 'x', count: 0.5, colour: 'red' } as never).catch(reason => reason)
    expect(error.code).toBe('input/invalid')
    expect(error.message).toBe('device.create: deviceName: expected 4 to 32 letters, digits, or - _ @ . :, got "x"; count: expected an integer, got 0.5; colour: expected no such field, got "red".')
    expect(error.details.issues).toEqual([
      { path: 'deviceName', expected: '4 to 32 letters, digits, or - _ @ . :', got: '"x"' },
      { path: 'count', expected: 'an integer', got: '0.5' },
      { path: 'colour', expected: 'no such field', got: '"red"' },
    ])
  })

  it('refuses the input of a subscription in the same way', async () => {
    await serve({})
    await expect(client.subscribe('device.watch', { productKey: 'a1' } as never, () => {})).rejects.toMatchObject({ code: 'input/invalid', message: 'device.watch: deviceName: expected a string, got nothing.' })
  })

  it.each(['no.such', 'constructor', '__proto__', 'toString'])('refuses the unknown method and stream %s', async (name) => {
    await serve({})
    await expect(client.call(name as never, {} as never)).rejects.toMatchObject({ code: 'method/unknown', message: `The engine has no method "${name}".` })
    await expect(client.subscribe(name as never, {} as never, () => {})).rejects.toMatchObject({ code: 'method/unknown', message: `The engine has no stream "${name}".` })
  })

  it('answers an error when a result cannot cross the wire', async () => {
    await serve({ methods: { 'app.info': () => ({ version: () => 'a function' }) as never, 'app.highlights': () => [] } })
    await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'method/failed' })
    expect(await client.call('app.highlights', {})).toEqual([])
  })

  it('aborts the handler of a call that is withdrawn', async () => {
    const began = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<void>()
    await serve({ methods: {
      'app.highlights': async (_params, { signal }) => {
        began.resolve()
        await aborted(signal)
        stopped.resolve()
        return []
      },
    } })
    const controller = new AbortController()
    const call = client.call('app.highlights', {}, { signal: controller.signal })
    await began.promise
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'call/cancelled' })
    await stopped.promise
    await waitFor(() => server.stats().calls === 0, { what: 'the call to be forgotten' })
  })

  it('sends nothing for a call that was withdrawn before it began', async () => {
    let calls = 0
    await serve({ methods: { 'app.highlights': () => {
      calls += 1
      return []
    } } })
    await expect(client.call('app.highlights', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'call/cancelled' })
    await client.call('app.highlights', {})
    expect(calls).toBe(1)
  })

  it('delivers the items of a stream in order, and then its end', async () => {
    await serve({ streams: {
      'trace.tail': async (_params, { send }) => {
        for (let arrived = 0; arrived < 100; arrived++)
          await send(tail(arrived))
      },
    } })
    const got: number[] = []
    await client.subscribe('trace.tail', {}, item => void got.push(item.arrived))
    expect(got).toEqual(Array.from({ length: 100 }, (_, index) => index))
    await waitFor(() => server.stats().streams === 0, { what: 'the stream to be forgotten' })
  })

  it('delivers items that were handed over without waiting before the end', async () => {
    await serve({ streams: {
      'trace.tail': async (_params, { send }) => {
        for (let arrived = 0; arrived < 30; arrived++)
          void send(tail(arrived))
      },
    } })
    const got: number[] = []
    await client.subscribe('trace.tail', {}, item => void got.push(item.arrived))
    expect(got).toHaveLength(30)
  })

  it('carries typed arrays in the items of a stream', async () => {
    const item: StreamItem<'device.watch'> = { points: { Temperature: { at: new Float64Array([1, 2]), value: new Float64Array([21.5, 22]) } } }
    await serve({ streams: { 'device.watch': async (_params, { send }) => send(item) } })
    const got: unknown[] = []
    await client.subscribe('device.watch', identity, watched => void got.push(watched))
    expect(got).toEqual([item])
  })

  it('keeps a stream from running ahead of a slow reader', async () => {
    const sent: number[] = []
    const reading = Promise.withResolvers<void>()
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        for (let arrived = 0; !signal.aborted; arrived++) {
          sent.push(arrived)
          await send(tail(arrived))
        }
      },
    } })
    const controller = new AbortController()
    const got: number[] = []
    const over = client.subscribe('trace.tail', {}, async (item) => {
      got.push(item.arrived)
      await reading.promise
    }, { signal: controller.signal })
    await waitFor(() => sent.length === limits.rpcCreditInitial, { what: 'the credit to be used up' })
    // A call that is answered proves that everything sent so far has arrived.
    await client.call('app.info', {}).catch(() => {})
    expect(sent).toHaveLength(limits.rpcCreditInitial)
    expect(got).toEqual([0])
    reading.resolve()
    await waitFor(() => got.length > 3 * limits.rpcCreditInitial, { what: 'the stream to go on' })
    controller.abort()
    await over
    expect(got).toEqual(got.map((_, index) => index))
  })

  it('lets another stream pass a slow one', async () => {
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        while (!signal.aborted)
          await send(tail(1))
      },
      'trace.export': async (_params, { send }) => send({ text: 'all', rows: 1 }),
    } })
    const controller = new AbortController()
    const slow = client.subscribe('trace.tail', {}, () => new Promise(() => {}), { signal: controller.signal })
    const chunks: string[] = []
    await client.subscribe('trace.export', { format: 'csv' }, chunk => void chunks.push(chunk.text))
    expect(chunks).toEqual(['all'])
    controller.abort()
    await slow
  })

  it('ends a stream when its reader leaves, and lets what the handler still sends come to nothing', async () => {
    const stopped = Promise.withResolvers<number>()
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        await send(tail(0))
        await aborted(signal)
        await send(tail(1))
        stopped.resolve(1)
      },
    } })
    const controller = new AbortController()
    const got: number[] = []
    const over = client.subscribe('trace.tail', {}, (item) => {
      got.push(item.arrived)
      controller.abort()
    }, { signal: controller.signal })
    await over
    await stopped.promise
    expect(got).toEqual([0])
    await waitFor(() => server.stats().streams === 0, { what: 'the stream to be forgotten' })
  })

  it('fails a stream with the handler\'s error, after the items before it', async () => {
    await serve({ streams: {
      'trace.export': async (_params, { send }) => {
        await send({ text: 'some', rows: 1 })
        throw new AppError('store/query-timeout', 'The export took longer than 10 s.')
      },
    } })
    const chunks: string[] = []
    await expect(client.subscribe('trace.export', { format: 'jsonl' }, chunk => void chunks.push(chunk.text))).rejects.toMatchObject({ code: 'store/query-timeout' })
    expect(chunks).toEqual(['some'])
  })

  it('ends the stream at the engine when the reader throws', async () => {
    const stopped = Promise.withResolvers<void>()
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        await send(tail(0))
        await aborted(signal)
        stopped.resolve()
      },
    } })
    await expect(client.subscribe('trace.tail', {}, () => { throw new Error('the page broke') })).rejects.toThrow('the page broke')
    await expect(client.subscribe('trace.tail', {}, async () => { throw new Error('the page broke later') })).rejects.toThrow('the page broke later')
    await stopped.promise
  })

  it('ends a stream whose handler does not wait for room', async () => {
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        for (let arrived = 0; arrived < 1_000; arrived++)
          void send(tail(arrived))
        await aborted(signal)
      },
    } })
    await expect(client.subscribe('trace.tail', {}, () => {})).rejects.toMatchObject({ code: 'limit/reached', message: `The stream handed over ${limits.rpcItemsWaitingMax} items without waiting for room.` })
  })

  it('fails a stream whose item cannot cross the wire', async () => {
    await serve({ streams: {
      'trace.tail': async (_params, { send, signal }) => {
        await send({ rows: () => {} } as never)
        await aborted(signal)
      },
    } })
    await expect(client.subscribe('trace.tail', {}, () => {})).rejects.toMatchObject({ code: 'method/failed' })
  })

  it('rejects what is under way and aborts its handlers when the engine\'s side closes', async () => {
    const began = Promise.withResolvers<void>()
    const signals: AbortSignal[] = []
    await serve({
      methods: { 'app.highlights': async (_params, { signal }) => {
        signals.push(signal)
        await aborted(signal)
        return []
      } },
      streams: { 'trace.tail': async (_params, { send, signal }) => {
        signals.push(signal)
        await send(tail(0))
        await aborted(signal)
      } },
    })
    const call = client.call('app.highlights', {})
    const over = client.subscribe('trace.tail', {}, () => began.resolve())
    await began.promise
    server.close()
    await expect(call).rejects.toMatchObject({ code: 'connection/lost' })
    await expect(over).rejects.toMatchObject({ code: 'connection/lost' })
    await client.closed
    await server.closed
    expect(client.isOpen).toBe(false)
    expect(signals.map(signal => signal.aborted)).toEqual([true, true])
    await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'connection/lost' })
    await expect(client.subscribe('app.status', {}, () => {})).rejects.toMatchObject({ code: 'connection/lost' })
  })

  it('aborts what is under way when the caller closes', async () => {
    const began = Promise.withResolvers<AbortSignal>()
    await serve({ methods: { 'app.highlights': async (_params, { signal }) => {
      began.resolve(signal)
      await aborted(signal)
      return []
    } } })
    const call = client.call('app.highlights', {})
    const signal = await began.promise
    client.close()
    await expect(call).rejects.toMatchObject({ code: 'connection/lost' })
    await server.closed
    expect(signal.aborted).toBe(true)
  })

  it('refuses calls beyond the limit until one has ended', async () => {
    const release = Promise.withResolvers<void>()
    await serve({ methods: { 'app.highlights': async () => {
      await release.promise
      return []
    } } })
    const calls = Array.from({ length: limits.rpcCallsMax }, () => client.call('app.highlights', {}))
    await expect(client.call('app.highlights', {})).rejects.toMatchObject({ code: 'limit/reached', message: `This connection already has ${limits.rpcCallsMax} calls under way; app.highlights was not begun.` })
    release.resolve()
    await Promise.all(calls)
    await client.call('app.highlights', {})
    expect(server.stats().refused).toBe(1)
  })

  it('ignores and counts malformed messages, and goes on', async () => {
    const { next } = await serveRaw({ methods: { 'app.highlights': () => [] } })
    const malformed = [null, 7, 'call', [], {}, { t: 'call' }, { t: 'call', id: 0, method: 'app.info' }, { t: 'call', id: 1.5, method: 'app.info' }, { t: 'call', id: 1 }, { t: 'subscribe', id: 2, stream: 'app.status', credit: -1 }, { t: 'credit', id: 3, count: Number.NaN }, { t: 'result', id: 4 }]
    malformed.forEach(message => wire.caller.post(message))
    wire.caller.post({ t: 'call', id: 9, method: 'app.highlights', input: {} })
    expect(await next()).toEqual({ t: 'result', id: 9, value: [] })
    expect(server.stats().malformed).toBe(malformed.length)
  })

  it('counts a second message with the id of a call under way as malformed', async () => {
    const release = Promise.withResolvers<void>()
    const { next, received } = await serveRaw({ methods: { 'app.highlights': async () => {
      await release.promise
      return []
    } } })
    wire.caller.post({ t: 'call', id: 1, method: 'app.highlights', input: {} })
    wire.caller.post({ t: 'call', id: 1, method: 'app.highlights', input: {} })
    await waitFor(() => server.stats().malformed === 1, { what: 'the second message' })
    release.resolve()
    expect(await next()).toEqual({ t: 'result', id: 1, value: [] })
    expect(received).toHaveLength(2)
  })

  it('ignores credit and cancellation for what is over', async () => {
    const { next } = await serveRaw({ methods: { 'app.highlights': () => [] } })
    wire.caller.post({ t: 'cancel', id: 5 })
    wire.caller.post({ t: 'credit', id: 5, count: 1 })
    wire.caller.post({ t: 'call', id: 6, method: 'app.highlights', input: {} })
    expect(await next()).toMatchObject({ t: 'result', id: 6 })
    expect(server.stats().malformed).toBe(0)
  })

  it('closes a connection that sends too many malformed messages', async () => {
    await serveRaw()
    const closed = new Promise<void>(resolve => wire.caller.onClose(resolve))
    for (let count = 0; count < limits.rpcMalformedMax; count++)
      wire.caller.post({ t: 'nonsense' })
    await closed
    expect(server.stats().malformed).toBe(limits.rpcMalformedMax)
  })

  it('gives up an engine that speaks another protocol', async () => {
    wire = await openWire()
    server = { stats: () => ({ calls: 0, streams: 0, malformed: 0, refused: 0 }), closed: Promise.resolve(), close: () => {} }
    client = createRpcClient(wire.caller)
    const call = client.call('app.info', {})
    wire.engine.onMessage(() => {})
    wire.engine.post({ t: 'hello', protocol: 99, engineId: 'later' })
    await expect(client.hello).rejects.toMatchObject({ code: 'connection/refused', message: 'The engine speaks protocol 99 and this side 1: load the page again.' })
    await expect(call).rejects.toMatchObject({ code: 'connection/refused' })
  })

  it('ignores what an engine says that is none of the protocol\'s', async () => {
    wire = await openWire()
    server = { stats: () => ({ calls: 0, streams: 0, malformed: 0, refused: 0 }), closed: Promise.resolve(), close: () => {} }
    client = createRpcClient(wire.caller)
    for (const message of [null, { t: 'result' }, { t: 'error', id: 1, error: 'text' }, { t: 'hello', protocol: 'one' }, { t: 'bye', id: 1 }])
      wire.engine.post(message)
    wire.engine.post({ t: 'hello', protocol: 1, engineId: 'engine-2' })
    expect(await client.hello).toMatchObject({ engineId: 'engine-2' })
    expect(client.malformed).toBe(5)
  })
})
