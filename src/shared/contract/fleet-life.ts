import { z } from 'zod'
import { parameterSchema } from './behaviour.ts'

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 07:30')
const hours = parameterSchema({ above: 0 })
const seconds = parameterSchema({ above: 0 })
const delay = parameterSchema({ from: 0 })

const dailySchema = z.strictObject({
  kind: z.literal('daily'),
  from: timeOfDay,
  to: timeOfDay,
  /** Minutes east of UTC that the times are counted in; without it, the local time of the machine that plays the device. */
  utcOffsetMin: z.int().min(-14 * 60).max(14 * 60).optional(),
  /** Each device keeps its hours later by up to so many seconds, evenly drawn. */
  jitterSec: z.number().min(0).max(43_200).default(0),
}).refine(({ from, to }) => from !== to, { error: 'expected another time than "from"', path: ['to'] })

/** A device that sleeps between two short times on; each begins at its own point of the turn. */
const dutySchema = z.strictObject({ kind: z.literal('duty'), onSec: seconds, offSec: seconds })

const lifeShape = {
  /** From power to the first CONNECT. */
  bootSec: delay,
  /** Devices start again by themselves, after so many hours on average (exponentially distributed); a share of these starts comes without DISCONNECT. Null: never. */
  uptime: z.strictObject({ meanHours: hours, crashPercent: z.number().min(0).max(100).default(0) }).nullable(),
  /** When a device has power. Null: always. */
  schedule: z.discriminatedUnion('kind', [dailySchema, dutySchema]).nullable(),
  /**
   * `property`, by its name on the wire, is the charge. A device that would report `deadAt` or less is dead: its link breaks
   * without DISCONNECT and it says nothing until it is recharged. Null: devices never run dry.
   */
  battery: z.strictObject({
    property: z.string().min(1).max(128),
    deadAt: z.number().default(0),
    recharge: z.union([z.literal('never'), z.strictObject({ afterSec: delay, to: z.number() })], { error: 'expected "never", or afterSec and to' }).default('never'),
  }).refine(({ deadAt, recharge }) => recharge === 'never' || recharge.to > deadAt, { error: 'expected a charge above "deadAt"', path: ['recharge', 'to'] }).nullable(),
  /** Services, by their name on the wire, after whose answer the device starts again or switches itself off. */
  services: z.strictObject({
    reboot: z.array(z.string().min(1).max(128)).max(20).default([]),
    powerOff: z.array(z.string().min(1).max(128)).max(20).default([]),
  }),
  /**
   * What a device loses when it starts again. True: values that were set from outside move again, and its own time, which
   * ramps, cycles and `t` count in, begins anew. False: everything is kept, as in flash memory. A battery's charge stays in any case.
   */
  forgets: z.boolean(),
}
/** When the devices of a fleet are on, and what makes them start again. Everything is drawn from the seed and the device's name. */
export const lifeSchema = z.strictObject(lifeShape)
export type Life = z.output<typeof lifeSchema>
export const lifeChangeSchema = lifeSchema.partial()

/** Devices that are on as long as the fleet runs, connect at once and forget nothing. */
export const defaultLife: Life = { bootSec: 0, uptime: null, schedule: null, battery: null, services: { reboot: [], powerOff: [] }, forgets: false }

/** How many devices are now off, booting, flashing (an update starts them again) and dead; and since the start of the fleet, what they went through. */
export const lifeCounters = [
  'off',
  'booting',
  'flashing',
  'dead',
  /** Times that a device came to run. */
  'boots',
  /** Times that a device with power started again, and those of them without DISCONNECT. */
  'reboots',
  'crashes',
  /** Batteries that ran dry, and that were charged again. */
  'deaths',
  'recharges',
] as const
export type LifeCounts = Record<(typeof lifeCounters)[number], number>

/** All counts at zero. */
export function noLifeCounts(): LifeCounts {
  return Object.fromEntries(lifeCounters.map(name => [name, 0])) as LifeCounts
}
