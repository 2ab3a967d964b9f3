/** How much of a second's connections may be opened at once after a pause. */
const burstShare = 0.1

/**
 * Devices that want to connect, first come first served, held back by two limits: connections opened a second, and
 * handshakes open at a time. A window of handshakes keeps a broker's short queue of not yet accepted connections (100 in
 * mosquitto) from overflowing, which costs a second per connection.
 */
export class ConnectPacer {
  connectPerSec: number
  handshakesMax: number
  readonly #waiting: number[] = []
  #head = 0
  #openHandshakes = 0
  #allowance = 0
  #refilledAt: number | undefined

  constructor(connectPerSec: number, handshakesMax: number) {
    this.connectPerSec = connectPerSec
    this.handshakesMax = handshakesMax
  }

  enqueue(index: number): void {
    this.#waiting.push(index)
  }

  /** The next device that may connect now; it counts as an open handshake until {@link handshakeEnded}. */
  take(now: number): number | undefined {
    this.#refill(now)
    if (this.#head === this.#waiting.length || this.#openHandshakes >= this.handshakesMax || this.#allowance < 1)
      return undefined
    const index = this.#waiting[this.#head++]!
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head)
      this.#head = 0
    }
    this.#allowance--
    this.#openHandshakes++
    return index
  }

  /** A handshake was answered, failed or was given up. */
  handshakeEnded(): void {
    this.#openHandshakes--
  }

  #refill(now: number): void {
    const passedMs = this.#refilledAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - this.#refilledAt)
    this.#refilledAt = now
    this.#allowance = Math.min(Math.max(1, this.connectPerSec * burstShare), this.#allowance + passedMs * this.connectPerSec / 1000)
  }
}
