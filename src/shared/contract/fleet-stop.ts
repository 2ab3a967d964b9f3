import { z } from 'zod'

/** When a running fleet stops by itself: whichever comes first. */
export const stopAfterSchema = z.strictObject({
  /** Messages of every kind that its devices have sent, all together. */
  messages: z.int().min(1).max(1_000_000_000).optional(),
  /** Seconds since its start. */
  sec: z.number().min(0.1).max(31_536_000).optional(),
  /** Replies other than 200 and trouble of devices, counted together. */
  failures: z.int().min(1).max(1_000_000_000).optional(),
})
export type StopAfter = z.output<typeof stopAfterSchema>
