import { Buffer } from 'node:buffer'
import { limits } from '../../shared/limits.ts'
import { frameEnd, incomplete, malformed } from './mqtt-frames.ts'

const readBytes = 64 * 1024
/** The largest packet a broker may send: the largest payload, the longest topic of MQTT, and the head. */
const frameBytesMax = limits.payloadBytesMax + 64 * 1024 + 16

/**
 * Cuts what the sockets of a fleet receive into MQTT packets. All sockets read into one buffer, one after the other;
 * only the few that end a read in the middle of a packet keep anything.
 */
export class FrameReader {
  readonly buffer = Buffer.allocUnsafeSlow(readBytes)
  /** By device index: the beginning of a packet. */
  readonly #partial = new Map<number, Buffer>()

  /**
   * Hands every complete packet of a device to `onFrame`, which answers false when the link has ended meanwhile; the
   * rest waits for the next read. False when the bytes are not MQTT.
   */
  read(index: number, length: number, onFrame: (bytes: Buffer, start: number, end: number) => boolean): boolean {
    const partial = this.#partial.get(index)
    if (partial !== undefined)
      this.#partial.delete(index)
    const bytes = partial === undefined ? this.buffer : Buffer.concat([partial, this.buffer.subarray(0, length)])
    const end = partial === undefined ? length : bytes.length
    let start = 0
    while (start < end) {
      const next = frameEnd(bytes, start, end)
      if (next === malformed || (next === incomplete && end - start > frameBytesMax))
        return false
      if (next === incomplete) {
        this.#partial.set(index, Buffer.from(bytes.subarray(start, end)))
        return true
      }
      if (!onFrame(bytes, start, next))
        return true
      start = next
    }
    return true
  }

  /** The link of a device has ended. */
  forget(index: number): void {
    this.#partial.delete(index)
  }
}
