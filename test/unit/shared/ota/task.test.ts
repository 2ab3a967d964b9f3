import type { OtaTask, TaskEffect, TaskEvent, TaskPolicy, TaskState } from '../../../../src/shared/ota/task.ts'
import { describe, expect, it } from 'vitest'
import { advance, deadlineOf, finalStates, newTask, nextLook, taskStates } from '../../../../src/shared/ota/task.ts'

const minute = 60_000
const policy: TaskPolicy = { pushes: true, retryIntervalMs: null, retriesMax: 1, timeoutMs: null }
const retrying: TaskPolicy = { ...policy, retryIntervalMs: 10 * minute, retriesMax: 2 }

function taskIn(state: TaskState, more: Partial<OtaTask> = {}): OtaTask {
  const startedAt = state === 'IN_PROGRESS' ? 1_000 : null
  return { ...newTask({ sourceVersion: '1.0', targetVersion: '2.0', needsConfirmation: false }), state, startedAt, ...more }
}

const at = 5_000
/** One row for each row of the platform's transition table: what comes of the four unfinished states. */
const rows: [row: string, event: TaskEvent, policy: TaskPolicy, after: [TaskState, TaskEffect?][]][] = [
  ['2 the app confirms', { kind: 'confirmed' }, policy, [['QUEUED', 'push'], ['QUEUED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['2 the app confirms, and the device has to ask', { kind: 'confirmed' }, { ...policy, pushes: false }, [['QUEUED'], ['QUEUED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['4 the device comes online', { kind: 'online' }, policy, [['CONFIRM'], ['QUEUED'], ['NOTIFIED', 'push'], ['IN_PROGRESS', 'push']]],
  ['4 the device comes online and has to ask', { kind: 'online' }, { ...policy, pushes: false }, [['CONFIRM'], ['QUEUED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['5 the device goes offline', { kind: 'offline' }, policy, [['CONFIRM'], ['QUEUED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['6 its turn has come', { kind: 'pushed' }, policy, [['CONFIRM'], ['NOTIFIED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['7 the device asks', { kind: 'asked', early: false }, policy, [['CONFIRM', 'answer-nothing'], ['NOTIFIED', 'answer'], ['NOTIFIED', 'answer'], ['IN_PROGRESS', 'answer']]],
  ['8 the device asks before the scheduled start', { kind: 'asked', early: true }, policy, [['CONFIRM', 'answer-nothing'], ['QUEUED', 'answer-nothing'], ['NOTIFIED', 'answer-nothing'], ['IN_PROGRESS', 'answer-nothing']]],
  ['9 progress', { kind: 'progress', step: 40, description: '', at }, policy, [['CONFIRM', 'log'], ['QUEUED', 'log'], ['IN_PROGRESS'], ['IN_PROGRESS']]],
  ['10 a failure with a retry left', { kind: 'progress', step: -2, description: 'no route', at }, retrying, [['CONFIRM', 'log'], ['QUEUED', 'log'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['11 a failure with none left', { kind: 'progress', step: -4, description: '', at }, policy, [['CONFIRM', 'log'], ['QUEUED', 'log'], ['FAILED'], ['FAILED']]],
  ['12 the target version', { kind: 'version', version: '2.0', at }, policy, [['SUCCEEDED'], ['SUCCEEDED'], ['SUCCEEDED'], ['SUCCEEDED']]],
  ['13 the source version', { kind: 'version', version: '1.0', at }, policy, [['CONFIRM'], ['QUEUED'], ['NOTIFIED'], ['IN_PROGRESS']]],
  ['14 another version with a retry left', { kind: 'version', version: '1.5', at }, retrying, [['CONFIRM', 'log'], ['QUEUED', 'log'], ['NOTIFIED', 'log'], ['IN_PROGRESS']]],
  ['15 another version with none left', { kind: 'version', version: '1.5', at }, policy, [['CONFIRM', 'log'], ['QUEUED', 'log'], ['NOTIFIED', 'log'], ['FAILED']]],
  ['16 the clock runs out', { kind: 'clock', at: 1_000 + 60 * minute }, { ...retrying, timeoutMs: 60 * minute }, [['CONFIRM'], ['QUEUED'], ['NOTIFIED'], ['FAILED']]],
  ['18 a newer task overrides', { kind: 'overridden' }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['IN_PROGRESS']]],
  ['19 to 22 the user cancels', { kind: 'cancelled', evenInProgress: false }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['IN_PROGRESS']]],
  ['19 to 22 the user cancels what is in progress too', { kind: 'cancelled', evenInProgress: true }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['CANCELED']]],
  ['23 the schedule ends', { kind: 'scheduleEnded' }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['IN_PROGRESS']]],
  ['28 the device is deleted', { kind: 'deviceDeleted' }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['CANCELED']]],
  ['29 the package is deleted', { kind: 'packageDeleted' }, policy, [['CANCELED'], ['CANCELED'], ['CANCELED'], ['IN_PROGRESS']]],
]
const unfinished: TaskState[] = ['CONFIRM', 'QUEUED', 'NOTIFIED', 'IN_PROGRESS']

describe('a task', () => {
  it.each(rows)('goes by the table of the platform: row %s', (_, event, by, after) => {
    expect(unfinished.map((state) => {
      const { task, effect } = advance(taskIn(state), event, by)
      return [task.state, effect]
    })).toEqual(after.map(([state, effect = 'none']) => [state, effect]))
  })

  it.each(rows)('that is over stays as it is: row %s', (_, event, by) => {
    for (const state of finalStates)
      expect(advance(taskIn(state), event, by).task).toEqual(taskIn(state))
  })

  it('knows every state and every event', () => {
    expect([...unfinished, ...finalStates]).toEqual([...taskStates])
    const kinds: Record<TaskEvent['kind'], true> = { confirmed: true, online: true, offline: true, pushed: true, asked: true, progress: true, version: true, clock: true, overridden: true, cancelled: true, scheduleEnded: true, deviceDeleted: true, packageDeleted: true }
    expect(Object.keys(kinds).filter(kind => !rows.some(([, event]) => event.kind === kind))).toEqual([])
  })

  it('starts its clock with the first progress, and never again', () => {
    const first = advance(taskIn('NOTIFIED'), { kind: 'progress', step: 1, description: '', at: 100 }, policy).task
    const second = advance(first, { kind: 'progress', step: 60, description: '', at: 900 }, policy).task
    expect([second.startedAt, second.percent]).toEqual([100, 60])
    expect(advance(second, { kind: 'pushed' }, policy).task.startedAt).toBe(100)
  })

  it('fails twice and succeeds the third time with two retries, as the table shows them', () => {
    let task = taskIn('IN_PROGRESS')
    for (const failedAt of [10_000, 20_000]) {
      task = advance(task, { kind: 'progress', step: -3, description: 'digest', at: failedAt }, retrying).task
      expect([task.state, task.retryAt]).toEqual(['IN_PROGRESS', failedAt + 10 * minute])
      expect(nextLook(task, retrying)).toBe(failedAt + 10 * minute)
      expect(advance(task, { kind: 'online' }, retrying).effect).toBe('none')
      const due = advance(task, { kind: 'clock', at: failedAt + 10 * minute }, retrying)
      expect(due.effect).toBe('push')
      task = due.task
    }
    task = advance(task, { kind: 'version', version: '2.0', at: 30_000 }, retrying).task
    expect([task.state, task.retries, task.cause]).toEqual(['SUCCEEDED', 2, null])
  })

  it('fails with the last cause after the last retry, and says what the step means', () => {
    const last = taskIn('IN_PROGRESS', { retries: 2 })
    expect(advance(last, { kind: 'progress', step: -3, description: 'sha', at }, retrying).task).toMatchObject({ state: 'FAILED', cause: 'progress', remark: 'The verification of the file failed (-3): sha.' })
    expect(advance(last, { kind: 'version', version: '0.9', at }, retrying).task).toMatchObject({ state: 'FAILED', cause: 'version', remark: expect.stringContaining('0.9') as string })
  })

  it('is failed by its clock without a retry: first progress at 10:00 and sixty minutes make it 11:00', () => {
    const hour = { ...retrying, timeoutMs: 60 * minute }
    const task = taskIn('IN_PROGRESS', { startedAt: 10 * 60 * minute })
    expect(deadlineOf(task, hour)).toBe(11 * 60 * minute)
    expect(advance(task, { kind: 'clock', at: 11 * 60 * minute - 1 }, hour).task.state).toBe('IN_PROGRESS')
    expect(advance(task, { kind: 'clock', at: 11 * 60 * minute }, hour).task).toMatchObject({ state: 'FAILED', cause: 'timeout' })
    expect(deadlineOf(taskIn('NOTIFIED'), hour)).toBeNull()
  })

  it('takes the first version it hears of a device that never reported one for the source', () => {
    const learned = advance(taskIn('IN_PROGRESS', { sourceVersion: null }), { kind: 'version', version: '0.7', at }, policy).task
    expect([learned.state, learned.sourceVersion]).toEqual(['IN_PROGRESS', '0.7'])
    expect(advance(learned, { kind: 'version', version: '0.7', at }, policy).task.state).toBe('IN_PROGRESS')
  })
})
