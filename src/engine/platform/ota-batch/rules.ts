import type { BatchSpec } from '../../../shared/contract/batch.ts'
import type { PushRate } from '../../../shared/ota/push-rate.ts'
import type { BatchPackage, LiveBatch } from './types.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const cloudRetryMinutes: readonly (number | null)[] = [null, 0, 10, 30, 60, 1_440]
const cloudRetries: readonly number[] = [1, 2, 5]

/** A batch that the platform would not make or change so; the sentence says why, and `field` of what is asked is in the way. */
function refused(message: string, field: keyof BatchSpec): AppError {
  return new AppError('ota/batch-refused', message, { field })
}

/** Checks what is asked of a new batch against the package, the time and the other batches (OTA-33 to OTA-94). Throws AppError ota/batch-refused. */
export function checkNewBatch(spec: BatchSpec, pack: BatchPackage, { now, others, applyLimits }: { now: number, others: readonly LiveBatch[], applyLimits: boolean }): void {
  checkPackage(spec, pack)
  checkScope(spec, pack)
  checkPolicy(spec)
  checkSchedule(spec, now, applyLimits)
  if (applyLimits)
    checkCloudLimits(spec)
  checkOthers(spec, pack, others)
  if (spec.dynamic && spec.scope.kind === 'group' && applyLimits)
    checkPackagesOfGroup(spec.scope.group, pack.packageId, others)
}

function checkPackage({ kind, protocol }: BatchSpec, { state, fileCount, size }: BatchPackage): void {
  if (kind === 'upgrade' && state !== 'none' && state !== 'verified')
    throw refused('The update package has to be verified first.', 'packageId')
  if (protocol === 'MQTT' && fileCount > 1)
    throw refused('A package of several files cannot be downloaded over MQTT.', 'protocol')
  if (protocol === 'MQTT' && size > limits.downloadOverMqttBytesMax)
    throw refused('A file of more than 16 MB cannot be downloaded over MQTT.', 'protocol')
}

function checkScope({ kind, dynamic, scope, sourceVersions, newlyReportedOnly }: BatchSpec, { sourceVersion, targetVersion }: BatchPackage): void {
  if (kind === 'verify' && (dynamic || (scope.kind !== 'named' && scope.kind !== 'list')))
    throw refused('A package is verified on named devices, once.', 'scope')
  if (dynamic && scope.kind === 'phased')
    throw refused('A dynamic batch cannot be phased.', 'scope')
  if (!dynamic && newlyReportedOnly)
    throw refused('Only a dynamic batch can wait for newly reported versions.', 'newlyReportedOnly')
  if (sourceVersions.includes(targetVersion))
    throw refused(`The devices cannot come from version ${targetVersion}, which is the one they are to get.`, 'sourceVersions')
  if (sourceVersion !== null && sourceVersions.some(version => version !== sourceVersion))
    throw refused(`The package holds the difference to version ${sourceVersion}, so the devices cannot come from another one.`, 'sourceVersions')
  if (dynamic && scope.kind === 'all' && sourceVersion === null && sourceVersions.length === 0)
    throw refused('A dynamic batch needs at least one version that its devices come from.', 'sourceVersions')
}

function checkPolicy({ kind, severalModules, overrides, retryMinutes, timeoutMinutes }: BatchSpec): void {
  if (severalModules && overrides)
    throw refused('A batch cannot update several modules at once and override earlier tasks.', 'overrides')
  if (kind === 'verify' && (severalModules || overrides))
    throw refused('A verification neither updates several modules at once nor overrides earlier tasks.', 'overrides')
  if (retryMinutes !== null && timeoutMinutes !== null && retryMinutes >= timeoutMinutes)
    throw refused('The time until a retry has to be shorter than the timeout.', 'retryMinutes')
}

function checkSchedule({ kind, dynamic, startAt, endAt }: BatchSpec, now: number, applyLimits: boolean): void {
  if (startAt === null && endAt === null)
    return
  if (dynamic || kind === 'verify')
    throw refused('Only a static batch can be planned; this one starts at once.', 'startAt')
  if (startAt === null)
    throw refused('Only a batch with a planned start can have an end.', 'endAt')
  if (startAt <= now || (endAt !== null && endAt <= startAt))
    throw refused('The start has to be in the future, and the end after it.', 'startAt')
  if (applyLimits && (startAt < now + 5 * minuteMs || startAt > now + 7 * dayMs))
    throw refused('The start has to be 5 minutes to 7 days from now.', 'startAt')
  if (applyLimits && endAt !== null && (endAt < startAt + hourMs || endAt > startAt + 30 * dayMs))
    throw refused('The end has to be 1 hour to 30 days after the start.', 'endAt')
}

/** What the cloud allows and a laptop need not (OTA-48, OTA-49, OTA-54, OTA-55, OTA-59). */
function checkCloudLimits({ rate, retryMinutes, retriesMax, timeoutMinutes, sourceVersions, tags }: BatchSpec): void {
  checkCloudRate(rate)
  if (!cloudRetryMinutes.includes(retryMinutes))
    throw refused('A retry comes at once or after 10, 30, 60 or 1,440 minutes.', 'retryMinutes')
  if (retryMinutes !== null && !cloudRetries.includes(retriesMax))
    throw refused('There are 1, 2 or 5 retries.', 'retriesMax')
  checkCloudTimeout(timeoutMinutes)
  checkCloudVersions(sourceVersions)
  checkCloudTags(tags)
}

function checkCloudTimeout(timeoutMinutes: number | null): void {
  if (timeoutMinutes !== null && !(Number.isInteger(timeoutMinutes) && timeoutMinutes <= 1_440))
    throw refused('The timeout is 1 to 1,440 whole minutes.', 'timeoutMinutes')
}

function checkCloudVersions(versions: readonly string[]): void {
  if (versions.length > 10)
    throw refused('There are at most 10 versions that devices come from.', 'sourceVersions')
}

function checkCloudTags(tags: Record<string, string>): void {
  const entries = Object.entries(tags)
  if (entries.length > 10 || entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0) > 4_096)
    throw refused('There are at most 10 tags, of at most 4,096 characters together.', 'tags')
}

function checkCloudRate(rate: PushRate): void {
  const isWhole = (value: number, min: number, max: number): boolean => Number.isInteger(value) && value >= min && value <= max
  if (rate.kind === 'constant' && !isWhole(rate.perMinute, 10, 10_000))
    throw refused('10 to 10,000 devices a minute can be told.', 'rate')
  if (rate.kind !== 'growing')
    return
  const { base, max, factor, threshold } = rate
  if (!isWhole(base, 1, 10_000) || !isWhole(max, 10, 10_000) || base > max)
    throw refused('The base rate is 1 to 10,000 devices a minute, the highest one 10 to 10,000, and not below it.', 'rate')
  if (factor < 1.2 || factor > 5 || Math.abs(factor * 100 - Math.round(factor * 100)) > 1e-6 || !isWhole(threshold, 1, 100_000))
    throw refused('The factor is 1.20 to 5.00 with two decimals, the threshold 1 to 100,000 devices.', 'rate')
}

/** Whether a batch still makes tasks or has some that may change. */
export function isLive({ state, selecting, counts }: LiveBatch): boolean {
  return state === 'PLANNED' || state === 'IN_PROGRESS' || selecting || counts.CONFIRM + counts.QUEUED + counts.NOTIFIED + counts.IN_PROGRESS > 0
}

/** Whether a batch still looks for devices. */
export function isWatching({ state, spec }: LiveBatch): boolean {
  return spec.dynamic && state === 'IN_PROGRESS'
}

function checkOthers(spec: BatchSpec, { packageId, productKey, module, sourceVersion }: BatchPackage, others: readonly LiveBatch[]): void {
  const live = others.filter(isLive)
  if (live.some(other => other.productKey === productKey && ((spec.severalModules && other.spec.overrides) || (spec.overrides && other.spec.severalModules))))
    throw refused('Another batch of the product is under way that overrides earlier tasks or updates several modules at once; the two do not go together.', 'overrides')
  if (!spec.dynamic)
    return
  const watching = live.filter(isWatching)
  if (watching.some(other => other.packageId === packageId))
    throw refused('The package has a dynamic batch already; cancel that one first.', 'dynamic')
  const { scope } = spec
  const versions = sourceVersion === null ? spec.sourceVersions : [sourceVersion]
  const isMixed = (other: LiveBatch): boolean => other.productKey === productKey && other.module.toLowerCase() === module.toLowerCase()
    && (other.spec.scope.kind === 'group') !== (scope.kind === 'group')
    && (other.spec.differentialFrom === null ? other.spec.sourceVersions : [other.spec.differentialFrom]).some(version => versions.includes(version))
  if (spec.severalModules && watching.some(isMixed))
    throw refused('Another dynamic batch looks for the same version by group, or this one does; with several modules at once the two do not go together.', 'scope')
  if (scope.kind === 'group' && watching.some(({ spec: other }) => other.scope.kind === 'group' && other.scope.group === scope.group && (other.severalModules !== spec.severalModules || other.overrides !== spec.overrides)))
    throw refused('The dynamic batches of a group have to agree on several modules at once and on overriding.', 'overrides')
}

function checkPackagesOfGroup(group: string, packageId: string, others: readonly LiveBatch[]): void {
  const packages = new Set(others.filter(other => isWatching(other) && other.spec.scope.kind === 'group' && other.spec.scope.group === group).map(other => other.packageId))
  if (!packages.has(packageId) && packages.size >= 5)
    throw refused('At most 5 packages can be given to a group by dynamic batches.', 'scope')
}

/** What is to be changed of a batch. */
export interface BatchChange { rate?: PushRate | undefined, tags?: Record<string, string> | undefined, timeoutMinutes?: number | null | undefined, sourceVersions?: string[] | undefined }

/** Checks a change of a batch under way (OTA-99). Throws AppError ota/batch-refused. */
export function checkChange(batch: LiveBatch, { rate, tags, timeoutMinutes, sourceVersions }: BatchChange, applyLimits: boolean): void {
  const { spec, state } = batch
  if (state !== 'IN_PROGRESS' && state !== 'PLANNED')
    throw refused('Only a batch that is under way can be changed.', 'packageId')
  if (rate !== undefined && rate.kind !== spec.rate.kind)
    throw refused('The numbers of the push rate can be changed, its kind cannot.', 'rate')
  if (!spec.dynamic && (timeoutMinutes !== undefined || sourceVersions !== undefined))
    throw refused('Timeout and source versions can be changed of a dynamic batch only.', 'timeoutMinutes')
  if (timeoutMinutes !== undefined && timeoutMinutes !== null && spec.retryMinutes !== null && spec.retryMinutes >= timeoutMinutes)
    throw refused('The time until a retry has to be shorter than the timeout.', 'retryMinutes')
  if (sourceVersions !== undefined && (spec.scope.kind !== 'all' || spec.differentialFrom !== null))
    throw refused('The source versions of this batch follow from its package or its devices.', 'sourceVersions')
  if (sourceVersions !== undefined && (sourceVersions.length === 0 || sourceVersions.includes(batch.targetVersion)))
    throw refused('A dynamic batch needs at least one version that its devices come from, and it cannot be the one they are to get.', 'sourceVersions')
  if (!applyLimits)
    return
  if (rate !== undefined)
    checkCloudRate(rate)
  checkCloudTimeout(timeoutMinutes ?? null)
  checkCloudVersions(sourceVersions ?? [])
  checkCloudTags(tags ?? {})
}
