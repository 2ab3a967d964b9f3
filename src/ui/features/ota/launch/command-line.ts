import type { BatchInput } from './batch-draft.ts'
import { shellWord } from '../../../kit/shell-word.ts'

/** Names that a line holds; more are better in a file. */
const namesMax = 20

/** The line of the shell that makes the same batch. `fileName` is where the names of a list are; null when they were pasted. */
export function commandLine({ packageId, kind, scope, ...input }: BatchInput, fileName: string | null): string {
  const { rate, tags } = input
  const words = ['thingbench', 'ota', ...(kind === 'verify' ? ['verify'] : ['batch', 'create']), packageId]
  const add = (option: string, value?: string | number | null): void => {
    words.push(`--${option}`, ...(value === undefined || value === null ? [] : [shellWord(String(value))]))
  }
  if (scope?.kind === 'named' && scope.deviceNames.length <= namesMax)
    add('devices', scope.deviceNames.join(','))
  else if (scope?.kind === 'named' || scope?.kind === 'list')
    add('devices-file', fileName ?? 'names.csv')
  else if (scope?.kind === 'phased')
    add('percent', scope.percent)
  else if (scope?.kind === 'group')
    add('group', scope.group)
  if (input.dynamic)
    add('dynamic')
  if (input.sourceVersions?.length)
    add('from', input.sourceVersions.join(','))
  if (input.newlyReportedOnly)
    add('new-reports-only')
  if (input.startAt)
    add('start', new Date(input.startAt).toISOString())
  if (input.endAt)
    add('end', new Date(input.endAt).toISOString())
  if (input.pushes === false)
    add('on-request')
  if (rate?.kind === 'constant')
    add('rate', rate.perMinute)
  else if (rate?.kind === 'growing')
    add('rate', [rate.base, rate.factor, rate.max, rate.threshold, rate.counts].join(','))
  if (input.timeoutMinutes)
    add('timeout', input.timeoutMinutes)
  if (input.retryMinutes !== undefined && input.retryMinutes !== null) {
    add('retry-after', input.retryMinutes)
    add('retries', input.retriesMax)
  }
  if (input.severalModules)
    add('several-modules')
  if (input.overrides)
    add('override')
  if (input.needsConfirmation)
    add('confirm')
  if (input.protocol === 'MQTT')
    add('protocol', 'MQTT')
  if (tags && Object.keys(tags).length > 0)
    add('tags', Object.entries(tags).map(([key, value]) => `${key}=${value}`).join(','))
  return words.join(' ')
}
