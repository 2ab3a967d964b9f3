import type { Batch } from '../../../../shared/contract/batch.ts'
import type { MethodInput } from '../../../../shared/contract/contract.ts'

/** What can be changed of a running batch, as fields of a form; null where a field is empty. */
export interface BatchDraft {
  perMinute: number | null
  base: number | null
  factor: number | null
  max: number | null
  threshold: number | null
  tags: { key: string, value: string }[]
  timeoutMinutes: number | null
  sourceVersions: string[]
}

/** Which parts of a batch may be changed while it runs (platform rule OTA-99). */
export function changeable({ dynamic, scope, rate, pushes }: Pick<Batch, 'dynamic' | 'scope' | 'rate' | 'pushes'>): { rate: boolean, timeout: boolean, sourceVersions: boolean } {
  return { rate: pushes && rate.kind !== 'unlimited', timeout: dynamic, sourceVersions: dynamic && scope.kind === 'all' }
}

/** The fields as the batch has them. */
export function draftOf({ rate, tags, timeoutMinutes, sourceVersions }: Batch): BatchDraft {
  return {
    perMinute: rate.kind === 'constant' ? rate.perMinute : null,
    base: rate.kind === 'growing' ? rate.base : null,
    factor: rate.kind === 'growing' ? rate.factor : null,
    max: rate.kind === 'growing' ? rate.max : null,
    threshold: rate.kind === 'growing' ? rate.threshold : null,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    timeoutMinutes,
    sourceVersions: [...sourceVersions],
  }
}

/** What the form asks the engine to change: only what differs; null when a number is missing. */
export function changeOf(batch: Batch, draft: BatchDraft): Omit<MethodInput<'batch.update'>, 'batchId'> | null {
  const may = changeable(batch)
  const rate = rateOf(batch, draft)
  if (rate === null)
    return null
  const tags = Object.fromEntries(draft.tags.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
  const differs = (after: unknown, before: unknown): boolean => JSON.stringify(after) !== JSON.stringify(before)
  return {
    ...(may.rate && differs(rate, batch.rate) && { rate }),
    ...(differs(tags, batch.tags) && { tags }),
    ...(may.timeout && draft.timeoutMinutes !== batch.timeoutMinutes && { timeoutMinutes: draft.timeoutMinutes }),
    ...(may.sourceVersions && differs(draft.sourceVersions, batch.sourceVersions) && { sourceVersions: draft.sourceVersions }),
  }
}

function rateOf({ rate }: Batch, { perMinute, base, factor, max, threshold }: BatchDraft): Batch['rate'] | null {
  switch (rate.kind) {
    case 'unlimited':
      return rate
    case 'constant':
      return perMinute === null ? null : { ...rate, perMinute }
    case 'growing':
      return base === null || factor === null || max === null || threshold === null ? null : { ...rate, base, factor, max, threshold }
  }
}
