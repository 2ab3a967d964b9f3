import type { Port } from '../../../../src/shared/contract/port.ts'
import type { ConnectionStatus, EngineConnection } from '../../../../src/ui/client/engine-connection.ts'
import type { StubHandlers } from '../../../support/stub-api.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryPorts } from '../../../../src/host/rpc/memory-port.ts'
import { serveRpc } from '../../../../src/host/rpc/serve-rpc.ts'
import { VirtualClock } from '../../../../src/shared/clock.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { limits } from '../../../../src/shared/limits.ts'
import { silentLog } from '../../../../src/shared/log.ts'
import { createEngineConnection } from '../../../../src/ui/client/engine-connection.ts'
import { createStubApi } from '../../../support/stub-api.ts'
import { waitFor } from '../../../support/wait-for.ts'

/** Remembers what it was asked to wait, milliseconds. */
class RecordingClock extends VirtualClock {
  readonly delays: number[] = []

  override setAlarm(delayMs: number, run: () => void) {
    this.delays.push(delayMs)
    return super.setAlarm(delayMs, run)
  }
}

/** An engine that can be stopped, started again and made unreachable, as the page's transport sees it. */
class World {
  readonly clock = new RecordingClock()
  engineId = 'engine-1'
  handlers: StubHandlers = {}
  /** What the next attempts come to instead of a connection. */
  failure: AppError | undefined
  attempts = 0
  #port: Port | undefined

  readonly connection: EngineConnection

  constructor(handlers: StubHandlers = {}, failure?: AppError) {
    this.handlers = handlers
    this.failure = failure
    this.connection = createEngineConnection({ host: 'web', open: () => this.#open() }, this.clock)
  }

  async #open(): Promise<Port> {
    this.attempts += 1
    if (this.failure)
      throw this.failure
    const [engine, caller] = createMemoryPorts()
    serveRpc(createStubApi(this.handlers), engine, { engineId: this.engineId, log: silentLog })
    this.#port = engine
    return caller
  }

  /** The engine goes away. */
  breakOff(): void {
    this.#port?.close()
  }

  get status(): ConnectionStatus {
    return this.connection.status.value
  }

  reaches(state: ConnectionStatus['state']): Promise<unknown> {
    return waitFor(() => this.status.state === state, { what: `the state ${state}` })
  }
}

let world: World
afterEach(() => world.connection.close())

const unreachable = new AppError('connection/lost', 'The engine cannot be reached.')

describe('the page\'s connection', () => {
  it('goes from connecting to online and knows the engine', async () => {
    world = new World()
    expect(world.status).toEqual({ state: 'connecting', engineId: null, restarts: 0, attempts: 0, problem: null })
    await world.reaches('online')
    expect(world.status).toEqual({ state: 'online', engineId: 'engine-1', restarts: 0, attempts: 0, problem: null })
    expect(world.connection.host).toBe('web')
  })

  it('tells its listeners of every change until they leave', async () => {
    world = new World()
    const seen: string[] = []
    const stop = world.connection.status.subscribe(({ state }) => seen.push(state))
    await world.reaches('online')
    world.failure = unreachable
    world.breakOff()
    await world.reaches('lost')
    stop()
    world.failure = undefined
    await waitFor(() => {
      world.clock.advance(5_000)
      return world.status.state === 'online'
    })
    expect(seen.slice(0, 2)).toEqual(['online', 'lost'])
    expect(seen).not.toContain('connecting')
    expect(seen.filter(state => state === 'online')).toHaveLength(1)
  })

  it('holds calls until there is a connection', async () => {
    world = new World({ methods: { 'app.highlights': () => [] } })
    expect(await world.connection.api.call('app.highlights', {})).toEqual([])
  })

  it('asks again, later each time and at most every five seconds, while nobody answers', async () => {
    world = new World({}, unreachable)
    for (let attempt = 1; attempt <= 7; attempt++) {
      await waitFor(() => world.clock.delays.length === attempt, { what: 'the page to wait' })
      expect(world.status).toMatchObject({ state: 'connecting', attempts: attempt, problem: 'The engine cannot be reached.' })
      world.clock.advance(world.clock.delays.at(-1)!)
    }
    expect(world.clock.delays).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  })

  it('asks again at once when a connection broke that was up', async () => {
    world = new World()
    await world.reaches('online')
    world.breakOff()
    await waitFor(() => world.attempts === 2 && world.status.state === 'online')
  })

  it('says that another engine answers after a restart, and that the same one does after a hiccup', async () => {
    world = new World()
    await world.reaches('online')
    world.breakOff()
    await waitFor(() => world.attempts === 2 && world.status.state === 'online')
    expect(world.status.restarts).toBe(0)
    world.engineId = 'engine-2'
    world.breakOff()
    await waitFor(() => world.attempts === 3 && world.status.state === 'online')
    expect(world.status).toMatchObject({ engineId: 'engine-2', restarts: 1 })
  })

  it('stops asking when it is refused, and says so to whoever waits', async () => {
    world = new World({}, new AppError('connection/refused', 'The address can be opened once.'))
    await expect(world.connection.api.call('app.highlights', {})).rejects.toMatchObject({ code: 'connection/refused' })
    expect(world.status).toMatchObject({ state: 'refused', problem: 'The address can be opened once.' })
    world.clock.advance(60_000)
    expect(world.attempts).toBe(1)
    await expect(world.connection.api.call('app.highlights', {})).rejects.toMatchObject({ code: 'connection/refused' })
    await expect(world.connection.api.subscribe('app.status', {}, () => {})).rejects.toMatchObject({ code: 'connection/refused' })
  })

  it('rejects a call that was under way when the connection broke', async () => {
    world = new World({ methods: { 'app.highlights': () => new Promise(() => {}) } })
    await world.reaches('online')
    const call = world.connection.api.call('app.highlights', {})
    await new Promise(resolve => setImmediate(resolve))
    world.breakOff()
    await expect(call).rejects.toMatchObject({ code: 'connection/lost' })
  })

  it('takes an endless stream up again after a reconnect, with the same input', async () => {
    const inputs: unknown[] = []
    world = new World({ streams: {
      'trace.tail': async (params, { send, signal }) => {
        inputs.push(params)
        await send({ rows: [], arrived: inputs.length, skipped: 0 })
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      },
    } })
    const got: number[] = []
    const controller = new AbortController()
    const over = world.connection.api.subscribe('trace.tail', { filter: { deviceName: 'd1' } }, item => void got.push(item.arrived), { signal: controller.signal })
    await waitFor(() => got.length === 1, { what: 'the first item' })
    world.breakOff()
    await waitFor(() => got.length === 2, { what: 'the first item after the reconnect' })
    expect(got).toEqual([1, 2])
    expect(inputs).toEqual([{ filter: { deviceName: 'd1' } }, { filter: { deviceName: 'd1' } }])
    controller.abort()
    await over
  })

  it('fails a stream that has an end instead of beginning it anew', async () => {
    let starts = 0
    world = new World({ streams: {
      'trace.export': async (_params, { send, signal }) => {
        starts += 1
        await send({ text: 'a', rows: 1 })
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      },
    } })
    const over = world.connection.api.subscribe('trace.export', { format: 'csv' }, () => world.breakOff())
    await expect(over).rejects.toMatchObject({ code: 'connection/lost' })
    await waitFor(() => world.attempts === 2 && world.status.state === 'online')
    expect(starts).toBe(1)
  })

  it('passes on the failure of a stream while the connection stands', async () => {
    world = new World({ streams: { 'device.watch': async () => { throw new AppError('device/not-found', 'No such device.') } } })
    await expect(world.connection.api.subscribe('device.watch', { productKey: 'a1', deviceName: 'none' }, () => {})).rejects.toMatchObject({ code: 'device/not-found' })
  })

  it('withdraws a call and a stream that still wait for a connection', async () => {
    world = new World()
    await world.reaches('online')
    world.failure = unreachable
    world.breakOff()
    await world.reaches('lost')
    const controller = new AbortController()
    const call = world.connection.api.call('app.highlights', {}, { signal: controller.signal })
    const stream = world.connection.api.subscribe('app.status', {}, () => {}, { signal: controller.signal })
    controller.abort()
    await expect(call).rejects.toMatchObject({ code: 'call/cancelled' })
    await expect(stream).resolves.toBeUndefined()
    await expect(world.connection.api.call('app.highlights', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'call/cancelled' })
  })

  it('lets only so many calls wait', async () => {
    world = new World()
    await world.reaches('online')
    world.failure = unreachable
    world.breakOff()
    await world.reaches('lost')
    const waiting = Array.from({ length: limits.callsWaitingMax }, () => world.connection.api.call('app.highlights', {}))
    await expect(world.connection.api.call('app.highlights', {})).rejects.toMatchObject({ code: 'connection/lost' })
    world.connection.close()
    expect((await Promise.allSettled(waiting)).every(({ status }) => status === 'rejected')).toBe(true)
  })

  it('gives up an engine that takes the connection and says nothing', async () => {
    const clock = new VirtualClock()
    const ports: Port[] = []
    const connection = createEngineConnection({ host: 'electron', open: async () => {
      const [engine, caller] = createMemoryPorts()
      ports.push(engine)
      return caller
    } }, clock)
    await waitFor(() => ports.length === 1)
    await waitFor(() => {
      clock.advance(10_000)
      return ports.length === 2
    }, { what: 'another attempt' })
    expect(connection.status.value.state).toBe('connecting')
    connection.close()
  })

  it('is closed for good by the page', async () => {
    world = new World()
    await world.reaches('online')
    world.connection.close()
    await expect(world.connection.api.call('app.highlights', {})).rejects.toMatchObject({ code: 'connection/lost', message: 'The connection to the engine was closed.' })
    world.clock.advance(60_000)
    expect(world.attempts).toBe(1)
  })
})
