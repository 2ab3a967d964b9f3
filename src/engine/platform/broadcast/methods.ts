import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { DownlinkMessage, FeatureDevice } from '../feature.ts'
import { buildTopic } from '../../../shared/alink/topic.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { findBroadcastProblem, toBroadcastTopic } from './rules.ts'

export interface BroadcastContext {
  /** Epoch milliseconds. */
  now: () => number
  nextId: () => string
  applyLimits: () => boolean
  /** Sends at once, as part of the journey that row `causeId` began; true when it left for the device. */
  send: (deviceId: number, message: DownlinkMessage, causeId: number) => boolean
  /** The broadcast's own row in the trace, and what is known of it in the end. */
  record: (productKey: string, operation: string, content: object) => number
  amend: (id: number, change: { code: number, detail: string }) => void
  /** Lets everybody else have a turn, and the writer catch up. */
  pause: () => Promise<void>
  onlineDevices: (productKey: string) => Iterable<FeatureDevice>
  /** Whether a device that is online has subscribed to a topic. */
  hasSubscribed: (deviceId: number, topic: string) => boolean
  /** Throws AppError product/not-found. */
  requireProduct: (productKey: string) => void
}

const operation = 'PubBroadcast'

/** One message to many devices (the platform's API `PubBroadcast`, Alink 7.5): QoS 0, a number of devices in each turn. */
export function broadcastMethodHandlers(context: BroadcastContext): Pick<EngineApi['methods'], 'broadcast.send'> {
  const { now, nextId, applyLimits, pause, onlineDevices, hasSubscribed } = context
  const lastAt = new Map<string, number>()

  /** Who gets it: everybody online, or those who asked for the topic. */
  async function findTargets(productKey: string, topic: string | null, signal: AbortSignal): Promise<FeatureDevice[]> {
    const online = Array.from(onlineDevices(productKey))
    if (topic === null)
      return online
    const subscribed: FeatureDevice[] = []
    for (const [index, device] of online.entries()) {
      if (index % limits.devicesPerTurnMax === limits.devicesPerTurnMax - 1)
        await pause()
      signal.throwIfAborted()
      if (hasSubscribed(device.deviceId, topic))
        subscribed.push(device)
    }
    return subscribed
  }

  return {
    'broadcast.send': async ({ productKey, topic: named, text, payloadBase64 }, { signal }) => {
      context.requireProduct(productKey)
      const topic = named === undefined ? null : toBroadcastTopic(productKey, named)
      const payload = Buffer.from(text ?? payloadBase64 ?? '', text === undefined ? 'base64' : 'utf8')
      const targets = await findTargets(productKey, topic, signal)
      const problem = findBroadcastProblem({
        bytes: payload.length,
        sinceLastMs: now() - (lastAt.get(productKey) ?? Number.NEGATIVE_INFINITY),
        subscribers: topic === null ? null : targets.length,
        applyLimits: applyLimits(),
      })
      if (problem !== null)
        throw new AppError('limit/reached', problem, { productKey })
      lastAt.set(productKey, now())

      const messageId = nextId()
      const traceId = context.record(productKey, operation, { ProductKey: productKey, ...(topic !== null && { TopicFullName: topic }), MessageId: messageId, bytes: payload.length })
      // A turn is also over when it has filled a commit: large messages would else crowd others out of the trace.
      const perTurn = Math.max(1, Math.min(limits.devicesPerTurnMax, Math.floor(limits.commitBytesMax / (payload.length + 1))))
      let reachedCount = 0
      let triedCount = 0
      for (const device of targets) {
        if (signal.aborted)
          break
        const { deviceName, deviceId } = device
        const own = topic ?? buildTopic({ kind: 'broadcast.request', productKey, deviceName, messageId })
        reachedCount += context.send(deviceId, { topic: own, payload, qos: 0 }, traceId) ? 1 : 0
        if (++triedCount % perTurn === 0)
          await pause()
      }
      const stopped = triedCount < targets.length ? ' It was stopped before its end.' : ''
      const message = `Sent to ${reachedCount} of ${targets.length} devices that ${topic === null ? 'were online' : `had subscribed to ${topic}`}.${stopped}`
      const step: TraceStep = { bizCode: 'ApiService', operation, code: 200, message }
      context.amend(traceId, { code: 200, detail: packDetail({ issues: [], steps: [step] }) })
      await pause()
      return { messageId, traceId, deviceCount: targets.length, reachedCount }
    },
  }
}
