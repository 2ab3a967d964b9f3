import type { Alarm, Clock } from './clock.ts'

/** Where a stream's items go; see `StreamHandlers`. */
export interface Subscriber<Item> { send: (item: Item) => Promise<void>, signal: AbortSignal }

/** What a source collects between two items. */
export interface Collector<Item> {
  /** Whatever gathered since the last call, or undefined when nothing did. */
  take: () => Item | undefined
}

/**
 * Sends what a collector gathers, at most once every `intervalMs` and never before the subscriber has room, until the
 * subscriber leaves. A slow page therefore receives fewer, larger items; what a collector cannot hold it counts.
 */
export function pump<Item>(clock: Clock, subscriber: Subscriber<Item>, collector: Collector<Item>, intervalMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let alarm: Alarm | undefined
    const stop = (): void => {
      alarm?.cancel()
      subscriber.signal.removeEventListener('abort', stop)
      resolve()
    }
    const turn = async (): Promise<void> => {
      try {
        const item = collector.take()
        if (item !== undefined)
          await subscriber.send(item)
      }
      catch (error) {
        if (!subscriber.signal.aborted)
          reject(error instanceof Error ? error : new Error(String(error)))
        return stop()
      }
      if (!subscriber.signal.aborted)
        alarm = clock.setAlarm(intervalMs, () => void turn())
    }
    if (subscriber.signal.aborted)
      return resolve()
    subscriber.signal.addEventListener('abort', stop)
    void turn()
  })
}

/** A set of listeners that costs nothing to announce to while it is empty. */
export class Announcer<T> {
  readonly #listeners = new Set<(value: T) => void>()

  get listening(): boolean {
    return this.#listeners.size > 0
  }

  announce(value: T): void {
    for (const listener of this.#listeners)
      listener(value)
  }

  /** Listens until the signal aborts. */
  listen(signal: AbortSignal, listener: (value: T) => void): void {
    if (signal.aborted)
      return
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener))
  }
}
