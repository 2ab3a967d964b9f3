import { AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export interface StreamSenderOptions {
  /** Items the subscriber takes before it gives more credit. */
  credit: number
  /** Puts one item on the wire; throws when it cannot cross. */
  send: (item: unknown) => void
  /** False while too many bytes wait on the wire; `continue` is called when that ends. */
  wireHasRoom: () => boolean
}

/** The engine's end of one subscription. */
export interface StreamSender {
  /** See `StreamHandlers`: resolves when the subscriber has room for the next item, at once when the stream was stopped. */
  send: (item: unknown) => Promise<void>
  /** Aborted when the subscriber leaves or the stream fails. */
  readonly signal: AbortSignal
  /** Rejects when an item cannot be sent, or too many wait because the handler does not. Never resolves. */
  readonly failed: Promise<never>
  addCredit: (count: number) => void
  /** Tries again after the wire had no room. */
  continue: () => void
  /** Resolves when everything handed over is on the wire, or the stream was stopped. */
  flush: () => Promise<void>
  stop: () => void
}

interface Waiting { item: unknown, onWire: boolean, resolve: () => void }

/** Sends items no faster than the subscriber takes them: one for each credit, and none while the wire is full. */
export function createStreamSender({ credit, send, wireHasRoom }: StreamSenderOptions): StreamSender {
  const controller = new AbortController()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  let waiting: Waiting[] = []
  let flushed: (() => void) | undefined

  const stop = (): void => {
    controller.abort()
    const left = waiting
    waiting = []
    left.forEach(entry => entry.resolve())
    flushed?.()
  }
  const fail = (error: unknown): void => {
    // The rejection is seen first, so that it is told as the reason and not as a stream that was stopped.
    failed.reject(error)
    stop()
  }
  const advance = (): void => {
    while (credit > 0 && waiting.length > 0 && wireHasRoom()) {
      const first = waiting[0]!
      if (first.onWire) {
        waiting.shift()
        first.resolve()
        continue
      }
      first.onWire = true
      credit -= 1
      try {
        send(first.item)
      }
      catch (error) {
        return fail(error)
      }
    }
    if (waiting.every(entry => entry.onWire))
      flushed?.()
  }

  return {
    signal: controller.signal,
    failed: failed.promise,
    send(item) {
      if (controller.signal.aborted)
        return Promise.resolve()
      if (waiting.length >= limits.rpcItemsWaitingMax) {
        fail(new AppError('limit/reached', `The stream handed over ${limits.rpcItemsWaitingMax} items without waiting for room.`, { limit: limits.rpcItemsWaitingMax }))
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        waiting.push({ item, onWire: false, resolve })
        advance()
      })
    },
    addCredit(count) {
      credit += count
      advance()
    },
    continue: advance,
    flush: () => new Promise((resolve) => {
      flushed = resolve
      if (waiting.every(entry => entry.onWire))
        resolve()
    }),
    stop,
  }
}
