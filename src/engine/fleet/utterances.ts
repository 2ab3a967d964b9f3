import { createHash, hash } from 'node:crypto'

/** What a device has said so far, as one number: SHA-256 in hex. */
export interface SaidByDevice { deviceName: string, digest: string }

const nothing = hash('sha256', '', 'hex')

/**
 * Remembers, as a hash of 32 bytes a device, what each device of a fleet said: topic, payload and the millisecond of the run
 * at which it said it, in the order in which it did.
 */
export class Utterances {
  readonly #startedAt: number
  readonly #digests: string[] = []

  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  said(index: number, at: number, topic: string, payload: string | Uint8Array): void {
    const text = createHash('sha256').update(`${this.#digests[index] ?? nothing} ${Math.round(at - this.#startedAt)} ${topic} `).update(payload)
    this.#digests[index] = text.digest('hex')
  }

  of(index: number): string {
    return this.#digests[index] ?? nothing
  }

  /** Forgets the devices from `count` on. */
  truncate(count: number): void {
    this.#digests.length = Math.min(this.#digests.length, count)
  }
}

/** One hash (SHA-256 in hex) over what all devices said, in the order of their names. */
export function hashOfRun(said: readonly SaidByDevice[]): string {
  const whole = createHash('sha256')
  for (const { deviceName, digest } of said.toSorted((one, other) => one.deviceName < other.deviceName ? -1 : 1))
    whole.update(`${deviceName} ${digest}\n`)
  return whole.digest('hex')
}
