import type { OutgoingMessage } from '../shared/alink/property.ts'
import type { Clock } from '../shared/clock.ts'
import type { BrokerHooks, OfflineReason } from './broker/types.ts'
import type { Downlink } from './downlink.ts'
import type { LiveDevices } from './live-devices.ts'
import type { DownlinkMessage, FeatureDevice, FeatureHandler, FeatureHandlers, Outcome, OutcomePart, UpMessage } from './platform/feature.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { Store, TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { buildSessionError } from '../shared/alink/session.ts'
import { identityIn, parseTopic } from '../shared/alink/topic.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'

export interface UplinkContext {
  clock: Clock
  store: Pick<Store, 'upsert'>
  latest: LatestValues
  live: LiveDevices
  trace: Pick<TraceKeeper, 'keep'>
  downlink: Downlink
  /** What each feature of the platform does with the messages it takes. */
  handlers: FeatureHandlers
}

export interface Uplink {
  onPublish: BrokerHooks['onPublish']
  /** Counts a refusal that is not a message, such as a refused connect. */
  countRefused: () => void
  /** Messages received and refused since the start. */
  totals: () => { up: number, refused: number }
}

/**
 * The way of a message through the house: judged by the feature it belongs to, queued for the writer together with
 * everything it changes, and only after that commit acknowledged and answered. Nothing a device sends makes it throw.
 */
export function createUplink({ clock, store, latest, live, trace, downlink, handlers }: UplinkContext): Uplink {
  let up = 0
  let refused = 0

  /** Queues what a message changes: before the message itself, so that no commit holds the message alone. */
  function apply(deviceId: number, { accepted, samples, statements }: Pick<Outcome, 'accepted' | 'samples' | 'statements'>): void {
    if (accepted && accepted.length > 0) {
      const changed = latest.update(deviceId, accepted)
      if (live.isWatched(deviceId))
        live.reported(deviceId, changed, samples ?? [])
    }
    for (const { key, statement } of statements ?? [])
      store.upsert(key, statement)
  }

  /** Keeps what a gateway said about a sub-device as a row of the sub-device's own. */
  function keepPart(part: OutcomePart, { at, qos }: TraceEntry, causeId: number): void {
    const { device: { deviceId }, topic, payload, code, detail } = part
    apply(deviceId, part)
    const entry: TraceEntry = { at, deviceId, deviceKey: null, direction: 'up', topic, qos, payload, code, detail, causeId: causeId || null, samples: part.samples ?? null }
    trace.keep(entry, { mustKeep: qos === 1 })
  }

  return {
    countRefused: () => { refused += 1 },
    totals: () => ({ up, refused }),
    onPublish: ({ device }, message, refusal, acknowledge) => {
      up += 1
      // The broker's buffer is used again after this call.
      const payload = message.payload.slice()
      const receivedAt = clock.now()
      const outcome = refusal
        ? describeRefusal(device, message.topic, refusal)
        : judge(handlers, { device, topic: parseTopic(message.topic), topicText: message.topic, payload, receivedAt })
      if (outcome.code !== null && outcome.code !== 200)
        refused += 1
      apply(device.deviceId, outcome)
      const entry: TraceEntry = {
        at: receivedAt,
        deviceId: device.deviceId,
        deviceKey: null,
        direction: 'up',
        topic: message.topic,
        qos: message.qos,
        payload,
        code: outcome.code,
        detail: outcome.detail,
        causeId: outcome.causeId || null,
        samples: outcome.samples ?? null,
      }
      const id = trace.keep(entry, { mustKeep: message.qos === 1, onCommitted: acknowledge })
      // Only QoS 0 can be left out of a full queue, and then there is nothing to wait for.
      if (id === 0)
        acknowledge()
      for (const part of outcome.parts ?? [])
        keepPart(part, entry, id)
      for (const reply of outcome.replies ?? [])
        downlink.send(device.deviceId, reply, { id: outcome.causeId || id, waits: message.qos === 1 })
      outcome.afterwards?.(outcome.causeId || id)
    },
  }
}

/** Asks the feature that a topic belongs to for its verdict; a message that no feature takes is kept without one. */
function judge(handlers: FeatureHandlers, message: UpMessage): Outcome {
  const handler = handlers[message.topic.kind] as FeatureHandler | undefined
  return handler?.(message) ?? { code: null, detail: null }
}

/** A gateway is told when it speaks for a sub-device that is not logged in through it (Alink 3.6). */
const sessionMissing = 520

function describeRefusal(device: FeatureDevice, topic: string, { code, message }: OfflineReason): Outcome {
  const detail = packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation: topic, code, message }] })
  const named = code === sessionMissing ? identityIn(topic) : null
  return named === null ? { code, detail } : { code, detail, replies: [toBytes(buildSessionError(device, named, code))] }
}

function toBytes({ topic, payload }: OutgoingMessage): DownlinkMessage {
  return { topic, payload: Buffer.from(payload) }
}
