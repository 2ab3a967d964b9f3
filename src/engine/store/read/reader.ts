import type { FromReader, ReaderSetup, ReadRequest, ToReader } from '../messages.ts'
import { join } from 'node:path'
import { AppError, toErrorValue } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { seriesFile, tracesFolder } from '../database-files.ts'
import { causeOf } from '../storage-fault.ts'
import { addAnswerFunctions } from './answers.ts'
import { createConnectionPool } from './connection-pool.ts'
import { readRegistry } from './registry-reader.ts'
import { readBuckets, readPoints } from './series-reader.ts'
import { createTraceReader } from './trace-reader.ts'
import { createTurns } from './turns.ts'

/** Everything that reads, behind messages; it runs in the reader worker and knows nothing of threads. */
export interface Reader {
  handle: (message: ToReader) => void
}

/** Makes a reader for the workspace `dir`; `post` gets every answer. Files are opened when they are first asked for, and closed by the message `close`. */
export function createReader({ dir }: ReaderSetup, post: (message: FromReader) => void): Reader {
  let wanted: ReadonlySet<number> = new Set()
  const pool = createConnectionPool((db) => {
    db.function('wanted_device', id => wanted.has(id as number) ? 1 : 0)
    addAnswerFunctions(db)
  })
  const traces = createTraceReader(dir, pool, (ids) => { wanted = ids })
  const running = new Map<number, { cancelled: boolean }>()

  function carryOut(request: ReadRequest, isCancelled: () => boolean) {
    switch (request.kind) {
      case 'read': return readRegistry(dir, pool, request.name, request.sql, request.params)
      case 'page': return traces.page(request, createTurns(request.timeLimitMs, isCancelled))
      case 'get': return traces.get(request.rowId, request.segments)
      case 'buckets': return readBuckets(dir, pool, request, createTurns(limits.readTimeoutMs, isCancelled))
      case 'points': return readPoints(dir, pool, request, createTurns(limits.readTimeoutMs, isCancelled))
    }
  }

  async function answer(id: number, request: ReadRequest): Promise<void> {
    const state = { cancelled: false }
    running.set(id, state)
    try {
      post({ kind: 'answer', id, value: await carryOut(request, () => state.cancelled) })
    }
    catch (error) {
      post({
        kind: 'error',
        id,
        error: toErrorValue(error instanceof AppError ? error : new AppError('method/failed', `The workspace ${dir} cannot be read: ${causeOf(error)}.`)),
      })
    }
    finally {
      running.delete(id)
    }
  }

  return {
    handle(message) {
      switch (message.kind) {
        case 'request':
          void answer(message.id, message.request)
          return
        case 'cancel': {
          const state = running.get(message.id)
          if (state)
            state.cancelled = true
          return
        }
        case 'release':
          for (const file of message.files)
            pool.release(file === seriesFile ? join(dir, file) : join(dir, tracesFolder, file))
          return post({ kind: 'answer', id: message.id, value: null })
        case 'close':
          for (const state of running.values())
            state.cancelled = true
          pool.close()
          return post({ kind: 'closed' })
      }
    },
  }
}
