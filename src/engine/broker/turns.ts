/** A connection whose bytes wait for their turn. */
export interface Waiting {
  /** Handles what has waited, and returns how many bytes that were. */
  takeLate: () => number
}

/** Packets that are handled before others have their turn; a few hundredths of a second of a busy engine's work. */
const packetsPerTurn = 1_000
/** Bytes that may wait; beyond, packets are handled as they come, however long that takes. */
const waitingBytesMax = 64 * 1024 * 1024

/**
 * Keeps a turn of the event loop short when thousands of devices send more than can be handled: what comes after a
 * turn's worth of packets waits in the order of its coming, and its connections are not read from meanwhile. Otherwise one
 * turn would handle whatever lies in all the sockets, seconds of it, and whoever wants to connect, or asks for a page,
 * would have to wait several such turns. Connections that have not logged in never wait.
 */
export class Turns {
  #packets = 0
  #waiting = new Set<Waiting>()
  #waitingBytes = 0
  #isScheduled = false

  /** Whether bytes that come now have to wait. */
  get isOver(): boolean {
    return (this.#packets >= packetsPerTurn || this.#waiting.size > 0) && this.#waitingBytes < waitingBytesMax
  }

  /** A packet is being handled. */
  count(): void {
    if (++this.#packets === 1)
      this.#schedule()
  }

  /** Some bytes of `item` wait from now on. */
  wait(item: Waiting, bytes: number): void {
    this.#waiting.add(item)
    this.#waitingBytes += bytes
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled)
      return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#begin()
    })
  }

  #begin(): void {
    this.#packets = 0
    for (const item of this.#waiting) {
      if (this.#packets >= packetsPerTurn)
        break
      this.#waiting.delete(item)
      this.#waitingBytes -= item.takeLate()
    }
    if (this.#waiting.size > 0)
      this.#schedule()
  }
}
