import type { Batch } from '../../../../shared/contract/batch.ts'
import type { CopyForms } from '../../../parts/copy-as/copy-forms.ts'
import type { BatchInput } from './batch-draft.ts'
import { listParameters } from '../../../parts/copy-as/copy-forms.ts'

/** Names that a line holds; more are better in a file. */
const namesMax = 20
/** Names that one call of the cloud's API takes, of a batch and of a verification. */
const namesPerCallMax = 200
const namesPerVerifyMax = 10

/** What of the batch only its package and its group know. */
interface LaunchFacts {
  productKey: string
  /** Where the names of a list are; null when they were pasted. */
  fileName: string | null
  /** Of what kind the chosen group is; null where it is not known. */
  groupKind: 'static' | 'dynamic' | null
}

/** The same batch on the command line and in the cloud's API, each where it can make exactly this one. */
export function launchForms(input: BatchInput, facts: LaunchFacts): CopyForms {
  const cli = launchWords(input, facts.fileName)
  const api = launchCall(input, facts)
  return { ...cli && { cli }, ...api && { api } }
}

/** The push rate as `--rate` takes it. */
export function rateWord(rate: Batch['rate']): string {
  switch (rate.kind) {
    case 'unlimited':
      return 'unlimited'
    case 'constant':
      return String(rate.perMinute)
    case 'growing':
      return [rate.base, rate.factor, rate.max, rate.threshold, rate.counts].join(',')
  }
}

/** Tags as `--tags` takes them; null when one has a comma, which parts them there. */
export function tagsWord(tags: Readonly<Record<string, string>>): string | null {
  const words = Object.entries(tags).map(([key, value]) => `${key}=${value}`)
  return words.some(word => word.includes(',')) ? null : words.length === 0 ? 'none' : words.join(',')
}

/** Tags as a call of the cloud's API has them. */
export function tagParameters(name: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return listParameters(name, Object.entries(tags).map(([Key, Value]) => ({ Key, Value })))
}

function launchWords({ packageId, kind, scope, ...input }: BatchInput, fileName: string | null): string[] | null {
  const { rate, tags = {} } = input
  const tagged = tagsWord(tags)
  if (tagged === null)
    return null
  const words = ['ota', ...(kind === 'verify' ? ['verify'] : ['batch', 'create']), packageId]
  const add = (option: string, value?: string | number | null): void => {
    words.push(`--${option}`, ...(value === undefined || value === null ? [] : [String(value)]))
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
  if (rate !== undefined && rate.kind !== 'unlimited')
    add('rate', rateWord(rate))
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
  if (Object.keys(tags).length > 0)
    add('tags', tagged)
  return words
}

/** The cloud pushes to so many devices a minute, never to all at once, and counts whole minutes. */
function launchCall(input: BatchInput, facts: LaunchFacts): CopyForms['api'] | null {
  const { packageId, kind, rate, pushes = true, retryMinutes = null, timeoutMinutes = null } = input
  const isWhole = [retryMinutes, timeoutMinutes].every(minutes => minutes === null || Number.isInteger(minutes))
  if (!isWhole)
    return null
  const common = {
    FirmwareId: packageId,
    ProductKey: facts.productKey,
    ...!pushes && { NeedPush: 'false' },
    ...input.needsConfirmation && { NeedConfirm: 'true' },
    ...input.protocol === 'MQTT' && { DownloadProtocol: 'MQTT' },
    ...timeoutMinutes !== null && { TimeoutInMinutes: String(timeoutMinutes) },
    ...tagParameters('Tag', input.tags ?? {}),
  }
  if (kind === 'verify') {
    const { scope } = input
    return scope?.kind === 'named' && scope.deviceNames.length <= namesPerVerifyMax
      ? { action: 'CreateOTAVerifyJob', parameters: { ...common, ...listParameters('TargetDeviceName', scope.deviceNames) } }
      : null
  }
  const target = targetOf(input, facts)
  if (target === null || (pushes && (rate?.kind !== 'constant' || !Number.isInteger(rate.perMinute))))
    return null
  return {
    action: input.dynamic ? 'CreateOTADynamicUpgradeJob' : 'CreateOTAStaticUpgradeJob',
    parameters: {
      ...common,
      ...target,
      ...listParameters('SrcVersion', input.sourceVersions ?? []),
      ...pushes && rate?.kind === 'constant' && { MaximumPerMinute: String(rate.perMinute) },
      ...retryMinutes !== null && { RetryInterval: String(retryMinutes), RetryCount: String(input.retriesMax ?? 1) },
      ...input.overrides && { OverwriteMode: '2' },
      ...input.severalModules && { MultiModuleMode: 'true' },
    },
  }
}

/** Which devices, in the cloud's terms; null where it cannot say it. */
function targetOf({ scope = { kind: 'all' }, dynamic, newlyReportedOnly, startAt, endAt }: BatchInput, { groupKind }: LaunchFacts): Record<string, string> | null {
  if (dynamic) {
    const mode: Record<string, string> = newlyReportedOnly ? { DynamicMode: '2' } : {}
    if (scope.kind === 'group')
      return groupKind === 'dynamic' ? { ...mode, GroupId: scope.group, GroupType: 'LINK_PLATFORM_DYNAMIC' } : null
    return scope.kind === 'all' ? mode : null
  }
  const times = { ...startAt && { ScheduleTime: String(startAt) }, ...endAt && { ScheduleFinishTime: String(endAt) } }
  switch (scope.kind) {
    case 'all':
      return { TargetSelection: 'ALL', ...times }
    case 'named':
      return scope.deviceNames.length <= namesPerCallMax ? { TargetSelection: 'SPECIFIC', ...listParameters('TargetDeviceName', scope.deviceNames), ...times } : null
    case 'phased':
      return /^\d{1,3}(?:\.\d{1,3})?$/.test(String(scope.percent)) ? { TargetSelection: 'GRAY', GrayPercent: String(scope.percent), ...times } : null
    case 'group':
      return groupKind === 'static' ? { TargetSelection: 'GROUP', GroupId: scope.group, GroupType: 'LINK_PLATFORM', ...times } : null
    default:
      return null
  }
}
