import type { OutgoingMessage } from '../../../shared/alink/property.ts'
import type { SystemKind } from '../../../shared/alink/system-topics.ts'
import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { Sample } from './samples.ts'
import { buildRequest } from '../../../shared/alink/request.ts'
import { buildTopic } from '../../../shared/alink/topic.ts'

/** Samples that become the latest values, by property (`property/batch/post`, Alink 5.4). `id` is decimal digits. */
export function batchMessage(device: TopicIdentity, id: string, samples: readonly Sample[]): OutgoingMessage {
  return build(device, 'property.batchPost', id, { properties: byName(samples.filter(({ isEvent }) => !isEvent)), ...samples.some(({ isEvent }) => isEvent) && { events: byName(samples.filter(({ isEvent }) => isEvent)) } })
}

/** Samples and events of the past, which leave the latest values alone (`property/history/post`, Alink 5.4). */
export function historyMessage(device: TopicIdentity, id: string, samples: readonly Sample[]): OutgoingMessage {
  const { productKey, deviceName } = device
  const read = (isEvent: boolean): JsonObject[] => samples.filter(sample => sample.isEvent === isEvent).map(({ text }) => JSON.parse(text) as JsonObject)
  return build(device, 'property.historyPost', id, [{ identity: { productKey, deviceName }, properties: read(false), events: read(true) }])
}

function build({ productKey, deviceName }: TopicIdentity, kind: SystemKind, id: string, params: JsonValue): OutgoingMessage {
  return buildRequest(buildTopic({ kind, productKey, deviceName, reply: false }), id, params)
}

function byName(samples: readonly Sample[]): JsonObject {
  const lists: Record<string, JsonValue[]> = {}
  for (const { text } of samples) {
    for (const [key, value] of Object.entries(JSON.parse(text) as JsonObject))
      (lists[key] ??= []).push(value)
  }
  return lists
}
