import type { Log } from '../../shared/log.ts'
import type { FromReader, ReaderSetup, ReadRequest, ToReader } from './messages.ts'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { workerEntry } from './worker-entry.ts'

/** The reader worker as the engine's thread sees it. */
export interface ReaderClient {
  /** Rejects with the AppError of the reader, with call/cancelled on `signal`, or with limit/reached when too many reads wait. */
  request: <Value>(request: ReadRequest, signal?: AbortSignal) => Promise<Value>
  /** How many requests have not been answered. */
  readonly pending: number
  /** Resolves when the reader has none of these files open. */
  release: (files: string[]) => Promise<void>
  /** Cancels what waits and ends the worker. */
  close: () => Promise<void>
}

interface Pending { resolve: (value: never) => void, reject: (error: AppError) => void }

/** Starts the reader worker; one that ends unexpectedly fails what waits for it and is started again for the next request. */
export function createReaderClient(dir: string, log: Log): ReaderClient {
  const pending = new Map<number, Pending>()
  let nextId = 1
  let closed = false
  let worker: Worker | null = null
  let ended: Promise<void> = Promise.resolve()

  function start(): Worker {
    const started = new Worker(workerEntry('reader'), { name: 'store-reader', workerData: { dir } satisfies ReaderSetup })
    started.on('message', receive)
    started.on('error', error => log.error('The reader thread of the store failed.', { error: String(error) }))
    ended = new Promise((resolve) => {
      started.on('exit', () => {
        worker = null
        rejectAll(closed
          ? new AppError('call/cancelled', 'The workspace was closed before the query was answered.')
          : new AppError('method/failed', 'The query failed together with the thread that ran it; the details are in the log.'))
        resolve()
      })
    })
    return started
  }

  function receive(message: FromReader): void {
    if (message.kind === 'closed')
      return
    const waiting = pending.get(message.id)
    pending.delete(message.id)
    if (message.kind === 'answer')
      waiting?.resolve(message.value as never)
    else
      waiting?.reject(new AppError(message.error.code, message.error.message, message.error.details))
  }

  function rejectAll(error: AppError): void {
    for (const { reject } of pending.values())
      reject(error)
    pending.clear()
  }

  function ask<Value>(build: (id: number) => ToReader): { id: number, answer: Promise<Value> } {
    const id = nextId++
    const answer = new Promise<Value>((resolve, reject) => pending.set(id, { resolve, reject }))
    worker ??= start()
    worker.postMessage(build(id))
    return { id, answer }
  }

  worker = start()

  return {
    get pending() {
      return pending.size
    },
    async request<Value>(request: ReadRequest, signal?: AbortSignal): Promise<Value> {
      if (closed)
        throw new AppError('call/cancelled', 'The workspace is closed.')
      if (signal?.aborted)
        throw new AppError('call/cancelled', 'The caller withdrew the query.')
      if (pending.size >= limits.readsPendingMax)
        throw new AppError('limit/reached', `More than ${limits.readsPendingMax} queries are waiting for the store; try again in a moment.`)
      const { id, answer } = ask<Value>(requestId => ({ kind: 'request', id: requestId, request }))
      const cancel = () => {
        const waiting = pending.get(id)
        pending.delete(id)
        worker?.postMessage({ kind: 'cancel', id } satisfies ToReader)
        waiting?.reject(new AppError('call/cancelled', 'The caller withdrew the query.'))
      }
      signal?.addEventListener('abort', cancel)
      try {
        return await answer
      }
      finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
    async release(files) {
      if (worker && !closed)
        await ask<null>(id => ({ kind: 'release', id, files })).answer.catch(() => { /* A reader that has ended has nothing open. */ })
    },
    async close() {
      closed = true
      worker?.postMessage({ kind: 'close' } satisfies ToReader)
      await ended
    },
  }
}
