import type { OutgoingMessage } from './property.ts'
import type { TopicIdentity } from './topic.ts'

/** What the platform tells a sub-device about itself. */
export type EnableNotice = 'disable' | 'enable' | 'delete'

/** The notice that a sub-device is disabled, enabled again or deleted (Alink 7.8); `id` is decimal digits. */
export function buildEnableNotice({ productKey, deviceName }: TopicIdentity, what: EnableNotice, id: string): OutgoingMessage {
  return {
    topic: `/sys/${productKey}/${deviceName}/thing/${what}`,
    payload: `{"method":"thing.${what}","id":${JSON.stringify(id)},"params":{},"version":"1.0"}`,
  }
}
