import type { JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'
import { isJsonObject } from '../json.ts'

/**
 * What is wrong with the `params` of `thing/config/get`; null when nothing is. A device can ask for the file of its product only
 * (Alink 9). Never throws.
 */
export function parseConfigGet(params: JsonValue | undefined): { expected: string, got: JsonValue | undefined } | null {
  if (!isJsonObject(params))
    return { expected: '"params" to be {"configScope":"product","getType":"file"}', got: params }
  const { configScope, getType } = params
  if (configScope !== 'product')
    return { expected: '"configScope" to be "product"', got: configScope }
  return getType === 'file' ? null : { expected: '"getType" to be "file"', got: getType }
}

/** What a device is told of a configuration, in an answer and in a push (Alink 9). */
export interface ConfigNotice {
  configId: string
  /** Bytes of the file. */
  configSize: number
  getType: 'file'
  /** SHA-256 of the file as hex digits. */
  sign: string
  signMethod: 'Sha256'
  url: string
}

/** A push of a configuration (Alink 9). */
export function buildConfigPush({ productKey, deviceName }: TopicIdentity, notice: ConfigNotice, id: string): OutgoingMessage {
  return {
    topic: `/sys/${productKey}/${deviceName}/thing/config/push`,
    payload: JSON.stringify({ id, version: '1.0', params: notice, method: 'thing.config.push' }),
  }
}
