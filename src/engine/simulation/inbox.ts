import type { Buffer } from 'node:buffer'
import type { SeatMessage } from '../../shared/contract/device-simulation.ts'
import { limits } from '../../shared/limits.ts'

/** What a simulated device has received, as far as it is kept; the oldest go first. */
export class Inbox {
  #messages: SeatMessage[] = []
  #bytes = 0
  #nextNo = 1

  add(at: number, topic: string, qos: 0 | 1, payload: Buffer, requestNo: number | null): void {
    this.#messages.push({ messageNo: this.#nextNo++, at, topic, qos, payloadBase64: payload.toString('base64'), requestNo })
    this.#bytes += payload.length
    while (this.#messages.length > limits.seatMessagesMax || (this.#bytes > limits.seatMessageBytesMax && this.#messages.length > 1))
      this.#bytes -= sizeOf(this.#messages.shift()!)
  }

  /** Newest first. */
  newest(limit: number): SeatMessage[] {
    return this.#messages.slice(-limit).reverse()
  }

  /** Those behind a number, oldest first. */
  after(messageNo: number): SeatMessage[] {
    return this.#messages.filter(message => message.messageNo > messageNo)
  }

  get lastNo(): number {
    return this.#nextNo - 1
  }
}

function sizeOf({ payloadBase64 }: SeatMessage): number {
  return Math.floor(payloadBase64.length * 3 / 4)
}
