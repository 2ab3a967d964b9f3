import type { JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { ParamsProblem, SignedSubDevice } from './sub-device.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'
import { textOfCode } from './codes.ts'
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

/** What a reply about a session holds. */
export interface SessionReply {
  code: number
  /** The request's id as JSON text. */
  idText: string
  /** The sub-device, or a list of them for a batch: Link SDK for C 3 looks for both names (trap T23). */
  data: JsonValue
  message: string
}

/** A reply below `/ext/session`, which has neither method nor version (Alink 3.6). */
export function buildSessionReply({ code, idText, data, message }: SessionReply): string {
  return `{"code":${code},"data":${JSON.stringify(data)},"id":${idText === '' ? '""' : idText},"message":${JSON.stringify(message)}}`
}

/** Tells a gateway that the session of a sub-device has ended or does not exist: 427, 520, 521, 522 or 6401 (Alink 3.6). */
export function buildSessionError(gateway: TopicIdentity, subDevice: TopicIdentity, code: number): OutgoingMessage {
  return {
    topic: `/ext/error/${gateway.productKey}/${gateway.deviceName}`,
    payload: buildSessionReply({ code, idText: '"0"', data: namesOf(subDevice), message: textOfCode(code) }),
  }
}
