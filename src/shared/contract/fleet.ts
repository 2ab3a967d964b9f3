import type { Behaviour } from './behaviour.ts'
import type { ConversationCounts } from './fleet-conversation.ts'
import type { LifeCounts } from './fleet-life.ts'
import type { MisdeedCounts } from './fleet-misbehaviour.ts'
import type { NetworkCounts } from './fleet-network.ts'
import type { ReportCounts } from './fleet-report.ts'
import type { Steered } from './fleet-steering.ts'
import type { ConnectionTest, DevicesRead, KeptSecrets, SecretPlace } from './fleet-target.ts'
import type { UpdateAccount, UpdateCounts } from './fleet-updates.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { behaviourSchema } from './behaviour.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { conversationChangeSchema, conversationSchema } from './fleet-conversation.ts'
import { lifeChangeSchema, lifeSchema } from './fleet-life.ts'
import { misbehavioursSchema } from './fleet-misbehaviour.ts'
import { networkSchema } from './fleet-network.ts'
import { reportPolicyChangeSchema, reportPolicySchema } from './fleet-report.ts'
import { chosenDevicesSchema, steeringSchema } from './fleet-steering.ts'
import { stopAfterSchema } from './fleet-stop.ts'
import { devicesCsvSchema, fleetTargetSchema, localTarget, targetSecretsSchema } from './fleet-target.ts'
import { configConductChangeSchema, configConductSchema, updateConductChangeSchema, updateConductSchema } from './fleet-updates.ts'
import { productKeySchema } from './product.ts'

export { type Behaviour, behaviourSchema } from './behaviour.ts'

/** `tcp`: each device has a socket, as a real one. `in-process`: none, for more devices than file handles; what is measured then is the platform and not the network. */
export const fleetTransports = ['tcp', 'in-process'] as const
export type FleetTransport = (typeof fleetTransports)[number]

/** By property identifier; a property that is not named gets the behaviour that suits its type. */
export const behavioursSchema = z.record(z.string(), behaviourSchema)

const fleetSettings = {
  name: z.string().trim().min(1).max(64),
  /** How many devices take part; devices are made as they are needed. */
  count: z.int().min(1).max(50_000),
  /** Seconds between two property posts of one device; fractions allowed. */
  intervalSec: z.number().min(0.01).max(86_400),
  qos: z.union([
    z.literal(0),
    z.literal(1),
  ]),
  connectPerSec: z.int().min(1).max(20_000),
  /** How devices reach the platform; a change counts from the next start on. */
  transport: z.enum(fleetTransports),
  seed: z.int().min(0).max(0xFFFF_FFFF),
  behaviours: behavioursSchema,
  conversation: conversationSchema,
  updates: updateConductSchema,
  config: configConductSchema,
  /** The weather between the devices and the broker; null: nothing is in the way. */
  network: networkSchema.nullable(),
  /** What bad devices do; none: all are good. */
  misbehaviour: misbehavioursSchema,
  /** When devices report their properties, together with what, and what becomes of samples taken while they are away. */
  report: reportPolicySchema,
  /** When the devices are on, and what makes them start again. */
  life: lifeSchema,
  /** When it stops by itself; null: when it is told to. */
  stopAfter: stopAfterSchema.nullable(),
  /** Where the devices report; changed only while the fleet is stopped. */
  target: fleetTargetSchema,
}
/** What a fleet is set up with, beside its product and the names of its devices. */
export const fleetSettingsSchema = z.strictObject(fleetSettings)
export type FleetSettings = z.output<typeof fleetSettingsSchema>
/** How the names of a fleet's devices begin. */
export const fleetPrefixSchema = z.string().regex(/^[\w\-@.:]{1,24}$/, 'expected 1 to 24 letters, digits, or - _ @ . :')
const settingsChangeSchema = fleetSettingsSchema.partial().extend({
  conversation: conversationChangeSchema.optional(),
  updates: updateConductChangeSchema.optional(),
  config: configConductChangeSchema.optional(),
  report: reportPolicyChangeSchema.optional(),
  life: lifeChangeSchema.optional(),
  secrets: targetSecretsSchema.optional(),
})
/** What `fleet.update` takes: whatever is left out stays, also inside the conversation, the conducts and the life. */
export type FleetSettingsChange = z.output<typeof settingsChangeSchema>

export const fleetRunStates = [
  'stopped',
  'starting',
  'running',
  'stopping',
  'failed',
] as const
export type FleetRunState = (typeof fleetRunStates)[number]

/** What a cell of the matrix can be; its index is the byte in {@link FleetLive.cells}. */
export const cellStates = [
  'idle',
  'connecting',
  'online',
  'offline',
  'refused',
  'swapped',
  'failed',
  /** Without power. */
  'off',
  'booting',
  /** An update has written its file and starts the device again. */
  'flashing',
  /** Its battery is empty. */
  'dead',
] as const
export type CellState = (typeof cellStates)[number]

export interface Percentiles { p50: number, p95: number, p99: number }

/** What waits in the sockets of simulated devices because the other side reads too slowly. */
export interface SocketQueue {
  /** All devices together, and the device with the most. */
  bytes: number
  mostBytes: number
  /** Devices that leave reports out until there is room again. */
  fullDevices: number
}

export interface FleetStats {
  connected: number
  connecting: number
  /** Messages of every kind handed to the socket. */
  published: number
  /** PUBACKs for QoS 1 publishes. */
  acknowledged: number
  /** Platform replies received, and those among them with a code other than 200. */
  replied: number
  repliedRefused: number
  /** Messages left out because the device's socket was still full. */
  skipped: number
  publishedPerSec: number
  conversation: ConversationCounts
  updates: UpdateCounts
  /** Publish to PUBACK, milliseconds. */
  latencyMs: Percentiles
  /** Post to the platform's answer, milliseconds. */
  replyMs: Percentiles
  /** How late the tick ran, milliseconds: the laptop's own limit. */
  latenessMs: Percentiles
  /** By cause, in words: `connection refused by the broker (code 4)`: 12. */
  errors: Record<string, number>
  memoryBytes: number
  processes: number
  /** Processor time of each process over the last second, as a share of one core in percent; 0 for devices that live in the engine's process. */
  cpuPercents: number[]
  queue: SocketQueue
  steered: Steered
  network: NetworkCounts
  /** What bad devices did. */
  misdeeds: MisdeedCounts
  /** What has come of the report policy. */
  report: ReportCounts
  life: LifeCounts
}

/** What came of whole runs of fleets, taken together. */
export interface FleetSummary extends Pick<FleetStats, 'connected' | 'published' | 'acknowledged' | 'replied' | 'repliedRefused' | 'skipped' | 'latencyMs' | 'replyMs' | 'latenessMs' | 'errors'> {
  /** Devices that got CONNACK 0 at least once. */
  everConnected: number
  /** QoS 1 messages without a PUBACK; before the end, those still under way are among them. */
  lost: number
}

export interface Fleet extends FleetSettings {
  fleetId: string
  productKey: string
  /** Names are `prefix-0001` and so on; see {@link fleetDeviceName}. */
  prefix: string
  state: FleetRunState
  /** Why it failed, a sentence; null otherwise. */
  problem: string | null
  startedAt: number | null
  stats: FleetStats
  /** Which secrets of its target are set, and where they are kept. */
  secrets: KeptSecrets
  /** A hash over what its devices said in the run that has ended last, the same for the same seed; null unless time was virtual. */
  traceHash: string | null
}

/** Name of the device at `index` (from 0) of a fleet: its prefix and a number padded to four digits, from 1. */
export function fleetDeviceName(prefix: string, index: number): string {
  return `${prefix}-${String(index + 1).padStart(4, '0')}`
}

/** Name of the sub-device at `index` (from 0) of a gateway: the gateway's, and a number of at least two digits, from 1. */
export function subDeviceName(gatewayName: string, index: number): string {
  return `${gatewayName}-${String(index + 1).padStart(2, '0')}`
}

const fleetId = z.string().min(1).max(40)

export const fleetMethods = {
  'fleet.list': method({
    about: 'All fleets of the workspace.',
    input: z.strictObject({}),
    output: type<Fleet[]>(),
  }),
  'fleet.get': method({
    about: 'One fleet.',
    input: z.strictObject({ fleetId }),
    output: type<Fleet>(),
  }),
  'fleet.create': method({
    about: 'Makes a fleet of a product and the devices it needs; it does not start it.',
    input: z.strictObject({
      productKey: productKeySchema,
      name: fleetSettings.name.optional(),
      prefix: fleetPrefixSchema.optional(),
      count: fleetSettings.count.default(100),
      intervalSec: fleetSettings.intervalSec.default(5),
      qos: fleetSettings.qos.default(1),
      connectPerSec: fleetSettings.connectPerSec.default(1_000),
      transport: fleetSettings.transport.default('tcp'),
      seed: fleetSettings.seed.optional(),
      behaviours: fleetSettings.behaviours.default({}),
      /** What is left out is as it is for a fleet that nobody has told anything: see `defaultConversation`. */
      conversation: conversationChangeSchema.default({}),
      /** Likewise: see `defaultUpdates` and `defaultConfigConduct`. */
      updates: updateConductChangeSchema.default({}),
      config: configConductChangeSchema.default({}),
      network: fleetSettings.network.default(null),
      misbehaviour: fleetSettings.misbehaviour.default([]),
      /** What is left out is as without a policy: see `plainReport`. */
      report: reportPolicyChangeSchema.default({}),
      /** What is left out is as for `defaultLife`. */
      life: lifeChangeSchema.default({}),
      stopAfter: fleetSettings.stopAfter.default(null),
      target: fleetTargetSchema.default(localTarget),
      /** Of the target; they are kept in the system's vault where there is one, and never answered. */
      secrets: targetSecretsSchema.default({}),
    }),
    output: type<Fleet>(),
  }),
  'fleet.update': method({
    about: 'Changes a fleet, also while it runs: devices are added or taken away, rates and behaviours change at once.',
    input: z.strictObject({
      fleetId,
      change: settingsChangeSchema,
    }),
    output: type<Fleet>(),
  }),
  'fleet.start': method({
    about: 'Connects the devices and starts reporting; resolves when the fleet process runs.',
    input: z.strictObject({ fleetId }),
    output: type<Fleet>(),
  }),
  'fleet.stop': method({
    about: 'Disconnects the devices; resolves when all are gone.',
    input: z.strictObject({
      fleetId,
      /** They report no more first and wait for acknowledgements that are under way, 10 s at most. */
      drain: z.boolean().default(false),
    }),
    output: type<Fleet>(),
  }),
  'fleet.choose': method({
    about: 'The devices of a fleet that are meant by names or by a query, as stretches of the fleet (index from 0, both ends included).',
    input: z.strictObject({ fleetId, devices: chosenDevicesSchema }),
    output: type<{ ranges: [first: number, last: number][], devices: number }>(),
  }),
  'fleet.steer': method({
    about: 'Makes chosen devices of a running fleet do something: go, come, report at another pace, keep to values, have a bad network, misbehave, lose power, start again. Answers how many devices it reached.',
    input: z.strictObject({
      fleetId,
      devices: chosenDevicesSchema,
      steering: steeringSchema,
      /** Values that the thing model does not allow are taken all the same. */
      unchecked: z.boolean().default(false),
    }),
    output: type<{ devices: number }>(),
  }),
  'fleet.summary': method({
    about: 'The figures of fleets together, each over its whole latest run, also after its end.',
    input: z.strictObject({ fleetIds: z.array(fleetId).min(1).max(1_000) }),
    output: type<FleetSummary>(),
  }),
  'fleet.delete': method({
    about: 'Stops and forgets a fleet; its devices stay.',
    input: z.strictObject({ fleetId }),
    output: type<null>(),
  }),
  'fleet.updates': method({
    about: 'What the devices of a running fleet did about updates, in their own words: those, and their sub-devices, that were told of one, in the order of the fleet, a page at a time.',
    input: z.strictObject({
      fleetId,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(limits.updateAccountsPerPageMax).default(100),
      /** Only these. */
      deviceNames: z.array(deviceNameSchema).min(1).max(limits.updateAccountsPerPageMax).optional(),
    }),
    output: type<{ accounts: UpdateAccount[], total: number }>(),
  }),
  'fleet.deviceNames': method({
    about: 'The names of all devices of a fleet in their order; those of a cloud are the ones of its file.',
    input: z.strictObject({ fleetId }),
    output: type<string[]>(),
  }),
  'fleet.readDevices': method({
    about: 'Reads a CSV of devices as the cloud\'s console exports it, and tells what is wrong by line; nothing is kept.',
    input: devicesCsvSchema,
    output: type<DevicesRead>(),
  }),
  'fleet.secretKeeper': method({
    about: 'Where a secret that is set now would be kept.',
    input: z.strictObject({}),
    output: type<SecretPlace>(),
  }),
  'fleet.testTarget': method({
    about: 'Goes the way of a fleet\'s first device to its broker (name, TCP, TLS, login, subscriptions) and tells where it ends; no report is sent.',
    input: z.strictObject({
      /** A fleet that is stopped; its secrets stand in for those that are left out. */
      fleetId: fleetId.optional(),
      /** Instead of the fleet's own. */
      target: fleetTargetSchema.optional(),
      secrets: targetSecretsSchema.default({}),
      /** Of a device without a fleet. */
      productKey: productKeySchema.optional(),
    }),
    output: type<ConnectionTest>(),
  }),
  'fleet.suggestBehaviours': method({
    about: 'The behaviour each property of a product gets when none is chosen.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<Record<string, Behaviour>>(),
  }),
}

export interface FleetLive {
  fleet: Fleet
  /** One byte a device, an index into {@link cellStates}; absent when no cell changed. */
  cells?: Uint8Array
}

export const fleetStreams = {
  'fleet.watch': stream({
    about: 'State, figures and the cells of one fleet, at most 4 times a second.',
    input: z.strictObject({ fleetId }),
    item: type<FleetLive>(),
  }),
}
