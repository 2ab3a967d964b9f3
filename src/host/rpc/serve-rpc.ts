import type { EngineApi } from '../../shared/contract/contract.ts'
import type { Port } from '../../shared/contract/port.ts'
import type { ErrorValue } from '../../shared/errors.ts'
import type { Log } from '../../shared/log.ts'
import type { CallerMessage, EngineMessage } from '../../shared/rpc/messages.ts'
import type { StreamSender } from './stream-sender.ts'
import { methodTable, streamTable } from '../../shared/contract/contract.ts'
import { AppError, toErrorValue } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { checkInput } from '../../shared/rpc/check-input.ts'
import { parseCallerMessage, rpcProtocol } from '../../shared/rpc/messages.ts'
import { createStreamSender } from './stream-sender.ts'

export interface RpcServerOptions { engineId: string, log: Log }

export interface RpcServerStats {
  calls: number
  streams: number
  /** Messages that were none of the protocol's. */
  malformed: number
  /** Calls and subscriptions refused because too many were under way. */
  refused: number
}

export interface RpcServer {
  stats: () => RpcServerStats
  /** Resolves when the connection is over and everything it had under way has been told to stop. */
  readonly closed: Promise<void>
  close: () => void
}

type Handler = (params: unknown, context: object) => unknown

/**
 * Serves the engine's methods and streams to the caller at the other end of a port: checks every input, answers with
 * values or error values, and aborts what is under way when the caller withdraws it or the port closes.
 */
export function serveRpc(api: EngineApi, port: Port, { engineId, log }: RpcServerOptions): RpcServer {
  const methods = api.methods as Record<string, Handler>
  const streams = api.streams as Record<string, Handler>
  const calls = new Map<number, AbortController>()
  // A subscription that was withdrawn stays here until its handler has noticed, so that it counts against the limit.
  const subscriptions = new Map<number, { sender: StreamSender, wanted: boolean }>()
  const closed = Promise.withResolvers<void>()
  let malformed = 0
  let refused = 0

  const post = (message: EngineMessage): void => port.post(message)
  const fail = (id: number, error: ErrorValue): void => post({ t: 'error', id, error })

  const call = async (id: number, name: string, input: unknown): Promise<void> => {
    const controller = new AbortController()
    calls.set(id, controller)
    try {
      const params = checkInput(methodTable[name]!.input, input, name)
      const value = await methods[name]!(params, { signal: controller.signal })
      if (!controller.signal.aborted)
        post({ t: 'result', id, value })
    }
    catch (error) {
      if (!controller.signal.aborted)
        fail(id, explain(name, error, log))
    }
    finally {
      calls.delete(id)
    }
  }

  const subscribe = async (id: number, name: string, input: unknown, credit: number): Promise<void> => {
    const sender = createStreamSender({
      credit,
      send: value => post({ t: 'item', id, value }),
      wireHasRoom: () => (port.bufferedBytes?.() ?? 0) < limits.rpcQueueBytesMax,
    })
    const subscription = { sender, wanted: true }
    subscriptions.set(id, subscription)
    try {
      const params = checkInput(streamTable[name]!.input, input, name)
      await Promise.race([
        streams[name]!(params, { send: sender.send, signal: sender.signal }),
        sender.failed,
      ])
      await Promise.race([
        sender.flush(),
        sender.failed,
      ])
      if (subscription.wanted)
        post({ t: 'end', id })
    }
    catch (error) {
      if (subscription.wanted)
        fail(id, explain(name, error, log))
    }
    finally {
      sender.stop()
      subscriptions.delete(id)
    }
  }

  const withdraw = (subscription: { sender: StreamSender, wanted: boolean } | undefined): void => {
    if (!subscription)
      return
    subscription.wanted = false
    subscription.sender.stop()
  }

  /** The reason not to begin a call or subscription, if there is one. */
  const refusal = (kind: 'call' | 'subscribe', name: string): AppError | undefined => {
    const [table, handlers, underWay, max] = kind === 'call'
      ? [
          methodTable,
          methods,
          calls.size,
          limits.rpcCallsMax,
        ] as const
      : [
          streamTable,
          streams,
          subscriptions.size,
          limits.rpcStreamsMax,
        ] as const
    const noun = kind === 'call'
      ? 'method'
      : 'stream'
    if (!Object.hasOwn(table, name) || !Object.hasOwn(handlers, name)) {
      return new AppError('method/unknown', `The engine has no ${noun} "${name.slice(0, 80)}".`, {
        [noun]: name.slice(0, 80),
      })
    }
    if (underWay >= max) {
      refused += 1
      return new AppError('limit/reached', `This connection already has ${max} ${noun === 'method'
        ? 'calls'
        : 'streams'} under way; ${name} was not begun.`, { limit: max })
    }
    return undefined
  }

  const receive = (message: CallerMessage): void => {
    const { id } = message
    switch (message.t) {
      case 'call':
      case 'subscribe': {
        const name = message.t === 'call'
          ? message.method
          : message.stream
        const refusedFor = refusal(message.t, name)
        if (refusedFor)
          return fail(id, toErrorValue(refusedFor))
        return void (message.t === 'call'
          ? call(id, name, message.input)
          : subscribe(id, name, message.input, message.credit))
      }
      case 'credit':
        return subscriptions.get(id)?.sender.addCredit(message.count)
      case 'cancel':
        calls.get(id)?.abort()
        withdraw(subscriptions.get(id))
    }
  }

  const countMalformed = (): void => {
    malformed += 1
    if (malformed === 1)
      log.warn('a message on the console connection was none of the protocol\'s')
    if (malformed >= limits.rpcMalformedMax) {
      log.warn('a console connection was closed after too many malformed messages', { malformed })
      port.close()
    }
  }

  port.onMessage((raw) => {
    const message = parseCallerMessage(raw)
    if (!message || ((message.t === 'call' || message.t === 'subscribe') && (calls.has(message.id) || subscriptions.has(message.id))))
      countMalformed()
    else
      receive(message)
  })
  port.onDrain?.(() => subscriptions.forEach(({ sender }) => sender.continue()))
  port.onClose(() => {
    calls.forEach(controller => controller.abort())
    subscriptions.forEach(withdraw)
    closed.resolve()
  })
  post({ t: 'hello', protocol: rpcProtocol, engineId })

  return {
    stats: () => ({
      calls: calls.size,
      streams: subscriptions.size,
      malformed,
      refused,
    }),
    closed: closed.promise,
    close: () => port.close(),
  }
}

/** The error as the caller gets it; one that nobody expected is also written to the log, with its stack. */
function explain(name: string, error: unknown, log: Log): ErrorValue {
  if (!(error instanceof AppError)) {
    log.error('a call failed unexpectedly', {
      name,
      error: error instanceof Error
        ? error.stack ?? error.message
        : String(error),
    })
  }
  return toErrorValue(error)
}
