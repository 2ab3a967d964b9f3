import type { UpdateEnding } from '../../../../src/shared/contract/fleet-updates.ts'
import type { EndPolicy } from '../../../../src/shared/ota/expected-end.ts'
import type { OtaTask, TaskEvent } from '../../../../src/shared/ota/task.ts'
import { describe, expect, it } from 'vitest'
import { updateEndings } from '../../../../src/shared/contract/fleet-updates.ts'
import { endRules, expectedEnds, judgeEnd } from '../../../../src/shared/ota/expected-end.ts'
import { advance, newTask } from '../../../../src/shared/ota/task.ts'

const minute = 60_000
const plain: EndPolicy = { pushes: true, retryIntervalMs: null, retriesMax: 1, timeoutMs: null, needsConfirmation: false }
const policies: Record<string, EndPolicy> = {
  'no retries, no timeout': plain,
  'retries, no timeout': { ...plain, retryIntervalMs: 10 * minute, retriesMax: 2 },
  'a timeout, no retries': { ...plain, timeoutMs: 60 * minute },
  'retries and a long timeout': { ...plain, retryIntervalMs: minute, retriesMax: 2, timeoutMs: 60 * minute },
  'retries and a short timeout': { ...plain, retryIntervalMs: 40 * minute, retriesMax: 2, timeoutMs: 60 * minute },
}

/** What a device that takes an ending tells the platform after each notice. */
function says(ending: UpdateEnding): TaskEvent[] {
  const progress = (step: number): TaskEvent => ({ kind: 'progress', step, description: '', at: 0 })
  const version = (text: string): TaskEvent => ({ kind: 'version', version: text, at: 0 })
  switch (ending) {
    case 'succeeds': return [progress(50), progress(100), version('2.0.0')]
    case 'neverStarts': return []
    case 'stalls': return [progress(10), progress(40)]
    case 'resumes': return [progress(40), { kind: 'offline' }, { kind: 'online' }, version('1.0.0'), progress(100), version('2.0.0')]
    case 'badDigest': return [progress(100), progress(-3)]
    case 'noRoom': return [progress(-1)]
    case 'updateFails': return [progress(40), progress(-1)]
    case 'downloadFails': return [progress(40), progress(-2)]
    case 'checkFails': return [progress(100), progress(-3)]
    case 'flashFails': return [progress(100), progress(-4)]
    case 'oldVersion': return [progress(100), version('1.0.0')]
    case 'wrongVersion': return [progress(100), version('1.5.0')]
    case 'reportsTwice': return [progress(100), version('2.0.0'), progress(100), version('2.0.0')]
    case 'silent': return [progress(40), { kind: 'offline' }]
    case 'powerCut': return [progress(100), { kind: 'offline' }, { kind: 'online' }, version('1.0.0')]
  }
}

/** Lets a device take an ending each time it is told, and time pass until nothing more is due. */
function play(ending: UpdateEnding, policy: EndPolicy): OtaTask {
  let task = newTask({ sourceVersion: '1.0.0', targetVersion: '2.0.0', needsConfirmation: policy.needsConfirmation })
  if (!policy.pushes)
    return task
  let now = 0
  const apply = (event: TaskEvent): string => {
    const outcome = advance(task, 'at' in event ? { ...event, at: now } : event, policy)
    task = outcome.task
    return outcome.effect
  }
  const tell = (): void => {
    apply({ kind: 'pushed' })
    says(ending).forEach(apply)
  }
  tell()
  for (; now <= 24 * 60 * minute; now += minute) {
    if (apply({ kind: 'clock', at: now }) === 'push')
      tell()
  }
  return task
}

describe('what must come of an ending', () => {
  for (const [name, policy] of Object.entries(policies)) {
    it.each(updateEndings)(`is what the state machine makes of it, with ${name}: %s`, (ending) => {
      const task = play(ending, policy)
      const judged = judgeEnd(ending, task, policy, { isDone: true, isLate: false })
      expect(judged.verdict).toBe('expected')
      expect(judged.expected).toMatchObject({ state: task.state, cause: task.cause })
    })
  }

  it('is the row of the rulebook, without retries and timeout', () => {
    const ends = Object.fromEntries(updateEndings.map(ending => [ending, expectedEnds(ending, plain)[0]!]))
    const table = Object.entries(ends).map(([ending, { state, cause, rule }]) => `${ending}: ${state}${cause === null ? '' : ` ${cause}`}, ${rule}`)
    expect(table).toEqual([
      'succeeds: SUCCEEDED, newVersion',
      'neverStarts: NOTIFIED, noProgress',
      'stalls: IN_PROGRESS, noTimeout',
      'resumes: SUCCEEDED, newVersion',
      'badDigest: FAILED progress, stepFails',
      'noRoom: FAILED progress, stepFails',
      'updateFails: FAILED progress, stepFails',
      'downloadFails: FAILED progress, stepFails',
      'checkFails: FAILED progress, stepFails',
      'flashFails: FAILED progress, stepFails',
      'oldVersion: IN_PROGRESS, hundredIsNotSuccess',
      'wrongVersion: FAILED version, foreignVersion',
      'reportsTwice: SUCCEEDED, finalStays',
      'silent: IN_PROGRESS, noTimeout',
      'powerCut: IN_PROGRESS, hundredIsNotSuccess',
    ])
  })

  it.each(updateEndings)('is a timeout for what never reports the new version nor a failure, when there is one: %s', (ending) => {
    const [end] = expectedEnds(ending, { ...plain, timeoutMs: minute })
    expect(end!.cause === 'timeout').toBe(['stalls', 'oldVersion', 'silent', 'powerCut'].includes(ending))
  })

  it('may be that the task waits for the app, or for a question', () => {
    expect(expectedEnds('succeeds', { ...plain, needsConfirmation: true })[0]).toMatchObject({ state: 'CONFIRM', rule: 'notConfirmed' })
    expect(expectedEnds('succeeds', { ...plain, pushes: false })).toContainEqual({ state: 'QUEUED', cause: null, rule: 'notPushed' })
    expect(expectedEnds('noRoom', { ...plain, pushes: false, retryIntervalMs: 0 })).toContainEqual({ state: 'NOTIFIED', cause: null, rule: 'stepWaits' })
  })

  it('is said in a sentence without numbers of rules', () => {
    expect(Object.values(endRules).filter(text => !/^[A-Z].*\.$/.test(text) || /OTA|A-\d/.test(text))).toEqual([])
  })
})

describe('the verdict on an end', () => {
  const task = { state: 'IN_PROGRESS', cause: null, retries: 0, retryAt: null } as const
  const done = { isDone: true, isLate: false }

  it('is open as long as the device, a retry or the clock may still change it', () => {
    expect(judgeEnd('succeeds', task, plain, { isDone: false, isLate: false }).verdict).toBe('open')
    expect(judgeEnd('downloadFails', { ...task, retries: 1, retryAt: 5 }, policies['retries, no timeout']!, done).verdict).toBe('open')
    expect(judgeEnd('stalls', task, policies['a timeout, no retries']!, done).verdict).toBe('open')
  })

  it('is different when the platform made something else of it', () => {
    expect(judgeEnd('succeeds', task, plain, done).verdict).toBe('different')
    expect(judgeEnd('succeeds', { ...task, state: 'FAILED', cause: 'progress' }, plain, done).verdict).toBe('different')
    expect(judgeEnd('noRoom', { ...task, state: 'SUCCEEDED' }, plain, done)).toMatchObject({ verdict: 'different', expected: { state: 'FAILED', cause: 'progress' } })
  })

  it('is different when a task failed before its last retry', () => {
    const policy = policies['retries, no timeout']!
    expect(judgeEnd('noRoom', { ...task, state: 'FAILED', cause: 'progress', retries: 1 }, policy, done).verdict).toBe('different')
    expect(judgeEnd('noRoom', { ...task, state: 'FAILED', cause: 'progress', retries: 2 }, policy, done).verdict).toBe('expected')
  })

  it('grants a timeout to a device that was too slow', () => {
    const failed = { ...task, state: 'FAILED', cause: 'timeout' } as const
    const policy = policies['a timeout, no retries']!
    expect(judgeEnd('succeeds', failed, policy, { isDone: true, isLate: true }).verdict).toBe('expected')
    expect(judgeEnd('succeeds', failed, policy, { isDone: false, isLate: false }).verdict).toBe('expected')
    expect(judgeEnd('succeeds', failed, policy, done).verdict).toBe('different')
    expect(judgeEnd('succeeds', failed, plain, { isDone: true, isLate: true }).verdict).toBe('different')
  })

  it('does not blame an ending for a conflict or a cancellation', () => {
    expect(judgeEnd('succeeds', { ...task, state: 'FAILED', cause: 'conflict' }, plain, done)).toMatchObject({ verdict: 'expected', rule: 'conflict' })
    expect(judgeEnd('succeeds', { ...task, state: 'CANCELED' }, plain, done)).toMatchObject({ verdict: 'expected', rule: 'cancelled' })
  })
})
