import type { Topic } from '../../shared/alink/topic.ts'
import type { DeviceIdentity } from '../../shared/contract/device.ts'
import type { ReplayOmission } from '../../shared/contract/replay.ts'
import type { ReplayRow } from './types.ts'
import { identityIn, identityLevels, parseTopic } from '../../shared/alink/topic.ts'

/** What a recorded row is to a replay: something that a device does again, or the reason why it does not. */
export type Playable = { kind: 'publish', topic: Topic } | { kind: 'online' } | { kind: 'offline' } | { kind: 'left-out', reason: ReplayOmission }

/** What a device says of itself; nothing it goes on to do depends on the answer. */
const reports = new Set<Topic['kind']>(['property.post', 'property.batchPost', 'property.historyPost', 'event.post', 'raw.up', 'tag.update', 'tag.delete', 'log.post', 'network.post', 'ota.inform', 'custom', 'unknown'])
const answers = new Set<Topic['kind']>(['rrpc.response', 'ext.rrpc'])
const forOthers = /^(?:topo|sub|session)\.|^property\.packPost$/

/** Judges a recorded row. `isSubDevice` says whether the devices of a product have no connection of their own. */
export function judgeRow(row: ReplayRow, isSubDevice: (productKey: string) => boolean): Playable {
  const { direction, productKey, deviceName } = row
  if (direction === 'line')
    return leftOut('line')
  if (direction === 'down')
    return leftOut('downlink')
  if (productKey === '' || deviceName === '')
    return leftOut('unknown-device')
  if (direction === 'record') {
    if (row.topic !== 'online' && row.topic !== 'offline')
      return leftOut('record')
    return isSubDevice(productKey) ? leftOut('gateway') : { kind: row.topic }
  }
  // What a gateway said of a sub-device is a row of the sub-device too.
  return isSubDevice(productKey) ? leftOut('gateway') : judgeTopic(parseTopic(row.topic), row)
}

function judgeTopic(topic: Topic, { topic: text, productKey, deviceName }: ReplayRow): Playable {
  if (topic.kind === 'invalid')
    return leftOut('topic')
  if (('reply' in topic && topic.reply) || answers.has(topic.kind))
    return leftOut('reply')
  if (forOthers.test(topic.kind))
    return leftOut('gateway')
  const named = identityIn(text)
  if (named !== null && (named.productKey !== productKey || named.deviceName !== deviceName))
    return leftOut('topic')
  return reports.has(topic.kind) ? { kind: 'publish', topic } : leftOut('request')
}

function leftOut(reason: ReplayOmission): Playable {
  return { kind: 'left-out', reason }
}

/** The topic of one device as that of another one; a topic that names no device stays what it is. */
export function moveTopic(topic: string, to: DeviceIdentity): string {
  if (identityIn(topic) === null)
    return topic
  const levels = topic.split('/')
  const level = identityLevels[levels[1] ?? ''] ?? 1
  levels[level] = to.productKey
  levels[level + 1] = to.deviceName
  return levels.join('/')
}
