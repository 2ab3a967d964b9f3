import type { OtaTask, TaskEvent } from '../../../../../src/shared/ota/task.ts'
import { expect, it } from 'vitest'
import { advance, newTask } from '../../../../../src/shared/ota/task.ts'
import { createWords } from '../../../../../src/ui/app/i18n.ts'
import { remarkWords, stepText } from '../../../../../src/ui/parts/update-task/task-words.ts'

const policy = { pushes: true, retryIntervalMs: null, retriesMax: 1, timeoutMs: 1 }
const fresh: OtaTask = { ...newTask({ sourceVersion: '1.0', targetVersion: '2.0', needsConfirmation: false }), state: 'IN_PROGRESS', startedAt: 0 }
const after = (event: TaskEvent, task = fresh): string => advance(task, event, policy).task.remark
const words = createWords('zh')
const t = (words.global as unknown as { t: (key: string, named?: Record<string, unknown>) => string }).t

it('says in the language of the page whatever the engine says about a task', () => {
  expect(remarkWords(t, after({ kind: 'progress', step: -2, description: 'no (real) route: x', at: 1 }))).toBe('下载失败（-2）：no (real) route: x')
  expect(remarkWords(t, after({ kind: 'progress', step: -4, description: '', at: 1 }))).toBe('烧写失败（-4）')
  expect(remarkWords(t, after({ kind: 'version', version: '1.7', at: 1 }))).toBe('设备上报了版本 1.7，既不是 1.0 也不是 2.0。')
  expect(remarkWords(t, after({ kind: 'clock', at: 9 }))).toBe('设备未在规定时间内上报版本 2.0。')
  const queued: OtaTask = { ...fresh, state: 'QUEUED', startedAt: null }
  const others: TaskEvent[] = [{ kind: 'overridden' }, { kind: 'cancelled', evenInProgress: true }, { kind: 'scheduleEnded' }, { kind: 'deviceDeleted' }, { kind: 'packageDeleted' }, { kind: 'version', version: '2.0', at: 1 }]
  expect(others.map(event => remarkWords(t, after(event, queued))).every(text => /[\u4E00-\u9FFF]/.test(text))).toBe(true)
  expect(remarkWords(t, 'Something new.')).toBe('Something new.')
})

it('tells steps apart that have the same name', () => {
  const step = (event: string, state: OtaTask['state']): Parameters<typeof stepText>[1] => ({ at: 0, event, state, remark: '', traceId: null })
  words.global.locale.value = 'en'
  expect(stepText(t, step('pushed', 'NOTIFIED'), undefined, false)).toBe('The device was told')
  expect(stepText(t, step('pushed', 'IN_PROGRESS'), undefined, true)).toBe('The device was told again')
  expect(stepText(t, step('clock', 'FAILED'), undefined, true)).toBe('The time was up')
  expect(stepText(t, step('clock', 'NOTIFIED'), undefined, true)).toBe('The retry was due')
  expect(stepText(t, step('progress 40', 'QUEUED'), step('created', 'QUEUED'), false)).toBe('Progress 40 %. Not counted: the device was not told yet')
  expect(stepText(t, step('progress -3', 'FAILED'), step('pushed', 'NOTIFIED'), true)).toBe('The device reported: The verification of the file failed (-3)')
  expect(stepText(t, step('created', 'FAILED'), undefined, false)).toBe('The task was made, and failed at once')
})
