import { keepaliveSec } from './connect-packet.ts'

/** Asked for a sign of life after this much silence; without one for a whole keep-alive, the link counts as dead. */
const pingAfterMs = keepaliveSec * 750
const pingMsMax = keepaliveSec * 1000

/** Which link has been silent for how long, by device index (MQTT 3.1.1, 3.1.2.10). */
export class Keepalive {
  readonly #sentAt: number[] = []
  /** When a PINGREQ was sent that has not been answered; 0: none. */
  readonly #pingedAt: number[] = []

  /** The link has just come online; when it is to be looked at first. */
  start(index: number, now: number): number {
    this.#sentAt[index] = now
    this.#pingedAt[index] = 0
    return now + pingAfterMs
  }

  sent(index: number, now: number): void {
    this.#sentAt[index] = now
  }

  /** PINGRESP. */
  answered(index: number): void {
    this.#pingedAt[index] = 0
  }

  /** What to do about a link now: send a PINGREQ, give it up, or nothing; and when to look again. */
  look(index: number, now: number): { verdict: 'fine' | 'ping' | 'dead', lookAgainAt: number } {
    const pingedAt = this.#pingedAt[index]!
    if (pingedAt > 0 && now - pingedAt >= pingMsMax)
      return { verdict: 'dead', lookAgainAt: now }
    const isSilent = now - this.#sentAt[index]! >= pingAfterMs
    if (isSilent) {
      this.#sentAt[index] = now
      this.#pingedAt[index] ||= now
    }
    const silentAt = this.#sentAt[index]! + pingAfterMs
    const deadAt = this.#pingedAt[index]! > 0 ? this.#pingedAt[index]! + pingMsMax : silentAt
    return { verdict: isSilent ? 'ping' : 'fine', lookAgainAt: Math.min(silentAt, deadAt) }
  }
}
