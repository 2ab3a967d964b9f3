import type { Shadow, ShadowRefusal } from '../../../shared/alink/shadow.ts'
import type { TraceStep } from '../../../shared/contract/trace.ts'
import type { ValidationIssue } from '../../../shared/thing-model/issue.ts'
import type { DownlinkMessage, FeatureDevice, Outcome, UpMessage } from '../feature.ts'
import { buildShadowError, buildShadowState, buildShadowSuccess, parseShadowMessage, shadowGetTopic } from '../../../shared/alink/shadow.ts'
import { packDetail } from '../../../shared/contract/trace-detail.ts'
import { findExcess, findOverflow, refuseExcess, stepShadow } from './rules.ts'

/** What a message does to the shadow, and what is said about it. */
export interface ShadowOutcome {
  outcome: Outcome
  /** The new state; null when nothing changes. */
  changed: Shadow | null
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Epoch seconds, in which shadows count (trap T27). */
export function toSeconds(at: number): number {
  return Math.floor(at / 1000)
}

/**
 * Judges a device's message to its shadow (Alink 6): every one is answered on `/shadow/get/…`, with QoS 1. What exceeds the
 * cloud's limits is refused while these are applied, and otherwise taken with a note. Pure.
 */
export function handleShadowMessage({ device, topicText, payload, receivedAt }: UpMessage, shadow: Shadow, applyLimits: boolean): ShadowOutcome {
  const atSec = toSeconds(receivedAt)
  const request = parseShadowMessage(utf8.decode(payload))
  if ('code' in request)
    return { outcome: refuse(device, topicText, 'update', request, atSec), changed: null }
  const { method } = request
  if (method === 'get')
    return { outcome: conclude(device, topicText, method, buildShadowState('reply', shadow, atSec)), changed: null }
  const next = stepShadow(shadow, request, atSec)
  if ('code' in next)
    return { outcome: refuse(device, topicText, method, next, atSec), changed: null }
  const excess = findExcess(next)
  const overflow = applyLimits && excess !== null ? excess : findOverflow(next)
  if (overflow !== null)
    return { outcome: refuse(device, topicText, method, refuseExcess(overflow), atSec), changed: null }
  const notices: ValidationIssue[] = excess === null
    ? []
    : [{ code: 200, path: 'state', rule: 'cloud-rule', expected: `${excess.allowed} ${excess.what}`, got: String(excess.got) }]
  return { outcome: conclude(device, topicText, method, buildShadowSuccess(next.version, atSec), notices), changed: next }
}

function conclude(device: FeatureDevice, topic: string, operation: string, reply: string, notices: readonly ValidationIssue[] = []): Outcome {
  return finish(device, topic, { bizCode: 'DeviceShadow', operation, code: 200 }, reply, notices)
}

function refuse(device: FeatureDevice, topic: string, operation: string, { code, text, message }: ShadowRefusal, atSec: number): Outcome {
  return finish(device, topic, { bizCode: 'DeviceShadow', operation, code, message }, buildShadowError(code, text, atSec), [])
}

function finish(device: FeatureDevice, topic: string, step: TraceStep, reply: string, notices: readonly ValidationIssue[]): Outcome {
  const replyTopic = shadowGetTopic(device)
  const steps = [{ bizCode: 'uplink', operation: topic, code: 200 }, step, { bizCode: 'downlink', operation: replyTopic, code: 200 }]
  return {
    code: step.code,
    detail: packDetail({ issues: [], notices, steps }, topic),
    replies: [{ topic: replyTopic, payload: Buffer.from(reply), qos: 1 }],
  }
}

/** The message that tells a device what is desired of it; null when nothing is. */
export function shadowControl(device: FeatureDevice, shadow: Shadow, at: number, steps: readonly TraceStep[] = []): DownlinkMessage | null {
  if (Object.keys(shadow.state.desired).length === 0)
    return null
  const payload = Buffer.from(buildShadowState('control', shadow, toSeconds(at)))
  return { topic: shadowGetTopic(device), payload, qos: 1, steps: [...steps, { bizCode: 'DeviceShadow', operation: 'update', code: 200 }] }
}
