import type { UpdateEnding } from '../contract/fleet-updates.ts'
import type { FailureCause, OtaTask, TaskPolicy, TaskState } from './task.ts'

/** The rules by which an update ends, in words; the reason that stands beside a row of the failure gym. */
export const endRules = {
  newVersion: 'The new version alone decides: a task succeeds when the device reports it, whatever went before.',
  finalStays: 'A task that has succeeded does not change any more, whatever the device reports once again.',
  notConfirmed: 'A task waits until the app confirms it; before that the device is told nothing.',
  notPushed: 'Without proactive push a device has to ask; one that does not ask is told nothing, and its task waits.',
  noProgress: 'No clock runs before the first progress report, so the task of a device that never reports any stays notified.',
  noTimeout: 'Without a timeout nothing ends the task of a device that reports neither a failure nor the new version.',
  timeout: 'The clock starts with the first progress report; when it runs out without the new version, the task fails as a timeout and is not tried again.',
  hundredIsNotSuccess: 'Progress of 100 is no success, and the old version changes nothing: without a timeout the task stays in progress.',
  stepFails: 'A progress below zero with no retries left fails the task as Progress Error.',
  stepRetried: 'A progress below zero is tried again as often as the batch allows; after the last retry the task fails as Progress Error.',
  stepWaits: 'A progress below zero is tried again after the retry interval; without proactive push the device has to ask, and until then the state does not change.',
  foreignVersion: 'A version that is neither the old nor the new one fails a task in progress as Version Error when no retries are left.',
  foreignRetried: 'A version that is neither the old nor the new one is tried again as often as the batch allows; after the last retry the task fails as Version Error.',
  retriesUntilTimeout: 'A retry does not restart the clock: when it runs out before the last retry, the task fails as a timeout.',
  conflict: 'A device that has another update under way gets no second one: the task fails as Upgrade Conflict before the device hears of it.',
  cancelled: 'A cancelled task stays cancelled, whatever the device does.',
} as const
export type EndRule = keyof typeof endRules

/** A way in which a task may come to rest. */
export interface RestingPlace { state: TaskState, cause: FailureCause | null, rule: EndRule }

/** What a batch says about the end of its tasks. */
export type EndPolicy = TaskPolicy & { needsConfirmation: boolean }

/**
 * What must become of the task of a device that takes an ending, by the rulebook (OTA-104, OTA-121, OTA-123 to OTA-130): the
 * places where it may come to rest, the likeliest first.
 */
export function expectedEnds(ending: UpdateEnding, policy: EndPolicy): RestingPlace[] {
  if (policy.needsConfirmation)
    return [...expectedEnds(ending, { ...policy, needsConfirmation: false }), rest('CONFIRM', 'notConfirmed')]
  if (!policy.pushes)
    return [...endsWhenTold(ending, policy), rest('QUEUED', 'notPushed')]
  return endsWhenTold(ending, policy)
}

function rest(state: TaskState, rule: EndRule): RestingPlace {
  return { state, cause: null, rule }
}

function fail(cause: FailureCause, rule: EndRule): RestingPlace {
  return { state: 'FAILED', cause, rule }
}

function endsWhenTold(ending: UpdateEnding, policy: EndPolicy): RestingPlace[] {
  switch (ending) {
    case 'succeeds':
    case 'resumes':
      return [rest('SUCCEEDED', 'newVersion')]
    case 'reportsTwice':
      return [rest('SUCCEEDED', 'finalStays')]
    case 'neverStarts':
      return [rest('NOTIFIED', 'noProgress')]
    case 'stalls':
    case 'silent':
      return untilTimeout(policy, 'noTimeout')
    case 'oldVersion':
    case 'powerCut':
      return untilTimeout(policy, 'hundredIsNotSuccess')
    case 'badDigest':
    case 'noRoom':
    case 'updateFails':
    case 'downloadFails':
    case 'checkFails':
    case 'flashFails':
      return failures('progress', policy)
    case 'wrongVersion':
      return failures('version', policy)
  }
}

/** The device says nothing more that would end its task. */
function untilTimeout({ timeoutMs }: TaskPolicy, rule: EndRule): RestingPlace[] {
  return timeoutMs === null ? [rest('IN_PROGRESS', rule)] : [fail('timeout', 'timeout')]
}

/** The device reports a failure each time. */
function failures(cause: 'progress' | 'version', { pushes, retryIntervalMs, retriesMax, timeoutMs }: TaskPolicy): RestingPlace[] {
  if (retryIntervalMs === null)
    return [fail(cause, cause === 'progress' ? 'stepFails' : 'foreignVersion')]
  const last = fail(cause, cause === 'progress' ? 'stepRetried' : 'foreignRetried')
  const waiting = pushes ? [] : [rest('IN_PROGRESS', 'stepWaits'), rest('NOTIFIED', 'stepWaits')]
  if (timeoutMs === null)
    return [last, ...waiting]
  const late = fail('timeout', 'retriesUntilTimeout')
  // A device that reported its failure before any progress has no clock, however long its retries take.
  return retryIntervalMs * retriesMax >= timeoutMs ? [late, last, ...waiting] : [last, late, ...waiting]
}

/** `expected`: the task has come to rest where the rulebook says; `open`: it may still get there. */
export type EndVerdict = 'expected' | 'open' | 'different'
export const endVerdicts: readonly EndVerdict[] = ['expected', 'open', 'different']

/** What the platform made of the update. */
type JudgedTask = Pick<OtaTask, 'state' | 'cause' | 'retries' | 'retryAt'>

interface JudgedEnd {
  verdict: EndVerdict
  rule: EndRule
  /** Where the task should come to rest. */
  expected: RestingPlace
}

interface JudgedDevice {
  /** It will do nothing more by itself, and the platform had the time to hear of what it did. */
  isDone: boolean
  /** What it did last it did after the clock of its task had run out. */
  isLate: boolean
}

/** Compares what became of a task with what must come of its device's ending. */
export function judgeEnd(ending: UpdateEnding, task: JudgedTask, policy: EndPolicy, { isDone, isLate }: JudgedDevice): JudgedEnd {
  const ends = expectedEnds(ending, policy)
  const expected = ends[0]!
  const is = (place: RestingPlace): boolean => place.state === task.state && place.cause === task.cause
  if (task.state === 'CANCELED')
    return { verdict: 'expected', rule: 'cancelled', expected: rest('CANCELED', 'cancelled') }
  if (task.state === 'FAILED' && task.cause === 'conflict')
    return { verdict: 'expected', rule: 'conflict', expected: fail('conflict', 'conflict') }
  const found = ends.find(is)
  if (task.state === 'FAILED' && task.cause === 'timeout' && found === undefined && policy.timeoutMs !== null && (isLate || !isDone))
    return { verdict: 'expected', rule: 'timeout', expected: fail('timeout', 'timeout') }
  if (task.state === 'SUCCEEDED' || task.state === 'FAILED') {
    const isRetried = task.state === 'FAILED' && (task.cause === 'progress' || task.cause === 'version') && policy.retryIntervalMs !== null
    const isRight = found !== undefined && (!isRetried || task.retries === policy.retriesMax)
    return { verdict: isRight ? 'expected' : 'different', rule: (found ?? expected).rule, expected: found ?? expected }
  }
  // The task may still change: at rest only when neither the device nor a clock will do anything more.
  if (!isDone || task.retryAt !== null)
    return { verdict: 'open', rule: expected.rule, expected }
  if (found !== undefined)
    return { verdict: 'expected', rule: found.rule, expected: found }
  return { verdict: expected.cause === 'timeout' && task.state === 'IN_PROGRESS' ? 'open' : 'different', rule: expected.rule, expected }
}
