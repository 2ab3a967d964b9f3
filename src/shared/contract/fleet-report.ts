import { z } from 'zod'

/** When a device reports: at each step of its interval, or only what has changed since it last said it. */
export const reportOccasions = ['interval', 'change'] as const
/** The message that carries several samples: `property/batch/post`, or `property/history/post`, which leaves the latest values alone. */
export const batchMessages = ['batch', 'history'] as const
/** What a device does with its samples while it is away: it takes none, or keeps them for later. */
export const offlineConducts = ['skip', 'keep'] as const

const reportShape = {
  /** Each distance between two reports is drawn anew by each device: as much shorter or longer, in percent of the interval. */
  jitterPercent: z.number().min(0).max(100),
  when: z.enum(reportOccasions).describe('interval: everything at each step of the interval; change: the values are looked at then, and only those that have changed are reported.'),
  /** By property: a number is reported once it lies further than this from what was last reported; 0, or not named: any change counts. */
  deadBands: z.record(z.string(), z.number().min(0)),
  /** So many seconds after everything was last reported, everything is reported again, changed or not; null: only what changes. */
  silentSecMax: z.number().min(1).max(604_800).nullable(),
  /** So many samples are posted together, with the times at which they were taken; 1: each by itself. */
  batch: z.int().min(1).max(100),
  batchAs: z.enum(batchMessages),
  offline: z.enum(offlineConducts).describe('skip: a device that is away takes no samples; keep: it keeps them and posts them as history once it is back.'),
  /** Samples and events that a device keeps while it is away; the oldest go first. */
  keepMax: z.int().min(1).max(1_000),
  /** A report waits until the one before it is acknowledged (QoS 1) and goes out at once then: with a short interval, devices report as fast as the broker takes it. */
  oneAtATime: z.boolean(),
}
/** How the devices of a fleet report their properties; those of its gateways' sub-devices come at the interval, whatever is said here. */
export const reportPolicySchema = z.strictObject(reportShape)
export type ReportPolicy = z.output<typeof reportPolicySchema>
export const reportPolicyChangeSchema = reportPolicySchema.partial()

/** What a fleet does that nobody has told anything: every device reports everything at each step of its interval, and nothing while it is away. */
export const plainReport: ReportPolicy = {
  jitterPercent: 0,
  when: 'interval',
  deadBands: {},
  silentSecMax: null,
  batch: 1,
  batchAs: 'batch',
  offline: 'skip',
  keepMax: 100,
  oneAtATime: false,
}

/** What has come of the policy since the start. Samples that wait are those kept that are neither posted nor dropped. */
export const reportCounters = [
  /** Looks at values of which none had changed, so that nothing was reported. */
  'unchanged',
  /** Messages with several samples. */
  'batches',
  /** Samples and events of devices that were away; those posted as history since; and those that there was no room for. */
  'samplesKept',
  'samplesPosted',
  'samplesDropped',
] as const
export type ReportCounts = Record<(typeof reportCounters)[number], number>

/** All counts at zero. */
export function noReports(): ReportCounts {
  return Object.fromEntries(reportCounters.map(name => [name, 0])) as ReportCounts
}
