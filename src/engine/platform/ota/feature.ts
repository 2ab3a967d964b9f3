import type { DeviceVersion } from '../../../shared/contract/device.ts'
import type { FeatureHandlers } from '../feature.ts'
import { parseFirmwareGet } from '../../../shared/alink/ota.ts'
import { answerRequest } from '../answer-request.ts'
import { answerUpgradeRequest, malformed, takeProgress, takeVersion } from './handle.ts'

export interface OtaContext {
  /** A device has reported a version; told before it is written. */
  onVersion: (deviceId: number, version: DeviceVersion) => void
}

/**
 * What devices say about updates of their firmware (Alink 8). Versions are kept; there are no packages to be had, so a device
 * that asks is told that there is no task for it: `data` is empty.
 */
export function otaHandlers({ onVersion }: OtaContext): FeatureHandlers {
  return {
    'ota.inform': message => takeVersion(message, onVersion),
    'ota.progress': takeProgress,
    'ota.request': answerUpgradeRequest,
    'ota.firmwareGet': message => answerRequest(message, ({ params }) => {
      const wanted = parseFirmwareGet(params)
      return 'expected' in wanted ? { issue: malformed(wanted), replyCode: 460 } : {}
    }, { bizCode: 'OTA', operation: () => 'OTAFirmwareRequest' }),
  }
}
