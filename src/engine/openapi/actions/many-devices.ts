import type { ManyReport } from '../../../shared/contract/device-call.ts'
import { ApiFailure } from '../failure.ts'

/** A command to several devices succeeds when at least one of them got it. Throws ApiFailure with the reason of the first one otherwise. */
export function failWhenNoneSent({ sent, failed }: ManyReport): void {
  const [first] = failed
  if (sent.length === 0 && first !== undefined)
    throw new ApiFailure('iot.messagebroker.OFFLINE', `None of the ${failed.length} devices takes the command; ${first.deviceName}: ${first.message}`, { platformCode: first.code })
}
