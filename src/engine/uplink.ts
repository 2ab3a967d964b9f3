import type { OutgoingMessage } from '../shared/alink/property.ts'
import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { Mistake } from '../shared/diagnose/mistake.ts'
import type { Log } from '../shared/log.ts'
import type { BrokerHooks, OfflineReason } from './broker/types.ts'
import type { Downlink, DownlinkCause } from './downlink.ts'
import type { JourneyTimes } from './journey-times.ts'
import type { LiveDevices } from './live-devices.ts'
import type { DownlinkMessage, FeatureDevice, FeatureHandler, FeatureHandlers, LateVerdict, Outcome, OutcomePart, UpMessage } from './platform/feature.ts'
import type { LatestValues } from './platform/thing/latest.ts'
import type { Store, TraceEntry } from './store/types.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { buildSessionError } from '../shared/alink/session.ts'
import { identityIn, methodOfTopic, parseTopic } from '../shared/alink/topic.ts'
import { packDetail, wrapDetail } from '../shared/contract/trace-detail.ts'
import { packMistakes } from '../shared/diagnose/mistake.ts'
import { toErrorValue } from '../shared/errors.ts'
import { tellInjected } from '../shared/faults/tell-injected.ts'
import { leaveUnanswered } from './platform/unanswered.ts'

export interface UplinkContext {
  clock: Clock
  log: Log
  store: Pick<Store, 'upsert'>
  latest: LatestValues
  live: LiveDevices
  trace: Pick<TraceKeeper, 'keep' | 'amend'>
  downlink: Downlink
  times: Pick<JourneyTimes, 'now' | 'note'>
  /** What each feature of the platform does with the messages it takes. */
  handlers: FeatureHandlers
  faults: UplinkFaults
}

/** What goes wrong on purpose with messages of devices. */
export interface UplinkFaults {
  /** False: nothing is to be asked. */
  readonly isOn: boolean
  /** What becomes of a message that is refused on purpose; null when it is not. */
  refuse: (message: UpMessage) => Outcome | null
  /** The step of the trace that says that the message stays without its PUBACK; null when it gets one. */
  withholdPuback: (device: FeatureDevice) => TraceStep | null
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

const retained: Mistake = { kind: 'retained', path: '', expected: '0', got: '1' }

/** The platform's code for an error of its own (platform codes of messages). */
const platformFailed = 9399

/**
 * The way of a message through the house: judged by the feature it belongs to, queued for the writer together with
 * everything it changes, and only after that commit acknowledged and answered. Nothing a device sends makes it throw.
 */
export function createUplink({ clock, log, store, latest, live, trace, downlink, times, handlers, faults }: UplinkContext): Uplink {
  let up = 0
  let refused = 0

  function judge(message: UpMessage): Outcome {
    return (faults.isOn ? faults.refuse(message) : null) ?? askFeature(handlers, log, message)
  }

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
    const rowId = trace.keep(entry)
    for (const part of outcome.parts ?? [])
      keepPart(part, entry, causeId)
    outcome.afterwards?.(causeId, { rowId, amend: verdict => trace.amend(rowId, verdict, entry) })
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

  function reply(deviceId: number, { replies = [] }: Pick<Outcome, 'replies'>, cause: DownlinkCause): void {
    for (const message of replies)
      downlink.send(deviceId, message, cause)
  }

  /** What the replies promise is done, or could not be done, and then `instead` stands. */
  function conclude(deviceId: number, outcome: Outcome, instead: Pick<Outcome, 'code' | 'detail' | 'replies'> | undefined, cause: DownlinkCause, amend: (verdict: LateVerdict) => void): void {
    if (instead) {
      refused += 1
      amend({ code: instead.code, detail: instead.detail })
    }
    reply(deviceId, instead ?? outcome, cause)
  }

  return {
    countRefused: () => { refused += 1 },
    judge,
    keepParsed,
    totals: () => ({ up, refused }),
    onPublish: ({ device }, message, refusal, acknowledge) => {
      up += 1
      const begunAt = times.now()
      const waits = message.qos === 1
      // The broker's buffer is used again after this call.
      const payload = message.payload.slice()
      const receivedAt = clock.now()
      const outcome = refusal
        ? describeRefusal(device, message.topic, refusal)
        : judge({ device, topic: parseTopic(message.topic), topicText: message.topic, payload, receivedAt })
      const checkedAt = times.now()
      const withheld = faults.isOn && waits ? faults.withholdPuback(device) : null
      const finish = withheld === null ? acknowledge : () => acknowledge('silently')
      countVerdict(outcome)
      apply(device.deviceId, outcome)
      const detail = withheld === null ? outcome.detail : wrapDetail({ topic: message.topic, direction: 'up', code: outcome.code, detail: outcome.detail }, steps => [...steps, withheld])
      const entry: TraceEntry = {
        at: receivedAt,
        deviceId: device.deviceId,
        deviceKey: null,
        direction: 'up',
        topic: message.topic,
        qos: message.qos,
        payload: outcome.keptPayload ?? payload,
        code: outcome.code,
        detail: message.retain ? packMistakes(detail, [retained]) : detail,
        causeId: outcome.causeId || null,
        samples: outcome.samples ?? null,
      }
      const id = trace.keep(entry, { mustKeep: waits, onCommitted: finish })
      times.note(id, begunAt, checkedAt)
      // Only QoS 0 can be left out of a full queue, and then there is nothing to wait for.
      if (id === 0)
        finish()
      for (const part of outcome.parts ?? [])
        keepPart(part, entry, id)
      const cause = { id: outcome.causeId || id, waits }
      if (outcome.until === undefined)
        reply(device.deviceId, outcome, cause)
      else
        void outcome.until.then(instead => conclude(device.deviceId, outcome, instead, cause, verdict => trace.amend(id, verdict, entry)))
      outcome.afterwards?.(cause.id, { rowId: id, amend: verdict => trace.amend(id, verdict, entry) })
    },
  }
}

/**
 * Asks the feature that a topic belongs to for its verdict. A feature that fails costs its message an answer (code 9399)
 * and nobody else anything.
 */
function askFeature(handlers: FeatureHandlers, log: Log, message: UpMessage): Outcome {
  const handler = handlers[message.topic.kind] as FeatureHandler | undefined
  try {
    return handler?.(message) ?? leaveUnanswered(message.topic, message.topicText)
  }
  catch (error) {
    log.error('a message of a device could not be judged', { topic: message.topicText, device: message.device.deviceName, error: error instanceof Error ? error.stack ?? error.message : toErrorValue(error).message })
    return describeRefusal(message.device, message.topicText, { code: platformFailed, message: 'The platform failed on this message, which is a fault of Thingbench; the engine\'s log says where.' })
  }
}

/** Codes of the message log for a device that sends more than the cloud takes: on one topic, and in all. */
const throttleCodes: readonly number[] = [1942, 9324]
/** A gateway speaks for a sub-device that is not logged in through it. */
const sessionMissing = 520

/**
 * A report that is dropped because there are too many is throttled in the eyes of the thing model too (6452). A gateway
 * without the session it speaks for is told (Alink 3.6); nobody else gets an answer.
 */
function describeRefusal(device: FeatureDevice, topic: string, { code, message }: OfflineReason): Outcome {
  const method = methodOfTopic(topic)
  const steps = [{ bizCode: 'uplink', operation: topic, code, message }]
  if (throttleCodes.includes(code) && method.startsWith('thing.event.'))
    steps.push({ bizCode: 'ThingModelMessage', operation: method, code: 6452, message })
  const detail = packDetail({ issues: [], steps: tellInjected(steps, 'throttle') })
  const named = code === sessionMissing ? identityIn(topic) : null
  return named === null ? { code, detail } : { code, detail, replies: [toBytes(buildSessionError(device, named, code))] }
}

function toBytes({ topic, payload }: OutgoingMessage): DownlinkMessage {
  return { topic, payload: Buffer.from(payload) }
}
