import type { AccountRates, DeviceRates, OfflineReason } from './types.ts'
import { limits } from '../../shared/limits.ts'
import { platformCode } from './platform-code.ts'

const secondMs = 1_000
const minuteMs = 60_000

/** What the cloud lets a device do (Alink 1.6). */
export const cloudRates: DeviceRates = {
  upQos0PerSec: limits.upPerSecQos0Max,
  upQos1PerSec: limits.upPerSecQos1Max,
  downPerSec: limits.downPerSecMax,
  connectsPerMinute: limits.connectsPerMinuteMax,
}

/** Why something exceeds a rate; the first in its second or minute raises the quota event. */
export interface Excess extends OfflineReason { isFirst: boolean }

/**
 * Counts the messages of one connection in the running second, by the rates of its device. What exceeds them is dropped
 * without a word to the device (trap T26).
 */
export class MessageRate {
  #startedAt = Number.NEGATIVE_INFINITY
  readonly #up: [qos0: number, qos1: number] = [0, 0]
  #down = 0
  /** The topic of every message up in this second; null when there are several. */
  #topic: string | null = null

  /** Counts a message from the device; why it is dropped, or null. One busy topic is 1942, many together are 9324. */
  takeUp(now: number, topic: string, qos: 0 | 1, rates: DeviceRates = cloudRates): Excess | null {
    this.#turn(now)
    const isFirst = this.#up[0] + this.#up[1] === 0
    this.#topic = isFirst || this.#topic === topic ? topic : null
    const allowed = qos === 0 ? rates.upQos0PerSec : rates.upQos1PerSec
    const count = ++this.#up[qos]
    if (count <= allowed)
      return null
    const rule = `${allowed} messages with QoS ${qos} are allowed in one second, and this is number ${count}`
    const { code, message } = this.#topic === null
      ? { code: platformCode.deviceThrottled, message: `The device sends too much: ${rule}.` }
      : { code: platformCode.topicThrottled, message: `The device sends too much on ${topic}: ${rule}.` }
    return { code, message, isFirst: count === allowed + 1 }
  }

  /** Counts a message to the device; why it is dropped, or null. */
  takeDown(now: number, { downPerSec }: DeviceRates = cloudRates): Excess | null {
    this.#turn(now)
    const count = ++this.#down
    return count <= downPerSec
      ? null
      : { code: platformCode.deviceThrottled, message: `Too much is sent to the device: ${downPerSec} messages are allowed in one second, and this is number ${count}.`, isFirst: count === downPerSec + 1 }
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

/** Counts the logins of each device in the running minute. */
export class ConnectRate {
  readonly #byDevice = new Map<number, { startedAt: number, count: number }>()

  /** Counts a login; why it is refused, or null. */
  take(now: number, deviceId: number, { connectsPerMinute }: DeviceRates = cloudRates): Excess | null {
    const known = this.#byDevice.get(deviceId)
    const minute = known !== undefined && now - known.startedAt < minuteMs && now >= known.startedAt ? known : { startedAt: now, count: 0 }
    minute.count++
    this.#byDevice.set(deviceId, minute)
    return minute.count <= connectsPerMinute
      ? null
      : { code: platformCode.throttled, message: `The device connects too often: ${connectsPerMinute} times are allowed in one minute, and this is number ${minute.count}.`, isFirst: minute.count === connectsPerMinute + 1 }
  }
}

const accountWords = { up: 'The devices of the account send', down: 'The platform sends', connects: 'The devices of the account connect' } as const

/** Counts what all devices do together in the running second. */
export class AccountRate {
  #startedAt = Number.NEGATIVE_INFINITY
  readonly #counts = { up: 0, down: 0, connects: 0 }

  take(now: number, what: 'up' | 'down' | 'connects', rates: AccountRates): Excess | null {
    if (now - this.#startedAt >= secondMs || now < this.#startedAt) {
      this.#startedAt = now
      Object.assign(this.#counts, { up: 0, down: 0, connects: 0 })
    }
    const allowed = { up: rates.upPerSec, down: rates.downPerSec, connects: rates.connectsPerSec }[what]
    const count = ++this.#counts[what]
    return count <= allowed
      ? null
      : { code: what === 'connects' ? platformCode.throttled : platformCode.deviceThrottled, message: `${accountWords[what]} too much: ${allowed} are allowed in one second of all devices together, and this is number ${count}.`, isFirst: count === allowed + 1 }
  }
}
