import type { Exercise } from './ota-gym.ts'
import { z } from 'zod'
import { messageKinds } from '../faults/message-kind.ts'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** How often a fault strikes: 1 is every time. */
const share = z.number().min(0).max(1).default(1)
/** Messages it is limited to; none named: all. */
const of = z.array(z.enum(messageKinds)).max(messageKinds.length).default([])
/** Which messages to devices. */
const to = z.enum(['replies', 'commands', 'both']).default('replies')
const delayMs = z.int().min(0).max(600_000)
const rate = z.int().min(0).max(1_000_000)

/** How a reply is spoiled; `any` draws one of the others each time. */
export const corruptions = ['any', 'truncated', 'flipped', 'wrongId', 'wrongCodeType'] as const

/** What can go wrong on purpose, each with its numbers. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), share, to, of, minMs: delayMs.default(500), maxMs: delayMs.default(2_000) }),
  z.strictObject({ kind: z.literal('drop'), share, to, of }),
  z.strictObject({ kind: z.literal('duplicate'), share, to, of }),
  /** A message waits until the next one to the same device has overtaken it, but not longer than this. */
  z.strictObject({ kind: z.literal('reorder'), share, to, of, withinMs: delayMs.default(2_000) }),
  z.strictObject({ kind: z.literal('corrupt'), share, to, of, how: z.enum(corruptions).default('any') }),
  /** Messages of the device are refused with this code, and nothing else becomes of them. */
  z.strictObject({ kind: z.literal('refuse'), share, of, code: z.int().min(1).max(999_999).default(5_000) }),
  z.strictObject({ kind: z.literal('noPuback'), share }),
  z.strictObject({ kind: z.literal('slowDownload'), bytesPerSec: z.int().min(16).max(100_000_000).default(4_096) }),
  /** Where in a file the download stands still. */
  z.strictObject({ kind: z.literal('stallDownload'), percent: z.number().min(0).max(99).default(40) }),
  z.strictObject({ kind: z.literal('wrongDigest') }),
  z.strictObject({ kind: z.literal('expiredUrl') }),
  z.strictObject({ kind: z.literal('kick'), everySec: z.int().min(1).max(86_400).default(60) }),
  /** So long after the login, without a DISCONNECT. */
  z.strictObject({ kind: z.literal('close'), afterSec: z.int().min(1).max(86_400).default(30) }),
  /** With a CONNACK return code of MQTT 3.1.1; MQTT 5 gets the reason code that says the same. */
  z.strictObject({ kind: z.literal('refuseConnect'), share, returnCode: z.int().min(1).max(5).default(3) }),
  /** The rates of the cloud; 0 lets nothing through. Those of the account hold where the fault is on for everything. */
  z.strictObject({
    kind: z.literal('throttle'),
    upQos0PerSec: rate.default(limits.upPerSecQos0Max),
    upQos1PerSec: rate.default(limits.upPerSecQos1Max),
    downPerSec: rate.default(limits.downPerSecMax),
    connectsPerMinute: rate.default(limits.connectsPerMinuteMax),
    accountUpPerSec: rate.default(limits.accountUpPerSecMax),
    accountDownPerSec: rate.default(limits.accountDownPerSecMax),
    accountConnectsPerSec: rate.default(limits.accountConnectsPerSecMax),
  }),
])
/** A fault with all its numbers. */
export type Fault = z.output<typeof faultSchema>
export type FaultWish = z.input<typeof faultSchema>
export type FaultKind = Fault['kind']
export const faultKinds = faultSchema.options.map(option => option.shape.kind.value) as FaultKind[]

/** One device, a whole product (no device named), or everything (nothing named). */
const scope = { productKey: productKeySchema.optional(), deviceName: deviceNameSchema.optional() }
export interface FaultScope { productKey?: string | undefined, deviceName?: string | undefined }

/** A fault that is on. */
export interface PlatformFault {
  faultId: string
  /** Null: everything. */
  productKey: string | null
  /** Null: the whole product. */
  deviceName: string | null
  fault: Fault
  /** What strikes follows from this and the names of devices: same seed, same messages, same faults. */
  seed: number
  since: number
  /** When it goes off by itself; null: never. */
  until: number | null
  /** How often it has struck, and when last. */
  struck: number
  lastStruckAt: number | null
}

/** Everything that is on, exercises of boards included. */
export interface FaultsOn { faults: PlatformFault[], exercises: Exercise[] }

export const platformFaultMethods = {
  'platformFault.list': method({
    about: 'The faults that are on and concern a device, a product or everything, its own first; without a scope, all that are on, with the exercises of boards under way.',
    input: z.strictObject(scope),
    output: type<FaultsOn>(),
  }),
  'platformFault.set': method({
    about: 'Turns faults on for a device, a product or everything; one of the same kind there is replaced, and its counts begin anew. For each kind, a fault of the device holds instead of one of its product, and that instead of one of everything.',
    input: z.strictObject({
      ...scope,
      faults: z.array(faultSchema).min(1).max(20),
      seed: z.int().min(0).max(0xFFFF_FFFF).optional(),
      /** Goes off by itself after that many seconds. */
      forSec: z.int().min(1).max(30 * 86_400).optional(),
    }),
    output: type<PlatformFault[]>(),
  }),
  'platformFault.clear': method({
    about: 'Turns faults off: those of a device, a product or everything, or only some kinds of them; with `everywhere` all there are, and the exercises of boards end.',
    input: z.strictObject({
      ...scope,
      kinds: z.array(z.enum(faultKinds)).min(1).max(faultKinds.length).optional(),
      everywhere: z.boolean().default(false),
    }),
    output: type<{ cleared: PlatformFault[], exercisesEnded: number }>(),
  }),
  'platformFault.disconnect': method({
    about: 'Disconnects a device, those of a product, or all that are online, once and now: `kick` as another login with the same identity does, `close` without a word.',
    input: z.strictObject({ ...scope, how: z.enum(['kick', 'close']).default('kick') }),
    output: type<{ devices: number }>(),
  }),
}

export const platformFaultStreams = {
  'platformFault.watch': stream({
    about: 'All faults that are on, at once and whenever one is turned on or off or has struck, at most twice a second.',
    input: z.strictObject({}),
    item: type<FaultsOn>(),
  }),
}
