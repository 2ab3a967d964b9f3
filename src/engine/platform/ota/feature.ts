import type { FeatureHandlers } from '../feature.ts'
import { parseFirmwareGet } from '../../../shared/alink/ota.ts'
import { answerRequest } from '../answer-request.ts'
import { answerUpgradeRequest, malformed, takeProgress, takeVersion } from './handle.ts'

/**
 * What devices say about updates of their firmware (Alink 8). Versions are kept; there are no packages to be had, so a device
 * that asks is told that there is no task for it: `data` is empty.
 */
export const otaHandlers: FeatureHandlers = {
  'ota.inform': takeVersion,
  'ota.progress': takeProgress,
  'ota.request': answerUpgradeRequest,
  'ota.firmwareGet': message => answerRequest(message, ({ params }) => {
    const wanted = parseFirmwareGet(params)
    return 'expected' in wanted ? { issue: malformed(wanted), replyCode: 460 } : {}
  }, { bizCode: 'OTA', operation: 'OTAFirmwareRequest' }),
}
