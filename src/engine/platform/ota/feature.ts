import type { FeatureHandlers } from '../feature.ts'
import type { OtaContext } from './types.ts'
import { takeBlockRequest } from './blocks.ts'
import { takeFirmwareGet, takeProgress, takeUpgradeRequest, takeVersion } from './handle.ts'

/**
 * What devices say about updates of their firmware (Alink 8): versions are kept, and they, progress and questions move the tasks
 * of the device.
 */
export function otaHandlers(context: OtaContext): FeatureHandlers {
  const { updates } = context
  return {
    'ota.inform': message => takeVersion(message, context),
    'ota.progress': message => takeProgress(message, updates),
    'ota.request': message => takeUpgradeRequest(message, updates),
    'file.download': message => takeBlockRequest(message, updates),
    'ota.firmwareGet': message => takeFirmwareGet(message, updates),
  }
}
