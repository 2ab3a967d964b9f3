import type { JsonValue } from '../json.ts'
import type { OutgoingMessage } from './property.ts'
import { methodOfTopic } from './topic.ts'

/**
 * A request of a device on a topic under `/sys/{productKey}/{deviceName}/` (Alink 0.4), with the method that goes with
 * the topic; an answer is wanted. `id` is decimal digits.
 */
export function buildRequest(topic: string, id: string, params: JsonValue): OutgoingMessage {
  return {
    topic,
    payload: `{"id":${JSON.stringify(id)},"version":"1.0","sys":{"ack":1},"params":${JSON.stringify(params)},"method":${JSON.stringify(methodOfTopic(topic))}}`,
  }
}
