import type { BatchTask, TaskStep } from '../../../shared/contract/batch.ts'
import { stepFailures } from '../../../shared/ota/task.ts'

type Words = (key: string, named?: Record<string, unknown>) => string

/** Sentences that the engine keeps in its rows, and the words for them in the language of the page. */
const sentences: [RegExp, (t: Words, match: RegExpExecArray) => string][] = [
  [/^A newer batch took its place\.$/, t => t('updates.remark.overridden')],
  [/^Cancelled by the user\.$/, t => t('updates.remark.cancelled')],
  [/^The schedule of the batch ended\.$/, t => t('updates.remark.scheduleEnded')],
  [/^The update package was deleted\.$/, t => t('updates.remark.packageDeleted')],
  [/^The device was deleted\.$/, t => t('updates.remark.deviceDeleted')],
  [/^The device has an earlier update that has not ended\.$/, t => t('updates.remark.conflict')],
  [/^The device had the version before it was told\.$/, t => t('updates.remark.before')],
  [/^The device did not report version (\S+) in time\.$/, (t, match) => t('updates.remark.timeout', { version: match[1] })],
  [/^The device reported version (\S+), which is neither (\S+) nor (\S+)\.$/, (t, match) => t('updates.remark.version', { version: match[1], source: match[2], target: match[3] })],
  [/^[^(]+ \((-\d+)\)(?:: (.*))?\.$/s, (t, match) => {
    const what = stepWords(t, Number(match[1]))
    return match[2] === undefined ? what : t('updates.remark.said', { what, text: match[2] })
  }],
]

/** What is said about a task, in the language of the page; what a device said stays as it is. */
export function remarkWords(t: Words, remark: string): string {
  for (const [pattern, words] of sentences) {
    const match = pattern.exec(remark)
    if (match)
      return words(t, match)
  }
  return remark
}

/** What the number of a failed step means. */
function stepWords(t: Words, step: number): string {
  return stepFailures[step] === undefined ? t('updates.step.other', { step }) : t(`updates.step.minus${-step}`, { step })
}

/** What a task that is to be pushed waits for; empty when it waits for nothing. */
export function waitWords(t: Words, { waitsFor }: Pick<BatchTask, 'waitsFor'>, startAt: string): string {
  return waitsFor === null ? '' : t(`updates.waits.${waitsFor}`, { at: startAt })
}

/** A step of the timeline in words; `before` is the step before it. */
export function stepText(t: Words, { event, state }: TaskStep, before: TaskStep | undefined, wasTold: boolean): string {
  const [kind = '', value = ''] = event.split(' ')
  switch (kind) {
    case 'progress': {
      const step = Number(value)
      const text = step < 0 ? t('updates.event.reported', { what: stepWords(t, step) }) : t('updates.event.progress', { percent: value })
      return before && (before.state === 'QUEUED' || before.state === 'CONFIRM') ? t('updates.event.ignored', { what: text }) : text
    }
    case 'version':
      return t('updates.event.version', { version: value })
    case 'pushed':
      return t(wasTold ? 'updates.event.pushedAgain' : 'updates.event.pushed')
    case 'asked':
      return t(state === 'QUEUED' || state === 'CONFIRM' ? 'updates.event.askedInVain' : 'updates.event.asked')
    case 'clock':
      return t(state === 'FAILED' ? 'updates.event.timeUp' : 'updates.event.retryDue')
    case 'created':
      return t(state === 'FAILED' ? 'updates.event.refused' : 'updates.event.created')
    case 'confirmed':
    case 'online':
    case 'offline':
    case 'overridden':
    case 'cancelled':
    case 'scheduleEnded':
    case 'packageDeleted':
    case 'deviceDeleted':
    case 'retried':
      return t(`updates.event.${kind}`)
    default:
      return event
  }
}
