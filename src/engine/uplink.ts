import type { Clock } from '../shared/clock.ts'
import type { BrokerClient, BrokerHooks, DeliverResult, IncomingPublish, OfflineReason } from './broker/types.ts'
import type { Announcer } from './feed.ts'
import type { LiveDevices } from './live-devices.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { PostOutcome } from './platform/thing/types.ts'
import type { Totals } from './status.ts'
import type { Store, StoredTrace, TraceEntry } from './store/types.ts'
import { parseTopic } from '../shared/alink/topic.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { handlePropertyPost } from './platform/thing/handle.ts'

export interface UplinkContext {
  clock: Clock
  store: Store
  products: ProductRegistry
  latest: LatestValues
  live: LiveDevices
  tail: Announcer<StoredTrace>
  applyLimits: () => boolean
  deliver: (deviceId: number, message: { topic: string, payload: Uint8Array, qos: 0 | 1 }) => DeliverResult
}

export interface Uplink {
  onPublish: BrokerHooks['onPublish']
  /** Counts a refusal that is not a message, such as a refused connect. */
  countRefused: () => void
  totals: () => Omit<Totals, 'at' | 'stored'>
}

/** What the platform makes of one message before it is kept. */
type Outcome = Pick<PostOutcome, 'code' | 'detail'> & Partial<Omit<PostOutcome, 'code' | 'detail'>>

/**
 * The way of a message through the house: checked, queued for the writer together with everything it changes, and only
 * after that commit acknowledged and answered. Nothing a device sends makes it throw.
 */
export function createUplink(context: UplinkContext): Uplink {
  const { clock, store, live, tail } = context
  let up = 0
  let down = 0
  let refused = 0

  function keep(entry: TraceEntry, mustKeep: boolean, onCommitted: () => void): number {
    const id = store.append(entry, { mustKeep, onCommitted })
    if (tail.listening)
      tail.announce({ ...entry, id })
    return id
  }

  /** Answers after the commit where the request was promised to be kept (QoS 1), otherwise at once. */
  function reply(deviceId: number, { topic, payload }: { topic: string, payload: Uint8Array }, at: number, cause: { id: number, qos: 0 | 1 }): void {
    const causeId = cause.id === 0
      ? null
      : cause.id
    const entry: TraceEntry = {
      at,
      deviceId,
      deviceKey: null,
      direction: 'down',
      topic,
      qos: 0,
      payload,
      code: 200,
      detail: null,
      causeId,
      samples: null,
    }
    let id = 0
    const send = (): void => {
      down += 1
      const result = context.deliver(deviceId, { topic, payload, qos: 0 })
      if (result !== 'sent' && id !== 0)
        store.amend(id, { code: 9201, detail: packDetail({ issues: [], steps: [{ bizCode: 'downlink', operation: topic, code: 9201, message: 'The device was gone before the reply could be sent.' }] }) })
    }
    const waits = cause.qos === 1
    id = keep(entry, false, () => waits && send())
    if (!waits || id === 0)
      send()
  }

  return {
    countRefused: () => { refused += 1 },
    totals: () => ({ up, down, refused }),
    onPublish: (client, message, refusal, acknowledge) => {
      up += 1
      const at = clock.now()
      const { device } = client
      // The broker's buffer is used again after this call.
      const payload = message.payload.slice()
      const outcome = refusal
        ? describeRefusal(message.topic, refusal)
        : judge(context, client, message.topic, payload, at)
      if (outcome.code !== null && outcome.code !== 200)
        refused += 1
      const entry: TraceEntry = {
        at,
        deviceId: device.deviceId,
        deviceKey: null,
        direction: 'up',
        topic: message.topic,
        qos: message.qos,
        payload,
        code: outcome.code,
        detail: outcome.detail,
        causeId: null,
        samples: outcome.samples ?? null,
      }
      const id = keep(entry, message.qos === 1, acknowledge)
      if (id === 0)
        acknowledge()
      if (outcome.accepted && outcome.accepted.length > 0) {
        const changed = context.latest.update(device.deviceId, outcome.accepted)
        if (live.isWatched(device.deviceId))
          live.reported(device.deviceId, changed, outcome.samples ?? [])
      }
      if (outcome.reply)
        reply(device.deviceId, outcome.reply, at, { id, qos: message.qos })
    },
  }
}

function describeRefusal(topic: string, { code, message }: OfflineReason): Outcome {
  return {
    code,
    detail: packDetail({
      issues: [],
      steps: [
        {
          bizCode: 'uplink',
          operation: topic,
          code,
          message,
        },
      ],
    }),
  }
}

/** Finds the feature a topic belongs to and asks it for its verdict; a topic that no feature handles is kept without one. */
function judge(context: UplinkContext, client: BrokerClient, topic: string, payload: IncomingPublish['payload'], receivedAt: number): Outcome {
  const parsed = parseTopic(topic)
  if (parsed.kind !== 'property.post' || parsed.reply)
    return { code: null, detail: null }
  const product = context.products.lookup(client.device.productKey)
  return handlePropertyPost({
    model: product?.compiled ?? null,
    level: product?.validation ?? 'weak',
    applyLimits: context.applyLimits(),
    topic,
    payload,
    receivedAt,
  })
}
