import type { ApiClient } from '../contract/contract.ts'
import type { Port } from '../contract/port.ts'
import type { ErrorValue } from '../errors.ts'
import type { EngineMessage, HelloMessage } from './messages.ts'
import { AppError, toErrorValue } from '../errors.ts'
import { limits } from '../limits.ts'
import { parseEngineMessage, rpcProtocol } from './messages.ts'
import { createStreamReader } from './stream-reader.ts'

/** The caller's end of one connection. */
export interface RpcClient extends ApiClient {
  /** Who answered; rejects with connection/lost when the port closes first, connection/refused when the protocol differs. */
  readonly hello: Promise<HelloMessage>
  /** False from the moment the connection is known to be over. */
  readonly isOpen: boolean
  /** Resolves when the connection is over, whoever ended it. */
  readonly closed: Promise<void>
  /** How many messages were none of the protocol's; they are ignored. */
  readonly malformed: number
}

/**
 * Speaks the caller's side of the protocol over a port, whatever the wire. Nothing is sent twice: what was under way when
 * the connection ended rejects with connection/lost.
 */
export function createRpcClient(port: Port): RpcClient {
  const pending = new Map<number, (message: EngineMessage) => void>()
  const hello = Promise.withResolvers<HelloMessage>()
  const closed = Promise.withResolvers<void>()
  let lost: AppError | undefined
  let lastId = 0
  let malformed = 0
  // Nobody has to ask for `hello`; whoever does still sees its rejection.
  hello.promise.catch(() => {})

  const lose = (error: AppError): void => {
    if (lost)
      return
    lost = error
    hello.reject(error)
    for (const [id, receive] of [...pending]) {
      receive({
        t: 'error',
        id,
        error: toErrorValue(error),
      })
    }
    port.close()
  }
  const send = (id: number, message: object): void => {
    try {
      port.post(message)
    }
    catch (error) {
      pending.get(id)?.({
        t: 'error',
        id,
        error: unsendable(error),
      })
    }
  }

  port.onMessage((raw) => {
    const message = parseEngineMessage(raw)
    if (!message)
      malformed += 1
    else if (message.t !== 'hello')
      pending.get(message.id)?.(message)
    else if (message.protocol === rpcProtocol)
      hello.resolve(message)
    else
      lose(new AppError('connection/refused', `The engine speaks protocol ${message.protocol} and this side ${rpcProtocol}: load the page again.`, { engine: message.protocol, here: rpcProtocol }))
  })
  port.onClose(() => {
    lose(new AppError('connection/lost', 'The connection to the engine ended before the answer came.'))
    closed.resolve()
  })

  return {
    hello: hello.promise,
    closed: closed.promise,
    get isOpen() {
      return lost === undefined
    },
    get malformed() {
      return malformed
    },

    call: (method, input, { signal } = {}) => new Promise((resolve, reject) => {
      const withdrawn = (): AppError => new AppError('call/cancelled', `${method} was withdrawn before it was answered.`)
      if (signal?.aborted)
        return reject(withdrawn())
      if (lost)
        return reject(lost)
      const id = ++lastId
      const finish = (): void => {
        pending.delete(id)
        signal?.removeEventListener('abort', abort)
      }
      function abort(): void {
        finish()
        send(id, { t: 'cancel', id })
        reject(withdrawn())
      }
      pending.set(id, (message) => {
        finish()
        if (message.t === 'result')
          resolve(message.value as never)
        else if (message.t === 'error')
          reject(toAppError(message.error))
      })
      signal?.addEventListener('abort', abort)
      send(id, { t: 'call', id, method, input })
    }),

    subscribe: (stream, input, onItem, { signal } = {}) => new Promise((resolve, reject) => {
      if (signal?.aborted)
        return resolve()
      if (lost)
        return reject(lost)
      const id = ++lastId
      let runsAtEngine = true
      const finish = (): void => {
        pending.delete(id)
        signal?.removeEventListener('abort', abort)
        if (runsAtEngine)
          send(id, { t: 'cancel', id })
      }
      const reader = createStreamReader({
        onItem: onItem as (item: unknown) => void | Promise<void>,
        giveCredit: count => send(id, { t: 'credit', id, count }),
        onOver: (error) => {
          finish()
          if (error === undefined)
            resolve()
          else
            reject(error)
        },
      })
      function abort(): void {
        reader.stop()
        finish()
        resolve()
      }
      pending.set(id, (message) => {
        if (message.t === 'item')
          return reader.item(message.value)
        runsAtEngine = false
        reader.over(message.t === 'error'
          ? toAppError(message.error)
          : undefined)
      })
      signal?.addEventListener('abort', abort)
      send(id, {
        t: 'subscribe',
        id,
        stream,
        input,
        credit: limits.rpcCreditInitial,
      })
    }),

    close: () => lose(new AppError('connection/lost', 'The connection to the engine was closed.')),
  }
}

function toAppError({ code, message, details }: ErrorValue): AppError {
  return new AppError(code, message, details)
}

/** Why the wire did not take a message: too large, or something in it that cannot cross. */
function unsendable(error: unknown): ErrorValue {
  return error instanceof AppError
    ? toErrorValue(error)
    : { code: 'input/invalid', message: `The input cannot be sent: ${error instanceof Error
        ? error.message
        : String(error)}.`, details: {} }
}
