import type { ReportPolicy } from '../../../shared/contract/fleet-report.ts'
import type { ThingModel } from '../../../shared/thing-model/types.ts'
import { reportPolicySchema } from '../../../shared/contract/fleet-report.ts'
import { wireName } from '../../../shared/thing-model/method.ts'

/** A report policy while it is written: numbers may be missing. */
export type ReportDraft = Omit<{ [K in keyof ReportPolicy]: ReportPolicy[K] | null }, 'when' | 'batchAs' | 'offline' | 'oneAtATime' | 'deadBands'> & Pick<ReportPolicy, 'when' | 'batchAs' | 'offline' | 'oneAtATime'> & {
  /** By property; null: none. */
  deadBands: Record<string, number | null>
}
/** The parts of a draft that can be wrong. */
export type ReportField = 'jitterPercent' | 'deadBands' | 'silentSecMax' | 'batch' | 'keepMax'

/** A policy as a draft. */
export function reportDraft(report: ReportPolicy): ReportDraft {
  return { ...report, deadBands: { ...report.deadBands } }
}

/** What a draft says, or the parts that are wrong. */
export function reportOf(draft: ReportDraft): { ok: true, report: ReportPolicy } | { ok: false, wrong: ReportField[] } {
  const parsed = reportPolicySchema.safeParse({ ...draft, deadBands: Object.fromEntries(Object.entries(draft.deadBands).filter(([, band]) => band !== null)) })
  return parsed.success ? { ok: true, report: parsed.data } : { ok: false, wrong: [...new Set(parsed.error.issues.map(({ path }) => path[0] as ReportField))] }
}

/** A property that can have a dead band. */
export interface BandedProperty { key: string, name: string, unit: string }

/** The properties of a model with numbers; and those that have a dead band although they are none, so that it can be taken away. */
export function bandedProperties(model: ThingModel | null, draft: ReportDraft): BandedProperty[] {
  const known = (model?.properties ?? []).flatMap(({ identifier, name, dataType }): BandedProperty[] => dataType.type === 'int' || dataType.type === 'float' || dataType.type === 'double'
    ? [{ key: wireName(identifier, model?.functionBlockId), name, unit: dataType.unit ?? '' }]
    : [])
  const others = Object.entries(draft.deadBands).filter(([key, band]) => band !== null && !known.some(one => one.key === key))
  return [...known, ...others.map(([key]) => ({ key, name: key, unit: '' }))]
}
