import type { DeviceIdentity } from './device.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, stream, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'
import { answerWithinMsSchema, traceFilterSchema } from './trace.ts'

const identitySchema = z.strictObject({ productKey: productKeySchema, deviceName: deviceNameSchema })
/** A device as `productKey/deviceName`. */
const identityTextSchema = z.string().regex(/^[^/]+\/[^/]+$/, 'expected productKey/deviceName').max(128)
const replayId = z.string().max(64)

const sourceSchema = z.discriminatedUnion('kind', [
  /** Messages that the trace keeps. Without an end in the filter, those that are there when it is read first. */
  z.strictObject({
    kind: z.literal('kept'),
    filter: traceFilterSchema.default({}),
    /** Only those of these devices. */
    devices: z.array(identitySchema).min(1).max(limits.replayDevicesMax).optional(),
  }),
  /** An export of the trace in JSON lines. */
  z.strictObject({ kind: z.literal('file'), name: z.string().max(256).default(''), text: z.string().max(limits.replayFileCharsMax) }),
])
export type ReplaySource = z.output<typeof sourceSchema>

const targetSchema = z.discriminatedUnion('kind', [
  /** Each recorded device plays itself. */
  z.strictObject({ kind: z.literal('same') }),
  /** Recorded device to the device that plays it, both as `productKey/deviceName`; those that are not named are left out. */
  z.strictObject({ kind: z.literal('names'), names: z.record(identityTextSchema, identityTextSchema) }),
  /** So many new devices, called by the prefix and a number, take turns in playing the recorded ones. */
  z.strictObject({ kind: z.literal('stampOut'), count: z.int().min(1).max(limits.replayDevicesMax), prefix: z.string().regex(/^[\w\-@.:]+$/, 'expected letters, digits and - _ @ . :').max(26) }),
])
export type ReplayTarget = z.output<typeof targetSchema>

/** The instants in what devices say: moved along, so that they were measured as long before the message as they were then; or left as they were. */
export const replayTimes = ['shift', 'as-recorded'] as const
export type ReplayTimes = (typeof replayTimes)[number]

const speedSchema = z.number().min(limits.replaySpeedMin).max(limits.replaySpeedMax)

/**
 * Why something of a recording is not played: the platform sent it (`downlink`); it answered a command (`reply`); its answer would matter (`request`);
 * it belongs to a sub-device or speaks for some (`gateway`); it is a record of the platform (`record`); nobody knows whose it was (`unknown-device`);
 * its topic is none a device may publish to as itself (`topic`); a line of the file is no message (`line`); no device plays its device
 * (`no-target`); the device that plays it was taken by another login (`taken`) or could not connect (`offline`).
 */
export const replayOmissions = ['downlink', 'reply', 'request', 'gateway', 'record', 'unknown-device', 'topic', 'line', 'no-target', 'taken', 'offline'] as const
export type ReplayOmission = (typeof replayOmissions)[number]
export type ReplayOmitted = Partial<Record<ReplayOmission, number>>

/** What a source holds, as far as it was looked through. */
export interface ReplaySurvey {
  /** That can be played. */
  messages: number
  /** Logins and logouts of devices. */
  connections: number
  /** Recorded devices, at most `limits.replayDevicesMax`, with the messages of each. */
  devices: (DeviceIdentity & { messages: number })[]
  /** Of the first and the last that is played, epoch milliseconds; null: there is none. */
  firstAt: number | null
  lastAt: number | null
  /** How long it takes at speed 1, with long silences shortened. */
  durationMs: number
  /** What is not played, by reason. */
  omitted: ReplayOmitted
  /** The share that has been looked through, 0 to 1; less than 1 when the time was over before. */
  share: number
}

/** `connecting` those devices that were online when the recording began, `playing`, `paused`, `ending` while the last answers come, and then over: `done`, `stopped` by somebody, or `failed`. */
export type ReplayState = 'connecting' | 'playing' | 'paused' | 'ending' | 'done' | 'stopped' | 'failed'

export interface Replay {
  replayId: string
  state: ReplayState
  /** Why it failed; null otherwise. */
  problem: string | null
  startedAt: number
  endedAt: number | null
  /** What is played, in words for a list: the name of the file, or the first recorded devices. */
  sourceKind: ReplaySource['kind']
  sourceName: string
  recorded: Pick<ReplaySurvey, 'messages' | 'connections' | 'firstAt' | 'lastAt' | 'durationMs'> & { devices: number }
  targetKind: ReplayTarget['kind']
  /** Devices that play: how many, and the first of them. */
  players: number
  firstPlayers: DeviceIdentity[]
  online: number
  speed: number
  times: ReplayTimes
  /** Null: until it is stopped. */
  repeat: number | null
  gapMsMax: number | null
  /** The round that is played, from 1, and where in it, in milliseconds at speed 1. */
  round: number
  positionMs: number
  /** Messages in all rounds that this many players will send; null when it has no end. */
  toSend: number | null
  sent: number
  /** Whose verdict was not 200, by code. */
  refused: number
  refusedByCode: Record<string, number>
  /** QoS 1, without PUBACK so far. */
  unacknowledged: number
  omitted: ReplayOmitted
  /** How much later than they were due messages left: the worst, the mean, and how many by more than `limits.replayLateMs`. */
  lateMsMax: number
  lateMsMean: number
  late: number
}

const startInput = z.strictObject({
  source: sourceSchema,
  to: targetSchema.default({ kind: 'same' }),
  speed: speedSchema.default(1),
  times: z.enum(replayTimes).default('shift'),
  /** How often; null: until it is stopped. */
  repeat: z.int().min(1).max(limits.replayRoundsMax).nullable().default(1),
  /** Longer silences, of all devices at once, are shortened to this. */
  gapMsMax: z.int().min(0).max(86_400_000).nullable().default(null),
  /** Simulated devices that are online give way. A real device is never thrown out. */
  takeOver: z.boolean().default(false),
})
export type ReplayStart = z.output<typeof startInput>

export const replayMethods = {
  'replay.survey': method({
    about: 'Says what a recording holds that can be played, and what would be left out.',
    input: z.strictObject({ source: sourceSchema, gapMsMax: z.int().min(0).max(86_400_000).nullable().default(null), withinMs: answerWithinMsSchema }),
    output: type<ReplaySurvey>(),
  }),
  'replay.start': method({
    about: 'Plays what devices sent once more, over connections of their own; answers when the source has been looked through and devices begin to connect.',
    input: startInput,
    output: type<Replay>(),
  }),
  'replay.list': method({
    about: 'Replays of this run of the engine, newest first; those that are over are forgotten in time.',
    input: z.strictObject({}),
    output: type<{ replays: Replay[] }>(),
  }),
  'replay.pause': method({
    about: 'Holds a replay; its devices stay online.',
    input: z.strictObject({ replayId }),
    output: type<Replay>(),
  }),
  'replay.resume': method({
    about: 'Goes on with a replay that was paused.',
    input: z.strictObject({ replayId }),
    output: type<Replay>(),
  }),
  'replay.seek': method({
    about: 'Goes to another place of the recording, in this round; what lies between is not sent.',
    input: z.strictObject({ replayId, positionMs: z.number().min(0) }),
    output: type<Replay>(),
  }),
  'replay.setSpeed': method({
    about: 'Plays on at another speed.',
    input: z.strictObject({ replayId, speed: speedSchema }),
    output: type<Replay>(),
  }),
  'replay.stop': method({
    about: 'Ends a replay; its devices log out.',
    input: z.strictObject({ replayId }),
    output: type<Replay>(),
  }),
}

export const replayStreams = {
  'replay.watch': stream({
    about: 'All replays whenever something about them has changed, at most four times a second.',
    input: z.strictObject({}),
    item: type<{ replays: Replay[] }>(),
  }),
}
