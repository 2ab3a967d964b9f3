import type { ConversationCounts } from '../../shared/contract/fleet-conversation.ts'
import type { LifeCounts } from '../../shared/contract/fleet-life.ts'
import type { NetworkCounts } from '../../shared/contract/fleet-network.ts'
import type { ReportCounts } from '../../shared/contract/fleet-report.ts'
import type { UpdateAccount, UpdateCounts } from '../../shared/contract/fleet-updates.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { EndAnswer } from './types.ts'
import type { SaidByDevice } from './utterances.ts'
import { z } from 'zod'
import { conversationCounters, conversationSchema } from '../../shared/contract/fleet-conversation.ts'
import { lifeCounters, lifeSchema } from '../../shared/contract/fleet-life.ts'
import { misbehaviourKinds, misbehavioursSchema } from '../../shared/contract/fleet-misbehaviour.ts'
import { networkCounters, networkSchema } from '../../shared/contract/fleet-network.ts'
import { reportCounters, reportPolicySchema } from '../../shared/contract/fleet-report.ts'
import { steeringSchema } from '../../shared/contract/fleet-steering.ts'
import { configConductSchema, updateConductSchema, updateCounters } from '../../shared/contract/fleet-updates.ts'
import { behaviourSchema } from '../../shared/contract/fleet.ts'
import { limits } from '../../shared/limits.ts'

/** The certificate of one simulated device. */
export interface FleetDevice { productKey: string, deviceName: string, deviceSecret: string }

const deviceSchema = z.strictObject({
  productKey: z.string().min(1),
  deviceName: z.string().min(1),
  deviceSecret: z.string(),
}) satisfies z.ZodType<FleetDevice>

const tlsSchema = z.strictObject({
  /** PEM text of the authority that signed the broker's certificate; null: those that Node knows. */
  caPem: z.string().nullable(),
  /** False: any certificate is accepted. */
  verify: z.boolean(),
  /** What the devices show of themselves, both as PEM text. */
  client: z.strictObject({ certificatePem: z.string(), keyPem: z.string() }).optional(),
})

const brokerSchema = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** Null: MQTT over plain TCP. */
  tls: tlsSchema.nullable(),
})
/** Where the devices connect. */
export type FleetBroker = z.output<typeof brokerSchema>

const foreignSchema = z.strictObject({
  /** Index of the process's first device in the fleet. */
  firstIndex: z.int().min(0),
  /** Templates of CONNECT; null: signed as for the platform. */
  login: z.strictObject({ clientId: z.string(), username: z.string().nullable(), password: z.string().nullable() }).nullable(),
  /** Templates of a report; null: as for the platform. */
  report: z.strictObject({ topic: z.string(), payload: z.string() }).nullable(),
  /** Templates of topic filters. */
  subscriptions: z.array(z.string()),
})
/** How devices speak to a broker that is not this platform. */
export type ForeignWays = z.output<typeof foreignSchema>

/** The engine has read the model before; here only its outline is checked. */
const modelSchema = z.custom<ThingModel>(
  value => typeof value === 'object' && value !== null && Array.isArray((value as Partial<ThingModel>).properties),
  'expected a thing model with a list of properties',
)

const subDevicesSchema = z.strictObject({
  model: modelSchema,
  /** Gateway `i` has the sub-devices from `i * perGateway` on. */
  perGateway: z.int().min(1),
  /** An empty secret: the gateway registers it. */
  devices: z.array(deviceSchema).max(limits.fleetDevicesMax),
})
/** What the gateways of a process bring with them. */
export type FleetSubDevices = z.output<typeof subDevicesSchema>

/** What may change while a fleet runs. */
const rates = {
  /** Milliseconds between two property posts of one device. */
  intervalMs: z.number().min(1).max(86_400_000),
  qos: z.union([z.literal(0), z.literal(1)]),
  /** Connections opened a second, first ones and repeated ones. */
  connectPerSec: z.number().positive().max(20_000),
  /** By property identifier; a property that is not named gets the one that {@link suggestBehaviours} finds for it. */
  behaviours: z.record(z.string(), behaviourSchema),
  model: modelSchema,
  conversation: conversationSchema,
  updates: updateConductSchema,
  config: configConductSchema,
  network: networkSchema.nullable(),
  misbehaviour: misbehavioursSchema,
  report: reportPolicySchema,
  life: lifeSchema,
  /** Null: the devices are no gateways, or bring nothing. */
  subDevices: subDevicesSchema.nullable(),
}

/** What the host hands out to each process, depending on how many there are. */
const share = {
  /** CONNECTs that may wait for their CONNACK at a time; brokers queue few connections they have not yet accepted. */
  handshakesMax: z.int().min(1),
  /** Connect from several loopback addresses, because one has ports for about 28,000 connections only. */
  spreadSources: z.boolean(),
  /** Downloads of updates that may be under way at a time. */
  downloadsMax: z.int().min(1),
}

const startSchema = z.strictObject({
  kind: z.literal('start'),
  broker: brokerSchema,
  devices: z.array(deviceSchema).max(limits.fleetDevicesPerProcessMax),
  ...rates,
  ...share,
  seed: z.int().min(0).max(0xFFFF_FFFF),
  /** How long each device reports, counted from its first CONNACK; null: until told to stop. */
  durationMs: z.number().min(0).nullable(),
  /** Subscribe to replies and commands: only the platform delivers them unasked. */
  subscribe: z.boolean(),
  /** Stands in the client id as `_v=thingbench-{version}`. */
  version: z.string(),
  /** Keep a hash of what each device says, and give them with `finished`. */
  hashesTrace: z.boolean(),
  /** Absent: they speak to the platform. */
  foreign: foreignSchema.optional(),
})
export type FleetStart = z.output<typeof startSchema>

const updateSchema = z.strictObject({
  kind: z.literal('update'),
  ...z.strictObject({ ...rates, ...share }).partial().shape,
  /** Only the first so many stay; the others disconnect and are forgotten. Happens before devices are added. */
  keepDevices: z.int().min(0).optional(),
  addDevices: z.array(deviceSchema).optional(),
})
export type FleetUpdate = z.output<typeof updateSchema>

const accountsAskSchema = z.strictObject({
  offset: z.int().min(0),
  /** 0: only how many there are. */
  limit: z.int().min(0).max(limits.updateAccountsPerPageMax),
  /** Null: all. */
  deviceNames: z.array(z.string()).max(limits.updateAccountsPerPageMax).nullable(),
})
/** Which accounts of updates are asked for. */
export type UpdateAccountsAsk = z.output<typeof accountsAskSchema>

/** A page of accounts, and how many there are in all. */
export interface UpdateAccounts { accounts: UpdateAccount[], total: number }

const endAskSchema = z.strictObject({ topic: z.string(), id: z.string(), direction: z.enum(['up', 'down']), near: z.number() })

const rangesSchema = z.array(z.tuple([z.int().min(0), z.int().min(0)]))
/** Stretches of devices by index, both ends included. */
export type IndexRanges = z.output<typeof rangesSchema>

const toProcessSchema = z.discriminatedUnion('kind', [
  startSchema,
  updateSchema,
  /** Another client logged in as this device: it stays away until it is woken. */
  z.strictObject({ kind: z.literal('kicked'), index: z.int().min(0) }),
  z.strictObject({ kind: z.literal('wake'), index: z.int().min(0) }),
  /** Makes devices do something; see `fleet.steer`. */
  z.strictObject({ kind: z.literal('steer'), ranges: rangesSchema, steering: steeringSchema }),
  /** Answered with `accounts` of the same `askId`. */
  z.strictObject({ kind: z.literal('accounts'), askId: z.int(), ...accountsAskSchema.shape }),
  /** Answered with `ends` of the same `askId`. */
  z.strictObject({ kind: z.literal('ends'), askId: z.int(), asks: z.array(endAskSchema).max(limits.journeyEndsMax) }),
  /** Stop reporting, wait for outstanding acknowledgements, disconnect, answer `finished`. */
  z.strictObject({ kind: z.literal('finish') }),
  /** Disconnect at once and answer `finished`. */
  z.strictObject({ kind: z.literal('stop') }),
])
export type ToFleetProcess = z.output<typeof toProcessSchema>

/** Counters since the start of a process; all but `online` and `connecting` only grow. */
const countersSchema = z.strictObject({
  online: z.int(),
  connecting: z.int(),
  /** Devices that got CONNACK 0 at least once. */
  everOnline: z.int(),
  published: z.int(),
  /** Those of them that ask for a PUBACK. */
  publishedQos1: z.int(),
  acknowledged: z.int(),
  replied: z.int(),
  repliedRefused: z.int(),
  skipped: z.int(),
  ...Object.fromEntries(conversationCounters.map(name => [name, z.int()])) as Record<keyof ConversationCounts, z.ZodInt>,
  ...Object.fromEntries(reportCounters.map(name => [name, z.int()])) as Record<keyof ReportCounts, z.ZodInt>,
  ...Object.fromEntries(updateCounters.map(name => [name, z.int()])) as Record<keyof UpdateCounts, z.ZodInt>,
})
export type FleetCounters = z.output<typeof countersSchema>

const statusSchema = z.strictObject({
  counters: countersSchema,
  /** Bucket counts of a {@link Histogram}: publish to PUBACK. */
  latency: z.instanceof(Uint32Array),
  /** Bucket counts of a {@link Histogram}: post to the platform's answer. */
  replies: z.instanceof(Uint32Array),
  /** Bucket counts of a {@link Histogram}: how late the tick ran. */
  lateness: z.instanceof(Uint32Array),
  errors: z.record(z.string(), z.int()),
  steered: z.strictObject({ away: z.int(), paced: z.int(), held: z.int(), weathered: z.int() }),
  network: z.strictObject(Object.fromEntries(networkCounters.map(name => [name, z.int()])) as Record<keyof NetworkCounts, z.ZodInt>),
  misdeeds: z.partialRecord(z.enum(misbehaviourKinds), z.strictObject({ sent: z.int(), taken: z.int(), refused: z.int() })),
  life: z.strictObject(Object.fromEntries(lifeCounters.map(name => [name, z.int()])) as Record<keyof LifeCounts, z.ZodInt>),
  /** One byte a device, an index into `cellStates`; null when none changed since the last status. */
  cells: z.instanceof(Uint8Array).nullable(),
  memoryBytes: z.number(),
  /** Processor time of the process over the last second, as a share of one core; 0 where the process is not the fleet's alone. */
  cpuPercent: z.number(),
  /** What waits in the devices' sockets. */
  queue: z.strictObject({ bytes: z.number(), mostBytes: z.number(), fullDevices: z.int() }),
})
export type ProcessStatus = z.output<typeof statusSchema>

const fromProcessSchema = z.discriminatedUnion('kind', [
  /** The first message: the process listens. `openFilesMax` is null where the system names no limit. */
  z.strictObject({ kind: z.literal('ready'), openFilesMax: z.number().nullable() }),
  /** At most four times a second. */
  z.strictObject({ kind: z.literal('status'), status: statusSchema }),
  z.strictObject({
    kind: z.literal('accounts'),
    askId: z.int(),
    accounts: z.custom<UpdateAccount[]>(value => Array.isArray(value), 'expected a list of accounts'),
    total: z.int(),
  }),
  z.strictObject({
    kind: z.literal('ends'),
    askId: z.int(),
    ends: z.custom<(EndAnswer | null)[]>(value => Array.isArray(value), 'expected a list of ends'),
  }),
  /** Every device has reported for its whole duration. */
  z.strictObject({ kind: z.literal('ended') }),
  /** The last message: all devices are disconnected. */
  z.strictObject({
    kind: z.literal('finished'),
    status: statusSchema,
    /** Null unless the start asked for it. */
    said: z.custom<SaidByDevice[] | null>(value => value === null || Array.isArray(value), 'expected a list of hashes or null'),
  }),
  /** A message of the host that made no sense; nothing was done. */
  z.strictObject({ kind: z.literal('rejected'), problem: z.string() }),
])
export type FromFleetProcess = z.output<typeof fromProcessSchema>

type Parsed<T> = { ok: true, message: T } | { ok: false, problem: string }

/** A thousand devices can be wrong in the same way; a few of them say it all. */
const problemCharsMax = 500

function parse<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value)
  return result.success ? { ok: true, message: result.data } : { ok: false, problem: z.prettifyError(result.error).slice(0, problemCharsMax) }
}

/** Checks a message of the host at the door of the fleet process. */
export function parseToProcess(value: unknown): Parsed<ToFleetProcess> {
  return parse(toProcessSchema, value)
}

/** Checks a message of a fleet process at the door of the engine. */
export function parseFromProcess(value: unknown): Parsed<FromFleetProcess> {
  return parse(fromProcessSchema, value)
}

/** The fleet process's end of its channel to the host. */
export interface FleetPort {
  post: (message: FromFleetProcess) => void
  onMessage: (listener: (message: unknown) => void) => void
  /** The host is gone. */
  onClose: (listener: () => void) => void
}

/** How a fleet process ended; `lastWords` is the end of what it wrote to its standard error, if that is known. */
export interface FleetProcessExit { code: number | null, signal: string | null, lastWords: string }

/** The engine's end: a process that runs the fleet's entry file, forked by Node or started by the desktop shell. */
export interface FleetProcess {
  post: (message: ToFleetProcess) => void
  onMessage: (listener: (message: unknown) => void) => void
  /** Called once, also when the process could not be started at all. */
  onExit: (listener: (exit: FleetProcessExit) => void) => void
  /** Ends it without asking. */
  kill: () => void
}

/** Given by the host of the engine: starts one more fleet process. */
export type SpawnFleetProcess = () => FleetProcess
