import { limits } from '../limits.ts'

export interface StreamReaderOptions {
  onItem: (item: unknown) => void | Promise<void>
  /** Tells the engine that so many more items may come. */
  giveCredit: (count: number) => void
  /** Called once, after the last item has been dealt with; with the error when the stream or `onItem` failed. */
  onOver: (error?: unknown) => void
}

export interface StreamReader {
  item: (value: unknown) => void
  /** The engine said that nothing more comes. */
  over: (error?: unknown) => void
  /** Forgets what still waits and calls nothing any more. */
  stop: () => void
}

/**
 * Hands the items of one subscription to its reader one at a time and in order, and asks for more in halves of the credit, so that
 * a slow reader holds at most `limits.rpcCreditInitial` items and a quick one costs few messages.
 */
export function createStreamReader({ onItem, giveCredit, onOver }: StreamReaderOptions): StreamReader {
  let waiting: unknown[] = []
  let busy = false
  let stopped = false
  let used = 0
  let ending: { error?: unknown } | undefined

  const stop = (): void => {
    stopped = true
    waiting = []
  }
  const finish = (error?: unknown): void => {
    stop()
    onOver(error)
  }
  const itemUsed = (): void => {
    used += 1
    if (used >= limits.rpcCreditInitial / 2 && !ending && !stopped) {
      giveCredit(used)
      used = 0
    }
  }
  /** Hands over one item; false when the next has to wait for it. */
  const handOver = (item: unknown): boolean => {
    let result: void | Promise<void>
    try {
      result = onItem(item)
    }
    catch (error) {
      finish(error)
      return false
    }
    if (typeof result?.then !== 'function') {
      itemUsed()
      return true
    }
    busy = true
    result.then(
      () => {
        busy = false
        itemUsed()
        drain()
      },
      (error) => {
        if (!stopped)
          finish(error)
      },
    )
    return false
  }
  function drain(): void {
    // The reader may stop the stream from within an item; that empties the queue.
    for (;;) {
      if (busy || waiting.length === 0 || !handOver(waiting.shift()))
        break
    }
    if (!busy && !stopped && ending)
      finish(ending.error)
  }

  return {
    item(value) {
      if (stopped)
        return
      waiting.push(value)
      drain()
    },
    over(error) {
      if (stopped)
        return
      ending = { error }
      drain()
    },
    stop,
  }
}
