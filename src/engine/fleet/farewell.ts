import type { Clock } from '../../shared/clock.ts'
import type { LinkSocket } from './link-socket.ts'
import { disconnectFrame } from './mqtt-frames.ts'

/** How long a goodbye may take before sockets are closed the hard way. */
const goodbyeMsMax = 2_000

/** Sockets that no device owns any more and that only have to close. */
export class Farewell {
  readonly #leaving = new Set<LinkSocket>()

  /** Sends what is still queued and DISCONNECT, then closes. */
  bid(socket: LinkSocket): void {
    this.#leaving.add(socket)
    socket.once('close', () => this.#leaving.delete(socket))
    socket.end(disconnectFrame)
  }

  /** Resolves when everyone has left. */
  done(clock: Clock): Promise<void> {
    return new Promise((resolve) => {
      const alarm = clock.setAlarm(goodbyeMsMax, () => {
        for (const socket of this.#leaving)
          socket.destroy()
      })
      const settle = (): void => {
        if (this.#leaving.size > 0)
          return
        alarm.cancel()
        resolve()
      }
      for (const socket of this.#leaving)
        socket.once('close', settle)
      settle()
    })
  }
}
