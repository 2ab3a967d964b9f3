/**
 * What devices of a process hold back for later together; and one message with samples: a quarter of what a payload may be,
 * so that a socket is not blocked for long, and no more samples than the cloud takes events.
 */
export const reportLimits = {
  keptBytesMax: 64 * 1024 * 1024,
  messageBytes: 64 * 1024,
  samplesPerMessageMax: 200,
} as const
