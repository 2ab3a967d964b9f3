/** The first delay after a lost or failed connection; doubled each time, up to the longest. */
const firstMs = 1_000
const longestMs = 30_000
/** After a refusal: the certificate hardly becomes right by itself. */
const refusedMs = 60_000

/**
 * How long a device waits before it connects again, milliseconds: 1, 2, 4 … 30 s after its first, second, third …
 * failure in a row, a minute after a refusal; spread over half to one and a half of that by `random` (0 to 1), so that a
 * fleet that lost its broker does not come back in one instant.
 */
export function retryDelayMs(failuresBefore: number, refused: boolean, random: number): number {
  const delayMs = refused ? refusedMs : Math.min(longestMs, firstMs * 2 ** Math.min(failuresBefore, 10))
  return delayMs * (0.5 + random)
}

/** Whether a CONNACK code says that the broker, not the device, is at fault: 3, server unavailable. */
export function isQuickRetry(connackCode: number): boolean {
  return connackCode === 3
}
