import type { MethodInput } from '../../../../shared/contract/contract.ts'
import type { OtaPackage } from '../../../../shared/contract/ota-package.ts'

export type BatchInput = MethodInput<'batch.create'>
export type BatchField = keyof BatchInput
export type DraftScope = 'all' | 'named' | 'phased' | 'group'
/** How devices are named: picked from the list, or as text or a file that the engine checks. */
export type NamesFrom = 'pick' | 'paste' | 'file'
export type RateKind = 'unlimited' | 'constant' | 'growing'

/** What the form of a new batch holds; fields that do not apply keep what was typed. */
export interface BatchDraft {
  kind: 'verify' | 'upgrade'
  dynamic: boolean
  scope: DraftScope
  namesFrom: NamesFrom
  picked: string[]
  /** The list that the engine has checked. */
  namesId: string | null
  /** Where its names came from; null when they were pasted. */
  fileName: string | null
  percent: number | null
  group: string | null
  sourceVersions: string[]
  newlyReportedOnly: boolean
  isPlanned: boolean
  startAt: number | null
  endAt: number | null
  pushes: boolean
  rateKind: RateKind
  perMinute: number | null
  base: number | null
  factor: number | null
  max: number | null
  threshold: number | null
  counts: 'pushed' | 'succeeded'
  retryMinutes: number | null
  retriesMax: number | null
  timeoutMinutes: number | null
  severalModules: boolean
  overrides: boolean
  needsConfirmation: boolean
  protocol: 'HTTPS' | 'MQTT'
  tags: { key: string, value: string }[]
}

export function newDraft(kind: BatchDraft['kind']): BatchDraft {
  return {
    kind,
    dynamic: false,
    scope: kind === 'verify' ? 'named' : 'all',
    namesFrom: 'pick',
    picked: [],
    namesId: null,
    fileName: null,
    percent: 10,
    group: null,
    sourceVersions: [],
    newlyReportedOnly: false,
    isPlanned: false,
    startAt: null,
    endAt: null,
    pushes: true,
    rateKind: 'unlimited',
    perMinute: 100,
    base: 50,
    factor: 2,
    max: 10_000,
    threshold: 1_000,
    counts: 'pushed',
    retryMinutes: null,
    retriesMax: 2,
    timeoutMinutes: null,
    severalModules: false,
    overrides: false,
    needsConfirmation: false,
    protocol: 'HTTPS',
    tags: [],
  }
}

/** Which fields a draft has, by its kind, method and scope (platform rules OTA-30, OTA-36, OTA-41, OTA-45, OTA-47, OTA-63). */
export function fieldsOf(draft: BatchDraft, pack: Pick<OtaPackage, 'kind'>) {
  const isUpgrade = draft.kind === 'upgrade'
  const asksVersions = pack.kind === 'full' && draft.scope !== 'named'
  return {
    method: isUpgrade,
    scope: isUpgrade,
    phased: !draft.dynamic,
    sourceVersions: asksVersions,
    /** Where it is to be chosen, one is needed. */
    needsVersions: asksVersions && draft.dynamic && draft.scope === 'all',
    newlyReportedOnly: isUpgrade && draft.dynamic,
    schedule: isUpgrade && !draft.dynamic,
    rate: isUpgrade && draft.pushes,
    retry: isUpgrade,
    conflicts: isUpgrade,
  }
}

/**
 * What the engine is asked for, of the fields that apply. Null with the field that is still to be filled in, when one is: then
 * there is nothing to ask.
 */
export function toInput(draft: BatchDraft, pack: Pick<OtaPackage, 'packageId' | 'kind'>): { input: BatchInput, missing: null } | { input: null, missing: BatchField } {
  const fields = fieldsOf(draft, pack)
  const scope = scopeOf(draft)
  if (scope === null)
    return { input: null, missing: 'scope' }
  const rate = fields.rate ? rateOf(draft) : { kind: 'unlimited' as const }
  if (rate === null)
    return { input: null, missing: 'rate' }
  if (fields.needsVersions && draft.sourceVersions.length === 0)
    return { input: null, missing: 'sourceVersions' }
  const isPlanned = fields.schedule && draft.isPlanned
  if (isPlanned && draft.startAt === null)
    return { input: null, missing: 'startAt' }
  return {
    missing: null,
    input: {
      packageId: pack.packageId,
      kind: draft.kind,
      scope,
      ...(fields.method && draft.dynamic && { dynamic: true }),
      ...(fields.sourceVersions && draft.sourceVersions.length > 0 && { sourceVersions: draft.sourceVersions }),
      ...(fields.newlyReportedOnly && draft.newlyReportedOnly && { newlyReportedOnly: true }),
      ...(isPlanned && { startAt: draft.startAt, endAt: draft.endAt }),
      pushes: draft.pushes,
      rate,
      ...(fields.retry && draft.retryMinutes !== null && { retryMinutes: draft.retryMinutes, retriesMax: draft.retriesMax ?? 1 }),
      ...(draft.timeoutMinutes !== null && { timeoutMinutes: draft.timeoutMinutes }),
      ...(fields.conflicts && draft.severalModules && { severalModules: true }),
      ...(fields.conflicts && draft.overrides && { overrides: true }),
      ...(draft.needsConfirmation && { needsConfirmation: true }),
      protocol: draft.protocol,
      tags: Object.fromEntries(draft.tags.filter(({ key }) => key !== '').map(({ key, value }) => [key, value])),
    },
  }
}

function scopeOf({ kind, scope, namesFrom, picked, namesId, percent, group }: BatchDraft): BatchInput['scope'] | null {
  if (kind === 'verify' || scope === 'named') {
    if (namesFrom === 'pick')
      return picked.length === 0 ? null : { kind: 'named', deviceNames: picked }
    return namesId === null ? null : { kind: 'list', namesId }
  }
  if (scope === 'phased')
    return percent === null ? null : { kind: 'phased', percent }
  if (scope === 'group')
    return group === null ? null : { kind: 'group', group }
  return { kind: 'all' }
}

/** The push rate of a draft; null while a number of it is missing. */
export function rateOf({ rateKind, perMinute, base, factor, max, threshold, counts }: BatchDraft): Exclude<BatchInput['rate'], undefined> | null {
  if (rateKind === 'unlimited')
    return { kind: 'unlimited' }
  if (rateKind === 'constant')
    return perMinute === null ? null : { kind: 'constant', perMinute }
  if (base === null || factor === null || max === null || threshold === null)
    return null
  return { kind: 'growing', base, factor, max, threshold, counts }
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Whether the cloud would refuse the times of a draft, which a laptop need not (OTA-45). */
export function isBeyondCloud({ startAt, endAt }: Pick<BatchDraft, 'startAt' | 'endAt'>, now: number): boolean {
  if (startAt === null)
    return false
  return startAt < now + 5 * minuteMs || startAt > now + 7 * dayMs || (endAt !== null && (endAt < startAt + hourMs || endAt > startAt + 30 * dayMs))
}
