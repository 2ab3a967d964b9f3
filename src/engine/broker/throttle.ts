import type { OfflineReason } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { platformCode } from './platform-code.ts'

const secondMs = 1_000
const minuteMs = 60_000

/**
 * Counts the messages of one connection in the running second, by the cloud's rates of a device (Alink 1.6): 30 up with
 * QoS 0, 10 up with QoS 1, 50 down. What exceeds them is dropped without a word to the device (trap T26).
 */
export class MessageRate {
  #startedAt = Number.NEGATIVE_INFINITY
  readonly #up: [qos0: number, qos1: number] = [0, 0]
  #down = 0
  /** The topic of every message up in this second; null when there are several. */
  #topic: string | null = null

  /** Counts a message from the device; why it is dropped, or null. One busy topic is 1942, many together are 9324. */
  takeUp(now: number, topic: string, qos: 0 | 1): OfflineReason | null {
    this.#turn(now)
    const isFirst = this.#up[0] + this.#up[1] === 0
    this.#topic = isFirst || this.#topic === topic ? topic : null
    const allowed = qos === 0 ? limits.upPerSecQos0Max : limits.upPerSecQos1Max
    const count = ++this.#up[qos]
    if (count <= allowed)
      return null
    const rule = `${allowed} messages with QoS ${qos} are allowed in one second, and this is number ${count}`
    return this.#topic === null
      ? { code: platformCode.deviceThrottled, message: `The device sends too much: ${rule}.` }
      : { code: platformCode.topicThrottled, message: `The device sends too much on ${topic}: ${rule}.` }
  }

  /** Counts a message to the device; false when it is to be dropped. */
  takeDown(now: number): boolean {
    this.#turn(now)
    return ++this.#down <= limits.downPerSecMax
  }

  #turn(now: number): void {
    if (now - this.#startedAt < secondMs && now >= this.#startedAt)
      return
    this.#startedAt = now
    this.#up[0] = 0
    this.#up[1] = 0
    this.#down = 0
  }
}

/** Counts the logins of each device in the running minute (Alink 1.6: 5). */
export class ConnectRate {
  readonly #byDevice = new Map<number, { startedAt: number, count: number }>()

  /** Counts a login; why it is refused, or null. */
  take(now: number, deviceId: number): OfflineReason | null {
    const known = this.#byDevice.get(deviceId)
    const minute = known !== undefined && now - known.startedAt < minuteMs && now >= known.startedAt ? known : { startedAt: now, count: 0 }
    minute.count++
    this.#byDevice.set(deviceId, minute)
    return minute.count <= limits.connectsPerMinuteMax
      ? null
      : { code: platformCode.throttled, message: `The device connects too often: ${limits.connectsPerMinuteMax} times are allowed in one minute, and this is number ${minute.count}.` }
  }
}
