import type { SocketQueue } from '../../shared/contract/fleet.ts'
import type { Links } from './link.ts'

/** All sockets are looked at no more often: at 18,000 devices a look takes a millisecond. */
const everyMs = 1_000

/** What waits in the sockets of a fleet, as it was when it was last looked at. */
export class SocketQueues {
  readonly #links: Pick<Links, 'cells' | 'hasRoom' | 'waitingBytes'>
  #lookedAt = Number.NEGATIVE_INFINITY
  #queue: SocketQueue = { bytes: 0, mostBytes: 0, fullDevices: 0 }

  constructor(links: Pick<Links, 'cells' | 'hasRoom' | 'waitingBytes'>) {
    this.#links = links
  }

  at(now: number): SocketQueue {
    if (now - this.#lookedAt >= everyMs) {
      this.#lookedAt = now
      this.#queue = this.#look()
    }
    return this.#queue
  }

  #look(): SocketQueue {
    const { cells } = this.#links
    const queue: SocketQueue = { bytes: 0, mostBytes: 0, fullDevices: 0 }
    for (let index = 0; index < cells.length; index++) {
      if (!cells.is(index, 'online'))
        continue
      const bytes = this.#links.waitingBytes(index)
      queue.bytes += bytes
      queue.mostBytes = Math.max(queue.mostBytes, bytes)
      if (!this.#links.hasRoom(index))
        queue.fullDevices++
    }
    return queue
  }
}
