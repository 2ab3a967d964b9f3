import type { Clock } from '../../shared/clock.ts'
import type { ApiClient, StreamName } from '../../shared/contract/contract.ts'
import type { RpcClient } from '../../shared/rpc/client.ts'
import type { Observable } from './observable.ts'
import type { Transport } from './transport.ts'
import { streamTable } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { createRpcClient } from '../../shared/rpc/client.ts'
import { createObservable } from './observable.ts'

/**
 * `connecting`: no engine has answered yet. `online`. `lost`: it answered before and is being asked again. `refused`: it does not
 * accept this page, and asking again is of no use.
 */
export type ConnectionState = 'connecting' | 'online' | 'lost' | 'refused'

export interface ConnectionStatus {
  readonly state: ConnectionState
  /** The engine that answered last; null before the first. */
  readonly engineId: string | null
  /** How often an engine answered that was not the one before: what the page holds of the old one's figures is out of date. */
  readonly restarts: number
  /** Attempts in a row that failed. */
  readonly attempts: number
  /** Why the last attempt failed or the connection was lost, a sentence; null while online. */
  readonly problem: string | null
}

export interface EngineConnection {
  /**
   * The engine's methods and streams over whatever connection there is. A call made while there is none waits for the next; one
   * that was under way when the connection broke rejects with connection/lost, because nobody knows whether it was carried
   * out. An endless stream goes on by itself after a reconnect: its first item is again a first item. A stream with an end rejects.
   */
  readonly api: ApiClient
  readonly status: Observable<ConnectionStatus>
  readonly host: Transport['host']
  close: () => void
}

/** Waiting before the next attempt: doubles from the first to the last. */
const retryFirstMs = 250
const retryLastMs = 5_000
/** An engine that has taken the connection but says nothing for so long is given up. */
const helloWithinMs = 10_000

interface Waiter { resolve: (client: RpcClient) => void, reject: (error: AppError) => void }

/** Keeps a connection to the engine, and makes it anew whenever it breaks. */
export function createEngineConnection(transport: Transport, clock: Clock): EngineConnection {
  const status = createObservable<ConnectionStatus>({
    state: 'connecting',
    engineId: null,
    restarts: 0,
    attempts: 0,
    problem: null,
  })
  const closing = new AbortController()
  const waiters = new Set<Waiter>()
  let client: RpcClient | undefined
  /** Why there will be no connection any more. */
  let final: AppError | undefined

  const giveUp = (error: AppError): void => {
    final = error
    waiters.forEach(waiter => waiter.reject(error))
    waiters.clear()
  }
  const wait = (delayMs: number): Promise<void> => new Promise((resolve) => {
    const alarm = clock.setAlarm(delayMs, resolve)
    closing.signal.addEventListener('abort', () => {
      alarm.cancel()
      resolve()
    }, { once: true })
  })

  /** Makes one connection and stays until it is over; throws why. */
  async function connectOnce(): Promise<never> {
    const next = createRpcClient(await transport.open(closing.signal))
    const tooLate = clock.setAlarm(helloWithinMs, () => next.close())
    const { engineId } = await next.hello.finally(() => tooLate.cancel())
    const { engineId: before, restarts } = status.value
    client = next
    status.set({
      state: 'online',
      engineId,
      restarts: before !== null && before !== engineId
        ? restarts + 1
        : restarts,
      attempts: 0,
      problem: null,
    })
    waiters.forEach(waiter => waiter.resolve(next))
    waiters.clear()
    await next.closed
    throw new AppError('connection/lost', 'The connection to the engine was lost.')
  }

  async function keepConnected(): Promise<void> {
    while (!closing.signal.aborted) {
      const error = await connectOnce().catch((reason: unknown) => reason)
      if (closing.signal.aborted)
        return
      const { engineId, restarts, attempts, state } = status.value
      const problem = error instanceof Error
        ? error.message
        : String(error)
      const isRefused = error instanceof AppError && error.code === 'connection/refused'
      status.set({
        state: isRefused
          ? 'refused'
          : engineId === null
            ? 'connecting'
            : 'lost',
        engineId,
        restarts,
        attempts: attempts + 1,
        problem,
      })
      if (isRefused)
        return giveUp(error)
      // A connection that was up is asked for again at once; a failed attempt waits longer each time.
      if (state !== 'online')
        await wait(Math.min(retryLastMs, retryFirstMs * 2 ** attempts))
    }
  }

  const whenOnline = (name: string, signal?: AbortSignal): Promise<RpcClient> => new Promise((resolve, reject) => {
    const withdrawn = (): AppError => new AppError('call/cancelled', `${name} was withdrawn while there was no connection.`)
    if (signal?.aborted)
      return reject(withdrawn())
    if (final)
      return reject(final)
    if (client?.isOpen)
      return resolve(client)
    if (waiters.size >= limits.callsWaitingMax)
      return reject(new AppError('connection/lost', `There is no connection to the engine, and ${waiters.size} calls already wait for one.`, { limit: limits.callsWaitingMax }))
    const waiter: Waiter = {
      resolve: (online) => {
        signal?.removeEventListener('abort', onAbort)
        resolve(online)
      },
      reject: (error) => {
        signal?.removeEventListener('abort', onAbort)
        reject(error)
      },
    }
    function onAbort(): void {
      waiters.delete(waiter)
      waiter.reject(withdrawn())
    }
    waiters.add(waiter)
    signal?.addEventListener('abort', onAbort)
  })

  const close = (): void => {
    closing.abort()
    giveUp(new AppError('connection/lost', 'The connection to the engine was closed.'))
    client?.close()
  }
  const api: ApiClient = {
    async call(method, input, options = {}) {
      const online = await whenOnline(method, options.signal)
      return online.call(method, input, options)
    },
    async subscribe(stream, input, onItem, options = {}) {
      for (;;) {
        let online: RpcClient | undefined
        try {
          online = await whenOnline(stream, options.signal)
          return await online.subscribe(stream, input, onItem, options)
        }
        catch (error) {
          if (options.signal?.aborted)
            return
          if (!online || online.isOpen || hasEnd(stream))
            throw error
        }
      }
    },
    close,
  }
  void keepConnected()
  return {
    api,
    status,
    host: transport.host,
    close,
  }
}

function hasEnd(stream: StreamName): boolean {
  return streamTable[stream]?.ends === true
}
