import type { FeatureDevice, FeatureHandler, FeatureHandlers } from '../feature.ts'
import { createHash } from 'node:crypto'
import { answerRequest } from '../answer-request.ts'
import { noteAnswer } from '../note-answer.ts'

export interface ConsumerAppContext {
  /** The secret of a device; undefined for one that is being deleted. */
  secretOf: (device: FeatureDevice) => string | undefined
}

const agree: FeatureHandler = message => answerRequest(message, () => ({}))

/**
 * What firmware for the vendor's consumer app asks after its login: binding to a user's account, keys for control over the local
 * network, Wi-Fi set-up of a neighbour (Alink 7.9). There is no app here to bind to, so everything is granted and nothing
 * follows from it; the firmware goes on with its work. What a device answers to notices of that kind is noted.
 */
export function consumerAppHandlers({ secretOf }: ConsumerAppContext): FeatureHandlers {
  return {
    'device.reset': agree,
    'extension.post': agree,
    'extension.notify': noteAnswer,
    'cipher.get': agree,
    'awss.match': agree,
    'awss.found': agree,
    'awss.checkin': noteAnswer,
    'awss.switchAp': noteAnswer,
    'lan.blacklistUpdate': agree,
    'lan.prefixUpdate': noteAnswer,
    'lan.prefixGet': message => answerRequest(message, () => {
      const { productKey, deviceName } = message.device
      return { data: { deviceName, deviceSecret: secretOf(message.device) ?? '', prefix: lanPrefix(productKey, deviceName), productKey } }
    }),
    'bootstrap.notify': noteAnswer,
    'bootstrap.configPush': noteAnswer,
  }
}

/** What names a device to others on its local network; the same every time. */
function lanPrefix(productKey: string, deviceName: string): string {
  return createHash('sha256').update(`${productKey}&${deviceName}`).digest('hex').slice(0, 8)
}
