import { z } from 'zod'

/** What a bad device does beside what a good one does. */
export const misbehaviourKinds = [
  /** A report that is no JSON: it breaks off in the middle. */
  'malformedJson',
  /** A number, or a text, beyond what the thing model allows. */
  'outOfRange',
  /** Text where a number belongs, a number where text does. */
  'wrongType',
  /** A property that the thing model does not have. */
  'unknownProperty',
  /** A payload of one byte more than 256 KB. */
  'oversized',
  /** A good report on the topic of another device. */
  'wrongTopic',
  /** A good report with values of so many seconds ago. */
  'staleTimestamp',
  /** Its clock goes so many seconds fast, or slow if negative: every report of its own has times that are wrong by that. */
  'clockSkew',
  /** A login with a signature that is wrong, on another connection than its own. */
  'badSignature',
  /** A second login with the same certificate, which pushes out the device itself; it leaves after two seconds. */
  'duplicateIdentity',
  /** So many reports at once. */
  'messageStorm',
] as const
export type MisbehaviourKind = (typeof misbehaviourKinds)[number]

const misbehaviourSchema = z.strictObject({
  kind: z.enum(misbehaviourKinds),
  /** Of a hundred devices, so many do it; which ones is drawn from their names, the kind and the seed. */
  devicesPercent: z.number().min(0).max(100).default(100),
  /** How often each of these does it, at random moments; of no meaning for `clockSkew`. */
  perHour: z.number().min(0).max(36_000).default(60),
  /** By how much the times of `staleTimestamp` and `clockSkew` are wrong. */
  seconds: z.number().min(-31_536_000).max(31_536_000).default(3_600),
  /** How many reports `messageStorm` sends. */
  messages: z.int().min(1).max(1_000).default(30),
})
export type Misbehaviour = z.output<typeof misbehaviourSchema>

/** One entry a kind at most. */
export const misbehavioursSchema = z.array(misbehaviourSchema).max(misbehaviourKinds.length).refine(list => new Set(list.map(({ kind }) => kind)).size === list.length, 'expected each kind once')

/** What a kind does unless told otherwise. */
export function defaultMisbehaviour(kind: MisbehaviourKind): Misbehaviour {
  return misbehaviourSchema.parse({ kind })
}

/** Of one kind since the start. What is neither taken nor refused has no answer: the platform gives none to what it cannot read and to topics of others. */
export interface Misdeeds {
  /** Messages, or logins. */
  sent: number
  /** Answered with 200, or let in. */
  taken: number
  /** Answered with another code, or with 200 and the names of values that were dropped; or turned away. */
  refused: number
}
/** By kind; a kind that nobody has done yet is missing. */
export type MisdeedCounts = Partial<Record<MisbehaviourKind, Misdeeds>>
