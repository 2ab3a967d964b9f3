import process from 'node:process'

export interface StopSignal extends Disposable {
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** Resolves with it. */
  readonly stopped: Promise<void>
}

/**
 * One Ctrl-C may arrive several times: a terminal sends it to every process of the group, and npx and bin.mjs pass on
 * what they get. Only a signal that comes later than this was sent by somebody who will not wait.
 */
const echoMs = 500

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Turns the first SIGINT or SIGTERM into a request to stop in order; a second one ends the process at once. Disposing
 * of it gives the signals their usual meaning back.
 */
export function watchStopSignals(): StopSignal {
  const controller = new AbortController()
  const stopped = Promise.withResolvers<void>()
  let firstAt: number | null = null
  const receive = (signal: NodeJS.Signals): void => {
    const now = performance.now()
    if (firstAt === null) {
      firstAt = now
      controller.abort()
      stopped.resolve()
    }
    else if (now - firstAt > echoMs) {
      process.exit(exitCodes[signal as keyof typeof exitCodes])
    }
  }
  process.on('SIGINT', receive)
  process.on('SIGTERM', receive)
  return {
    signal: controller.signal,
    stopped: stopped.promise,
    [Symbol.dispose]() {
      process.off('SIGINT', receive)
      process.off('SIGTERM', receive)
    },
  }
}
