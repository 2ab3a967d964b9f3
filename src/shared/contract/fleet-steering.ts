import { z } from 'zod'
import { limits } from '../limits.ts'
import { deviceNameSchema } from './device.ts'
import { misbehaviourKinds } from './fleet-misbehaviour.ts'
import { networkSchema } from './fleet-network.ts'

/** Which devices of a fleet are meant: stretches of the fleet, first and last index (from 0) included; names; or those of its devices that a query finds. */
export const chosenDevicesSchema = z.union([
  z.strictObject({ ranges: z.array(z.tuple([z.int().min(0), z.int().min(0)])).min(1).max(limits.steeredRangesMax) }),
  z.strictObject({ names: z.array(deviceNameSchema).min(1).max(limits.fleetDevicesMax) }),
  z.strictObject({ query: z.string().min(1).max(limits.deviceQueryCharsMax) }),
])
export type ChosenDevices = z.output<typeof chosenDevicesSchema>

const awayMs = z.int().min(0).max(7 * 86_400_000).nullable().default(null)

/** What chosen devices of a running fleet are made to do. It lasts until it is taken back or the fleet stops. */
export const steeringSchema = z.discriminatedUnion('do', [
  /** They say goodbye, and come back after so many milliseconds; null: they stay away. */
  z.strictObject({ do: z.literal('disconnect'), backInMs: awayMs }),
  /** Those that are away come back. */
  z.strictObject({ do: z.literal('connect') }),
  /** They are gone without a word, and come back after so many milliseconds; null: they stay away. */
  z.strictObject({ do: z.literal('cut'), backInMs: awayMs }),
  /** Seconds between two property posts of their own; null: those of the fleet again. */
  z.strictObject({ do: z.literal('pace'), intervalSec: z.number().min(0.01).max(86_400).nullable() }),
  /** They keep to these values, by property name on the wire, whatever their behaviour says. */
  z.strictObject({ do: z.literal('hold'), values: z.record(z.string(), z.json()) }),
  /** These properties move again; without names, all that were held. */
  z.strictObject({ do: z.literal('release'), properties: z.array(z.string()).max(1_000).optional() }),
  /** They report now, whenever their next post is due. */
  z.strictObject({ do: z.literal('report') }),
  /** They have this network, whatever share it names; null: that of the fleet again. */
  z.strictObject({ do: z.literal('weather'), network: networkSchema.nullable() }),
  /** They do something bad so many times, at once; with `clockSkew`, in so many reports of their own. */
  z.strictObject({ do: z.literal('misbehave'), kind: z.enum(misbehaviourKinds), times: z.int().min(1).max(1_000) }),
  /** They lose power, after a goodbye or without a word, and get it back after so many milliseconds; null: when told. A schedule does not bring them back before. */
  z.strictObject({ do: z.literal('power-off'), farewell: z.boolean().default(true), backInMs: awayMs }),
  /** Those without power boot, also outside the hours of their schedule, which takes over when it next has them on. Nothing happens to dead ones. */
  z.strictObject({ do: z.literal('power-on') }),
  /** Those that have power start again, after a goodbye or without a word. */
  z.strictObject({ do: z.literal('reboot'), farewell: z.boolean().default(true) }),
  /** Their battery has this charge, as its property counts it: too little, and they are dead; enough, and dead ones boot. */
  z.strictObject({ do: z.literal('battery'), charge: z.number() }),
])
export type Steering = z.output<typeof steeringSchema>

/** What devices of a running fleet are made to do at present, beside what the whole fleet does. */
export interface Steered {
  /** Away because they were told to be. */
  away: number
  /** With an interval of their own. */
  paced: number
  /** With values that are held. */
  held: number
  /** With a network of their own. */
  weathered: number
}
