/** How many devices a minute get the notice of a batch: always the same, growing with success (platform rules OTA-48, OTA-49), or as many as there are. */
export type PushRate
  = | { kind: 'unlimited' }
    | { kind: 'constant', perMinute: number }
    | { kind: 'growing', base: number, factor: number, max: number, threshold: number, counts: 'pushed' | 'succeeded' }

/**
 * The rate after `counted` distinct devices (pushed or succeeded, as the rate says) since the start of the batch: each
 * `threshold` of them multiplies it by `factor`, up to `max` (OTA-50). Devices a minute, fractions kept.
 */
export function rateAfter(rate: PushRate, counted: number): number {
  if (rate.kind === 'unlimited')
    return Number.POSITIVE_INFINITY
  if (rate.kind === 'constant')
    return rate.perMinute
  const { base, factor, max, threshold } = rate
  return Math.min(max, base * factor ** Math.floor(counted / threshold))
}

/** What is left of a rate, and when it was counted last. */
export interface PushBucket { tokens: number, at: number }

/** A bucket at the start of a batch: the first device may be told at once. */
export function fullBucket(at: number): PushBucket {
  return { tokens: 1, at }
}

/**
 * Fills a bucket at `perMinute` up to `at` (epoch milliseconds). What is not used in a minute does not pile up beyond that
 * minute's worth, so that devices which come online late are not told all at once.
 */
export function fill({ tokens, at: before }: PushBucket, perMinute: number, at: number): PushBucket {
  const elapsedMs = Math.max(0, at - before)
  return { tokens: Math.min(Math.max(1, perMinute), tokens + perMinute * elapsedMs / 60_000), at }
}

/** Milliseconds until the bucket holds a whole device. */
export function untilNext({ tokens }: PushBucket, perMinute: number): number {
  return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * 60_000 / perMinute)
}

/**
 * Minutes until `devices` more are told, all of them online, when `counted` were told so far (platform rule OTA-51). A rate
 * that grows with success is taken as it is now, because nobody knows what will succeed.
 */
export function minutesToPush(rate: PushRate, counted: number, devices: number): number {
  if (rate.kind === 'unlimited' || devices <= 0)
    return 0
  const now = rateAfter(rate, counted)
  if (rate.kind === 'constant' || rate.counts === 'succeeded')
    return devices / now
  let minutes = 0
  for (let told = counted, left = devices; left > 0;) {
    const perMinute = rateAfter(rate, told)
    const stage = perMinute >= rate.max || rate.factor <= 1 ? left : Math.min(left, rate.threshold - told % rate.threshold)
    minutes += stage / perMinute
    told += stage
    left -= stage
  }
  return minutes
}
