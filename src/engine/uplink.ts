import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { BrokerHooks, OfflineReason } from './broker/types.ts'
import type { Downlink } from './downlink.ts'
import type { LiveDevices } from './live-devices.ts'
import type { FeatureDevice, FeatureHandler, FeatureHandlers, Outcome, OutcomePart, UpMessage } from './platform/feature.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { Store, TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { parseTopic } from '../shared/alink/topic.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'

export interface UplinkContext {
  clock: Clock
  store: Pick<Store, 'upsert'>
  latest: LatestValues
  live: LiveDevices
  trace: Pick<TraceKeeper, 'keep' | 'amend'>
  downlink: Downlink
  /** What each feature of the platform does with the messages it takes. */
  handlers: FeatureHandlers
}

/** What is kept of a message that had to be parsed. */
export interface ParsedRecord {
  /** Epoch milliseconds of the message's arrival. */
  at: number
  operation: string
  /** Shown as JSON. */
  content: object
  steps: readonly TraceStep[]
  /** The row of the message. */
  causeId: number
}

export interface Uplink {
  onPublish: BrokerHooks['onPublish']
  /** Counts a refusal that is not a message, such as a refused connect. */
  countRefused: () => void
  /** What the feature of its topic says of a message; for one that had to be parsed first (Alink 5.8). */
  judge: (message: UpMessage) => Outcome
  /**
   * Applies what a message has come to that had to be parsed first, and keeps what it meant as a record of the journey, with
   * its samples. The replies are left to the caller.
   */
  keepParsed: (device: FeatureDevice, outcome: Outcome, record: ParsedRecord) => void
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

  function keepParsed({ deviceId }: FeatureDevice, outcome: Outcome, { at, operation, content, steps, causeId }: ParsedRecord): void {
    countVerdict(outcome)
    apply(deviceId, outcome)
    const entry: TraceEntry = {
      at,
      deviceId,
      deviceKey: null,
      direction: 'record',
      topic: operation,
      qos: 0,
      payload: Buffer.from(JSON.stringify(content)),
      code: 200,
      detail: packDetail({ issues: [], steps }),
      causeId: outcome.causeId || causeId || null,
      samples: outcome.samples ?? null,
    }
    trace.keep(entry)
    for (const part of outcome.parts ?? [])
      keepPart(part, entry, causeId)
  }

  function countVerdict({ code }: Outcome): void {
    if (code !== null && code !== 200)
      refused += 1
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
    judge: message => judge(handlers, message),
    keepParsed,
    totals: () => ({ up, refused }),
    onPublish: ({ device }, message, refusal, acknowledge) => {
      up += 1
      // The broker's buffer is used again after this call.
      const payload = message.payload.slice()
      const receivedAt = clock.now()
      const outcome = refusal
        ? describeRefusal(message.topic, refusal)
        : judge(handlers, { device, topic: parseTopic(message.topic), topicText: message.topic, payload, receivedAt })
      countVerdict(outcome)
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
      outcome.onKept?.(id, verdict => trace.amend(id, verdict, entry))
    },
  }
}

/** Asks the feature that a topic belongs to for its verdict; a message that no feature takes is kept without one. */
function judge(handlers: FeatureHandlers, message: UpMessage): Outcome {
  const handler = handlers[message.topic.kind] as FeatureHandler | undefined
  return handler?.(message) ?? { code: null, detail: null }
}

function describeRefusal(operation: string, { code, message }: OfflineReason): Outcome {
  return { code, detail: packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation, code, message }] }) }
}
