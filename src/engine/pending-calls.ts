import type { Clock } from '../shared/clock.ts'
import type { TraceStep } from '../shared/contract/trace.ts'
import type { Mistake } from '../shared/diagnose/mistake.ts'
import type { JsonObject } from '../shared/json.ts'
import type { Log } from '../shared/log.ts'
import type { ValidationIssue } from '../shared/thing-model/issue.ts'
import type { ReplyVerdict } from '../shared/thing-model/judge-reply.ts'
import type { Downlink } from './downlink.ts'
import type { CallRefusal, CallResult, DeviceCall, DeviceCalls, FeatureDevice, FeatureHandlers, Outcome, UpMessage } from './platform/feature.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { parseReply } from '../shared/alink/envelope.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { packMistakes } from '../shared/diagnose/mistake.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { explainIssues } from '../shared/thing-model/explain.ts'
import { toSnippet } from '../shared/thing-model/issue.ts'

export interface PendingCallsContext {
  clock: Clock
  log: Log
  trace: Pick<TraceKeeper, 'record' | 'amend' | 'cause' | 'asked'>
  downlink: Pick<Downlink, 'send'>
  unreachable: DeviceCalls['unreachable']
  /** Whether the device is the gateway of the other one: it may answer for it on a topic that names neither. */
  speaksFor: (deviceId: number, subDeviceId: number) => boolean
}

export type ParsedAnswer = Pick<UpMessage, 'device' | 'payload' | 'topicText' | 'receivedAt'>

export interface PendingCalls extends DeviceCalls {
  /** Takes the answers of devices: `…_reply` of commands, and RRPC. */
  handlers: FeatureHandlers
  /** Takes the answer to a command that had to be parsed first: its payload is what it means as Alink. */
  answerCommand: (message: ParsedAnswer) => Outcome
  /** Ends the command that waits on this topic with an error, because its answer came and nothing could be made of it. */
  fail: (topicText: string, error: AppError) => number | undefined
  /** Commands that are not answered yet. */
  count: () => number
  /** Gives up every open call. */
  close: () => void
}

type Awaited = Pick<DeviceCall, 'device' | 'judge' | 'method' | 'answerTopic' | 'id' | 'bizCode'>

interface Pending {
  call: Awaited
  /** The row that began the journey, and the one of the command. */
  traceId: number
  rowId: number
  hasDeadline: boolean
  settle: (result: CallResult) => void
  fail: (error: AppError) => void
  cancelAlarm: () => void
}

/** A call that is over, for telling an answer that comes too late or twice from one that nobody asked for. */
interface Ended { deviceId: number, traceId: number, how: string, kind: 'answer-late' | 'answer-twice' }

/** How the wait for an answer ended that came; what else there is ended without one. */
const answeredAlready = 'the device had answered already'

const text = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The commands that wait for their device's answer. Each is a row of the trace; its answer is a row of the same journey,
 * and an answer in vain is code 1904, a command in vain 1905 (platform codes of messages). At most
 * `limits.callsOpenMax` wait at a time: those without a deadline make room for newer ones, oldest first.
 */
export function createPendingCalls({ clock, log, trace, downlink, unreachable, speaksFor }: PendingCallsContext): PendingCalls {
  const open = new Map<string, Pending>()
  const ended = new Map<string, Ended>()
  let lastId = 0n

  function end(key: string, { call: { device }, traceId, cancelAlarm }: Pending, how: string): void {
    cancelAlarm()
    open.delete(key)
    ended.set(key, { deviceId: device.deviceId, traceId, how, kind: how === answeredAlready ? 'answer-twice' : 'answer-late' })
    if (ended.size > limits.callsEndedMax)
      ended.delete(ended.keys().next().value!)
  }

  function makeRoom(): void {
    if (open.size < limits.callsOpenMax)
      return
    for (const [key, pending] of open) {
      if (!pending.hasDeadline) {
        log.warn('a command without an answer is no longer waited for, because too many are', { topic: pending.call.answerTopic })
        end(key, pending, 'too many newer commands had no answer either')
        return
      }
    }
    throw new AppError('limit/reached', `At most ${limits.callsOpenMax} commands can wait for an answer; try again when some are answered.`, { limit: limits.callsOpenMax })
  }

  function refuse({ device, operation, params, method, issues }: CallRefusal): AppError {
    const code = issues[0]?.code ?? 9321
    const message = explainIssues(issues)
    const steps = [...trace.asked(operation, { code }), { bizCode: 'ThingModel', operation: 'check', code }, { bizCode: 'ThingService', operation: method, code }]
    const traceId = keepRecord(device, operation, params, code, packDetail({ issues, steps }))
    return new AppError('model/refused', message, {
      ...identityOf(device),
      platformCode: code,
      traceId,
      issues: issues.map(issue => ({ code: issue.code, path: issue.path, expected: issue.expected, got: issue.got })),
    })
  }

  function keepRecord(device: FeatureDevice, operation: string, params: JsonObject, code: number, detail: string): number {
    return trace.record({ at: clock.now(), deviceId: device.deviceId, operation, content: params, code, detail })
  }

  function wait(call: Awaited, traceId: number): { pending: Pending, key: string, result: Promise<CallResult> } {
    const { promise, resolve, reject } = Promise.withResolvers<CallResult>()
    // Whoever does not wait must not be told by the process.
    promise.catch(() => {})
    const pending: Pending = { call, traceId, rowId: traceId, hasDeadline: false, settle: resolve, fail: reject, cancelAlarm: () => {} }
    const key = keyOf(call.answerTopic, call.id)
    open.set(key, pending)
    return { pending, key, result: promise }
  }

  function send({ operation, message, timeoutMs, causeId = trace.cause(), ...call }: DeviceCall): ReturnType<DeviceCalls['send']> {
    const { device } = call
    const steps = [...causeId === undefined ? [{ bizCode: 'ApiService', operation, code: 200 }] : [], ...message.steps ?? []]
    const problem = unreachable(device)
    if (problem !== null) {
      const failed = [...trace.asked(operation, problem), ...(message.steps ?? []).map(step => step.bizCode === 'ThingService' ? { ...step, ...problem } : step)]
      const rowId = keepRecord(device, operation, { topic: message.topic, payload: text.decode(message.payload) }, problem.code, packDetail({ issues: [], notices: message.notices ?? [], steps: failed }))
      throw unreachableError(device, problem, rowId)
    }
    makeRoom()
    const { pending, key, result } = wait(call, 0)
    let undelivered: { code: number, message: string } | undefined
    pending.rowId = downlink.send(device.deviceId, { ...message, steps }, causeId === undefined ? undefined : { id: causeId, waits: false }, (_result, why) => {
      undelivered = why
      if (why === undefined)
        return
      // The connection can break after the command was sent.
      if (open.get(key) === pending)
        end(key, pending, 'the command could not be delivered')
      pending.fail(unreachableError(device, why, pending.rowId))
    })
    pending.traceId = causeId ?? pending.rowId
    if (undelivered !== undefined) {
      throw unreachableError(device, undelivered, pending.rowId)
    }
    if (timeoutMs !== null) {
      pending.hasDeadline = true
      const alarm = clock.setAlarm(timeoutMs, () => expire(key, pending, timeoutMs, { notices: message.notices ?? [], steps: [...steps, { bizCode: 'downlink', operation: message.topic, code: 200 }] }))
      pending.cancelAlarm = () => alarm.cancel()
    }
    return { traceId: pending.traceId, rowId: pending.rowId, sentAt: clock.now(), sent: Promise.resolve(), result }
  }

  function expire(key: string, pending: Pending, timeoutMs: number, { notices, steps }: { notices: readonly ValidationIssue[], steps: TraceStep[] }): void {
    const { device } = pending.call
    const message = `${device.deviceName} did not answer within ${timeoutMs / 1000} s on ${pending.call.answerTopic}${pending.call.id === null ? '' : ` with id ${JSON.stringify(pending.call.id)}`} (1905).`
    end(key, pending, `the ${timeoutMs / 1000} s in which an answer was waited for were over`)
    trace.amend(pending.rowId, {
      code: 1905,
      detail: packDetail({ issues: [], notices, steps: [...steps, { bizCode: 'ThingService', operation: pending.call.method, code: 1905, message }] }),
    })
    pending.fail(new AppError('device/no-reply', message, { ...identityOf(device), platformCode: 1905, timeoutMs }))
  }

  /** The commands that wait for an answer of a device, newest first; looked for only when an answer comes in vain. */
  function awaitedOf(device: FeatureDevice): Awaited[] {
    return [...open.values()].filter(({ call }) => isAnswerer(device, call.device)).map(({ call }) => call).reverse()
  }

  function isAnswerer({ deviceId }: FeatureDevice, asked: FeatureDevice): boolean {
    return deviceId === asked.deviceId || speaksFor(deviceId, asked.deviceId)
  }

  function answer({ device, payload, topicText, receivedAt }: ParsedAnswer, id: string | null): Outcome {
    const key = keyOf(topicText, id)
    const pending = open.get(key)
    if (pending === undefined || !isAnswerer(device, pending.call.device))
      return inVain(ended.get(key), device, topicText, id, awaitedOf(device))
    end(key, pending, answeredAlready)
    const { statements, ...verdict } = pending.call.judge(payload, receivedAt)
    pending.settle({ ...verdict, payload, at: receivedAt })
    const detail = describeAnswer(topicText, pending.call, verdict)
    return { code: verdict.code, detail, causeId: pending.traceId, ...(statements && { statements }) }
  }

  /** The answer to a command: matched by its topic and its id. A reply that cannot be read has no id, so nothing can be matched: 6207. */
  function answerCommand(message: ParsedAnswer): Outcome {
    const reply = parseReply(text.decode(message.payload))
    if (reply === undefined) {
      const why = `The answer is not JSON with a "code": got ${toSnippet(text.decode(message.payload))} (6207).`
      return { code: 6207, detail: packDetail({ issues: [], steps: [{ bizCode: 'uplink', operation: message.topicText, code: 200 }, { bizCode: 'ThingService', operation: '', code: 6207, message: why }] }, message.topicText) }
    }
    return answer(message, reply.id)
  }

  return {
    nextId() {
      // Nineteen digits, as the cloud's are in practice; growing, also when the clock steps back.
      const now = BigInt(Math.max(0, Math.trunc(clock.now()))) * 1_000_000n
      lastId = now > lastId ? now : lastId + 1n
      return String(lastId)
    },
    unreachable,
    send,
    refuse,
    note: (device, operation, params, result) => keepRecord(device, operation, params, result?.code ?? 200, packDetail({ issues: [], steps: trace.asked(operation, result && { code: result.code, message: result.message }) })),
    deny(device, operation, params, problem) {
      const traceId = keepRecord(device, operation, params, problem.code, packDetail({ issues: [], steps: trace.asked(operation, problem) }))
      return new AppError('input/invalid', problem.message, { ...identityOf(device), platformCode: problem.code, traceId })
    },
    resume: (call, traceId) => {
      if (open.size < limits.callsOpenMax)
        wait(call, traceId)
    },
    handlers: {
      'property.set': answerCommand,
      'property.get': answerCommand,
      'service.call': answerCommand,
      'topo.addNotify': answerCommand,
      'topo.change': answerCommand,
      'gateway.permit': answerCommand,
      'rrpc.response': message => answer(message, null),
      'ext.rrpc': message => answer(message, null),
    },
    answerCommand,
    fail: (topicText, error) => {
      const pending = open.get(topicText)
      if (pending === undefined)
        return undefined
      end(topicText, pending, answeredAlready)
      pending.fail(error)
      return pending.traceId
    },
    count: () => open.size,
    close() {
      for (const pending of open.values()) {
        pending.cancelAlarm()
        pending.fail(new AppError('call/cancelled', 'The engine is stopping.', {}))
      }
      open.clear()
    },
  }
}

/** The steps of an answer, in the words of the platform's log. */
function describeAnswer(topic: string, { method, bizCode = 'ThingService' }: Awaited, { code, message, issues }: ReplyVerdict): string {
  const steps: TraceStep[] = [{ bizCode: 'uplink', operation: topic, code: 200 }]
  if (issues.length > 0)
    steps.push({ bizCode: 'ThingModel', operation: 'check', code })
  steps.push({ bizCode, operation: method, code, ...(code !== 200 && issues.length === 0 && { message }) })
  return packDetail({ issues, steps }, topic)
}

function keyOf(topic: string, id: string | null): string {
  return id === null ? topic : `${topic}\n${id}`
}

function identityOf({ productKey, deviceName }: FeatureDevice): JsonObject {
  return { productKey, deviceName }
}

/** `traceId`: the row of the trace that says so; 0 when it had no room. */
function unreachableError(device: FeatureDevice, { code, message }: { code: number, message: string }, traceId: number): AppError {
  return new AppError('device/unreachable', message, { ...identityOf(device), platformCode: code, traceId })
}

/** Code 1904: nothing waits for this answer, because it comes too late, for the second time, or to no question. */
function inVain(known: Ended | undefined, device: FeatureDevice, topic: string, id: string | null, awaited: readonly Awaited[]): Outcome {
  const isOurs = known?.deviceId === device.deviceId
  const what = id === null ? `on ${topic}` : `with id ${JSON.stringify(id)} on ${topic}`
  const message = isOurs
    ? `The answer ${what} came in vain: ${known.how} (1904).`
    : `No command waits for an answer ${what}: the id has to be that of the command, as text and digit for digit (1904).`
  const steps = [{ bizCode: 'uplink', operation: topic, code: 200 }, { bizCode: 'ThingService', operation: '', code: 1904, message }]
  const mistake: Mistake = isOurs ? { kind: known.kind, path: topic, expected: known.how, got: id ?? '' } : wrongAnswer(topic, id ?? '', awaited)
  return { code: 1904, detail: packMistakes(packDetail({ issues: [], steps }, topic), [mistake]), ...(isOurs && { causeId: known.traceId }) }
}

/** What is wrong with an answer that no command has asked for, by the commands that still wait. */
function wrongAnswer(topic: string, id: string, awaited: readonly Awaited[]): Mistake {
  const elsewhere = id === '' ? undefined : awaited.find(call => call.id === id)
  if (elsewhere !== undefined)
    return { kind: 'answer-other-topic', path: topic, expected: elsewhere.answerTopic, got: id }
  const here = awaited.filter(call => call.answerTopic === topic && call.id !== null)
  const rounded = here.find(call => String(Number(call.id)) === id)
  if (rounded !== undefined)
    return { kind: 'answer-number-id', path: topic, expected: rounded.id!, got: id }
  const [newest] = here
  return newest === undefined ? { kind: 'answer-no-question', path: topic, expected: '', got: id } : { kind: 'answer-other-id', path: topic, expected: newest.id!, got: id }
}
