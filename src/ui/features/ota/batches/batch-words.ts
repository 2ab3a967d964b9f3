import type { Batch } from '../../../../shared/contract/batch.ts'

type Words = (key: string, named?: Record<string, unknown>, plural?: number) => string
interface Figures { count: (value: number) => string, figure: (value: number) => string, duration: (durationMs: number) => string }

const minuteMs = 60_000

/** Which devices a batch looks at. */
export function scopeWords(t: Words, { count, figure }: Figures, { scope }: Pick<Batch, 'scope'>): string {
  switch (scope.kind) {
    case 'all':
      return t('batches.scope.all')
    case 'named':
      return t('batches.scope.named', { count: count(scope.deviceCount) }, scope.deviceCount)
    case 'phased':
      return t('batches.scope.phased', { percent: figure(scope.percent) })
    case 'group':
      return t('batches.scope.group', { group: scope.group })
  }
}

/** The push rate in words. */
export function rateWords(t: Words, { figure, count }: Figures, { rate, pushes }: Pick<Batch, 'rate' | 'pushes'>): string {
  if (!pushes)
    return t('batches.policy.onRequest')
  switch (rate.kind) {
    case 'unlimited':
      return t('batches.policy.unlimited')
    case 'constant':
      return t('batches.policy.constant', { rate: figure(rate.perMinute) })
    case 'growing':
      return t(`batches.policy.growing.${rate.counts}`, { base: figure(rate.base), factor: figure(rate.factor), threshold: count(rate.threshold), max: figure(rate.max) })
  }
}

/** How a batch goes about its tasks, in one sentence. */
export function policyWords(t: Words, format: Figures, batch: Pick<Batch, 'rate' | 'pushes' | 'retryMinutes' | 'retriesMax' | 'timeoutMinutes'>): string {
  const { retryMinutes, retriesMax, timeoutMinutes } = batch
  return [
    rateWords(t, format, batch),
    retryMinutes === null
      ? t('batches.policy.noRetry')
      : retryMinutes === 0
        ? t('batches.policy.retryAtOnce', { count: retriesMax }, retriesMax)
        : t('batches.policy.retry', { count: retriesMax, interval: format.duration(retryMinutes * minuteMs) }, retriesMax),
    timeoutMinutes === null ? t('batches.policy.noTimeout') : t('batches.policy.timeout', { duration: format.duration(timeoutMinutes * minuteMs) }),
  ].join(t('batches.policy.and'))
}
