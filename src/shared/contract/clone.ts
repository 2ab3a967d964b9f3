import type { Reason } from '../clone/words.ts'
import type { DataTypeName } from '../thing-model/types.ts'
import type { Behaviour } from './behaviour.ts'
import type { FleetSettings, FleetSettingsChange } from './fleet.ts'
import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { fleetPrefixSchema } from './fleet.ts'
import { productKeySchema } from './product.ts'

/** What is learned of a device beside its properties. */
export type CloneTraitSubject = 'interval' | 'replies' | 'events' | 'logs' | 'networkStatus' | 'version' | 'asks' | 'together' | 'gateway'

/** Something learned, or why it could not be: one sentence in English, and what `explainReason` says it from in another language. */
export interface Learned { reason: Reason, sentence: string }

/** Seconds since the first value, and the number; at most 300. */
export type ClonePoints = [sec: number, value: number][]

export interface CloneProperty {
  /** Identifier on the wire. */
  property: string
  name: string
  unit: string
  dataType: DataTypeName
  /** How many values it was learned from. */
  values: number
  /** Of the behaviour in the settings. */
  kind: Behaviour['kind']
  why: Learned
  remarks: Learned[]
  /** Every way of moving that was compared, the best first, in bits a value: what it takes to tell a value when the behaviour is known. */
  compared: { kind: Behaviour['kind'], bitsPerValue: number }[]
  /** What else it can be made to do: exactly what was recorded (null when that is too long for a fleet's settings, or nothing was), or stand still. */
  asRecorded: Behaviour | null
  constant: Behaviour | null
  /** What the device reported and what the first device of the fleet is going to report; empty for what is no number. */
  recorded: ClonePoints
  generated: ClonePoints
}

export interface CloneProposal {
  productKey: string
  deviceName: string
  fromAt: number
  toAt: number
  /** How many values were read, of all properties together. */
  values: number
  /** How the names of the devices begin: the prefix asked for, otherwise one that no fleet of the product has. */
  prefix: string
  /** For `fleet.create`: what is left out of the conversation and the updates is as it is for every fleet. */
  settings: Pick<FleetSettings, 'intervalSec' | 'qos' | 'seed' | 'behaviours'> & Required<Pick<FleetSettingsChange, 'conversation' | 'updates'>>
  properties: CloneProperty[]
  traits: (Learned & { subject: CloneTraitSubject })[]
}

export const cloneMethods = {
  'clone.learn': method({
    about: 'Learns from what is kept of a device in a time span how it behaves, and proposes the settings of a fleet of variants.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** Both ends included. */
      fromAt: z.number(),
      toAt: z.number(),
      /** How much the variants differ: each draws its numbers up to so much around what was learned. 0: all are the same. */
      variationPercent: z.number().min(0).max(50).default(10),
      prefix: fleetPrefixSchema.optional(),
      seed: z.int().min(0).max(0xFFFF_FFFF).optional(),
    }),
    output: type<CloneProposal>(),
  }),
}
