import type { JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { ParamsProblem, SignedSubDevice } from './sub-device.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'
import { textOfCode } from './codes.ts'
import { buildShortReply } from './envelope.ts'
import { namesOf, parseSignedSubDevices, parseSubDevices } from './sub-device.ts'

/** The sub-devices of a batch login: a list under `deviceList`, with a signing method for all of them or one each (Alink 3.6). */
export function parseBatchLogin(params: JsonValue | undefined): SignedSubDevice[] | ParamsProblem {
  const { deviceList, signMethod, signmethod }: Partial<Record<string, JsonValue | undefined>> = isJsonObject(params) ? params : { deviceList: params }
  const method = signMethod ?? signmethod
  return parseSignedSubDevices(deviceList, 'params.deviceList', typeof method === 'string' ? method : '')
}

/** The sub-devices of a batch logout: a list, or a list under `deviceList` as in the batch login. */
export function parseBatchLogout(params: JsonValue | undefined): TopicIdentity[] | ParamsProblem {
  return isJsonObject(params) && params.deviceList !== undefined
    ? parseSubDevices(params.deviceList, 'params.deviceList')
    : parseSubDevices(params)
}

/** Tells a gateway that the session of a sub-device has ended or does not exist: 427, 520, 521, 522 or 6401 (Alink 3.6). */
export function buildSessionError(gateway: TopicIdentity, subDevice: TopicIdentity, code: number): OutgoingMessage {
  return {
    topic: `/ext/error/${gateway.productKey}/${gateway.deviceName}`,
    payload: buildShortReply({ code, idText: '"0"', data: namesOf(subDevice), message: textOfCode(code) }),
  }
}
