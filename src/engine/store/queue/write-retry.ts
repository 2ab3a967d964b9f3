import type { Alarm, Clock } from '../../../shared/clock.ts'
import type { StoreNotice } from '../types.ts'
import { limits } from '../../../shared/limits.ts'

/** Whether writing works, and when it is tried again. */
export interface WriteRetry {
  /** The sentence that says what is wrong; null while writing works. */
  readonly failing: string | null
  /** The writer could not commit; it keeps the batch until it is told to try again. */
  failed: (message: string) => void
  /** The writer has committed something. */
  succeeded: () => void
  /** The writer is gone: nothing will be tried again. */
  gaveUp: (message: string) => void
  close: () => void
}

/** `retry` is called by an alarm after 200 ms, then twice that, and so on up to five seconds. */
export function createWriteRetry(options: { clock: Clock, retry: () => void, onNotice: (notice: StoreNotice) => void }): WriteRetry {
  const { clock, retry, onNotice } = options
  let failing: string | null = null
  let since = 0
  let delayMs: number = limits.writeRetryMsMin
  let alarm: Alarm | null = null
  let closed = false

  function begin(message: string): void {
    if (failing === null) {
      since = clock.now()
      onNotice({ code: 'write-failing', message: `${message} New messages wait in memory; writing is tried again until it works.`, at: since })
    }
    failing = message
  }

  return {
    get failing() { return failing },
    failed(message) {
      begin(message)
      alarm?.cancel()
      if (closed)
        return
      alarm = clock.setAlarm(delayMs, retry)
      delayMs = Math.min(delayMs * 2, limits.writeRetryMsMax)
    },
    succeeded() {
      if (failing === null)
        return
      failing = null
      alarm?.cancel()
      alarm = null
      delayMs = limits.writeRetryMsMin
      const at = clock.now()
      onNotice({ code: 'write-resumed', message: `The workspace can be written again, after ${Math.round((at - since) / 1000)} s.`, at })
    },
    gaveUp(message) {
      begin(message)
      alarm?.cancel()
      alarm = null
    },
    close() {
      closed = true
      alarm?.cancel()
      alarm = null
    },
  }
}
