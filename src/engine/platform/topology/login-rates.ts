import { limits } from '../../../shared/limits.ts'

const minuteMs = 60_000

/** How often each sub-device has tried to log in within the last minute (cloud: 5 times). */
export class LoginRates {
  readonly #recent = new Map<number, number[]>()

  /** Counts a try; false when it is one too many. */
  take(deviceId: number, at: number): boolean {
    const recent = (this.#recent.get(deviceId) ?? []).filter(time => time > at - minuteMs)
    if (recent.length >= limits.subDeviceLoginsPerMinuteMax)
      return false
    this.#recent.set(deviceId, [...recent, at])
    return true
  }

  /** The device is gone. */
  forget(deviceId: number): void {
    this.#recent.delete(deviceId)
  }
}
