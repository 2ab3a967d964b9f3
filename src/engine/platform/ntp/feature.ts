import type { FeatureHandlers } from '../feature.ts'
import { handleNtpRequest } from './handle.ts'

/** The platform's clock for devices that have none; `now` in epoch milliseconds. */
export function ntpHandlers({ now }: { now: () => number }): FeatureHandlers {
  return { 'ntp.request': message => handleNtpRequest(message, now()) }
}
