import type { EventEmitter } from 'node:events'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** How long to wait before the test fails; not a timing assertion, so it is generous. Default 10,000 ms. */
  timeoutMs?: number
  /** What is waited for, in words; it is the message when it never comes. */
  what?: string
}

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>

/**
 * Asks again and again until `condition` returns something truthy, and returns that. An exception counts as "not yet";
 * the last one is the cause of the failure when time runs out.
 */
export async function waitFor<T>(condition: () => T | Promise<T>, options: WaitOptions = {}): Promise<Truthy<T>> {
  const timeoutMs = options.timeoutMs ?? 10_000
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      const value = await condition()
      if (value)
        return value as Truthy<T>
      cause = undefined
    }
    catch (error) {
      cause = error
    }
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs} ms for ${options.what ?? condition.toString()}, and it never came.`, { cause })
    await delay(pauseMs)
  }
}

/** The arguments of the next `event` of `emitter`; fails when it does not come in time. */
export async function waitForEvent(emitter: EventEmitter, event: string, options: WaitOptions = {}): Promise<unknown[]> {
  const timeoutMs = options.timeoutMs ?? 10_000
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await once(emitter, event, { signal }) as unknown[]
  }
  catch (error) {
    if (!signal.aborted)
      throw error
    throw new Error(`Waited ${timeoutMs} ms for ${options.what ?? `the event ${event}`}, and it never came.`, { cause: error })
  }
}
