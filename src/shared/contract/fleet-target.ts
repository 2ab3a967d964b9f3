import { z } from 'zod'
import { unknownWords } from '../fleet-template.ts'
import { limits } from '../limits.ts'
import { productKeySchema } from './product.ts'

const pemSchema = z.string().max(limits.fleetPemCharsMax).includes('-----BEGIN ', { message: 'expected PEM text, -----BEGIN …' })

const tlsSchema = z.strictObject({
  /** Of the authority that signed the broker's certificate; null: those that the system and Node know. */
  caPem: pemSchema.nullable().default(null),
  /** False: any certificate is accepted. */
  verify: z.boolean().default(true),
  /** What the devices show of themselves, all the same; its key is a secret. */
  certificatePem: pemSchema.nullable().default(null),
})

/** A text with `{productKey}`, `{deviceName}` and `{index}` (from 1); of a report, with what {@link unknownWords} knows of one beside them. */
function templateSchema(charsMax: number, ofReport: boolean): z.ZodString {
  const known = ofReport ? '{productKey} {deviceName} {index} {id} {time} {timeSec} {params} {value.X}' : '{productKey} {deviceName} {index}'
  return z.string().min(1).max(charsMax).refine(text => unknownWords(text, ofReport).length === 0, `expected no other words in braces than ${known}`)
}

const place = {
  host: z.string().trim().min(1).max(255),
  port: z.int().min(1).max(65_535),
  /** Null: MQTT over plain TCP. */
  tls: tlsSchema.nullable().default(null),
}

/**
 * Where a fleet's devices report. `local`: this platform. `cloud`: one that speaks the same protocol, with devices that it has
 * given certificates to. `broker`: any of MQTT 3.1.1; without a topic the devices speak as they do to the platform, with one
 * they send their reports and nothing else.
 */
export const fleetTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local') }),
  z.strictObject({ kind: z.literal('cloud'), ...place }),
  z.strictObject({
    kind: z.literal('broker'),
    ...place,
    clientId: templateSchema(limits.fleetTemplateCharsMax, false)
      .refine(text => /\{(?:deviceName|index)\}/.test(text), 'expected {deviceName} or {index}: a second device of the same client id kicks out the first')
      .default('{productKey}.{deviceName}'),
    /** Null: none, and no password. */
    username: templateSchema(limits.fleetTemplateCharsMax, false).nullable().default(null),
    topic: templateSchema(limits.fleetTemplateCharsMax, true).refine(text => !/[+#]/.test(text), 'expected a topic without + and #').nullable().default(null),
    /** Counts with a topic only. */
    payload: templateSchema(limits.fleetPayloadTemplateCharsMax, true).default('{params}'),
    subscriptions: z.array(templateSchema(limits.fleetTemplateCharsMax, false)).max(limits.fleetTargetSubscriptionsMax).default([]),
  }),
])
export type FleetTarget = z.output<typeof fleetTargetSchema>
export type ForeignTarget = Exclude<FleetTarget, { kind: 'local' }>

export const localTarget: FleetTarget = { kind: 'local' }

/** A secret itself, or the variable of the engine's environment that holds it when a fleet starts. */
const secretSchema = z.union([
  z.strictObject({ text: z.string().min(1).max(limits.fleetPemCharsMax) }),
  z.strictObject({ environment: z.string().regex(/^[A-Z_]\w{0,127}$/i, 'expected the name of an environment variable') }),
])
export type TargetSecret = z.output<typeof secretSchema>

export const devicesCsvSchema = z.strictObject({
  /** ProductKey,DeviceName,DeviceSecret in any order, as the cloud's console exports them. */
  csv: z.string().max(limits.fleetDevicesCsvCharsMax),
  /** For a file without the column ProductKey. */
  productKey: productKeySchema.optional(),
})
export type DevicesCsv = z.output<typeof devicesCsvSchema>

/** Kept in the vault and never answered; null forgets one, what is left out stays. */
export const targetSecretsSchema = z.strictObject({
  /** With `{productKey}`, `{deviceName}` and `{index}`. */
  password: secretSchema.nullable().optional(),
  /** The key of `certificatePem`, PEM. */
  clientKey: secretSchema.nullable().optional(),
  /** The devices of a `cloud`. */
  devices: devicesCsvSchema.nullable().optional(),
})
export type TargetSecrets = z.output<typeof targetSecretsSchema>

/** Where a secret is kept: by the system's vault, in a file that only this user can read, or in the engine's environment. */
export type SecretPlace = { in: 'system' } | { in: 'file', file: string } | { in: 'environment', name: string }

/** Which secrets of a fleet are set, and where; null: not set. */
export interface KeptSecrets {
  password: SecretPlace | null
  clientKey: SecretPlace | null
  devices: { place: SecretPlace, count: number } | null
  /** Where a secret that is set now would be kept. */
  keeper: SecretPlace
}

/** What was read of a CSV of devices, without their secrets. */
export interface DevicesRead {
  devices: number
  productKeys: string[]
  /** The first names. */
  names: string[]
  /** The first wrong lines, counted from 1. */
  wrong: WrongLine[]
  wrongCount: number
}
export interface WrongLine { line: number, expected: string, got: string }

/** The way to a broker, in the order it is gone. */
export type ConnectionStep = 'devices' | 'dns' | 'tcp' | 'tls' | 'connect' | 'subscribe'

/** What became of one step: `said` in a sentence. */
export interface StepResult { step: ConnectionStep, state: 'passed' | 'failed' | 'skipped', said: string, ms: number }

/** The steps up to the one that failed. */
export interface ConnectionTest { passed: boolean, steps: StepResult[] }
