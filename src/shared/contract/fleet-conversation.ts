import { z } from 'zod'
import { limits } from '../limits.ts'
import { expressionSchema, utcOffsetMinSchema } from './behaviour.ts'
import { productKeySchema } from './product.ts'

/** What a simulated device makes of a command (a property set or get, a service, an RRPC). */
export const replyModes = [
  /** Does what it is told and answers 200. */
  'accept',
  /** Answers with a code and does nothing. */
  'refuse',
  /** Takes no notice. */
  'silent',
  /** Does what it is told and answers twice. */
  'twice',
  /** Does what it is told and answers with an id, or an RRPC message id, that is not the command's. */
  'wrong-id',
  /** Does and answers what its script says. */
  'script',
] as const
export type ReplyMode = (typeof replyModes)[number]

/** How a device answers commands. */
export const repliesSchema = z.strictObject({
  mode: z.enum(replyModes),
  /** What `refuse` answers with; firmware has 100000 to 110000 to itself. */
  code: z.int().min(0).max(999_999),
  /** A command waits so long before the device takes it up, in every mode: milliseconds, drawn evenly between the two. */
  delayMsMin: z.int().min(0).max(600_000),
  delayMsMax: z.int().min(0).max(600_000),
  /** JavaScript with a function `onCommand(command)`, for the mode `script`; see {@link scriptExample}. */
  script: z.string().max(limits.scriptBytesMax).default(''),
})
export type Replies = z.output<typeof repliesSchema>

/**
 * What a script can be given and can say. `command` is `{deviceName, kind, service, params, values}`: `kind` is `set`,
 * `get` or `service`, `values` what the device would report now. The result has `code` (200), `data`, `delayMs` and
 * `set`, the properties that change by it: for a property set that is answered with 200, what was sent. Nothing returned:
 * the device stays silent.
 */
export const scriptExample = `function onCommand({ kind, service, params, values }) {
  if (kind === 'set' && params.targetTemperature > 28)
    return { code: 100001 }
  if (kind === 'service')
    return { data: {}, delayMs: 500 }
  return { code: 200 }
}
`

/** How good a device's radio is: where its signal usually lies. */
export const radioQualities = ['good', 'fair', 'poor'] as const
export type RadioQuality = (typeof radioQualities)[number]

/** From the least to the most severe, as a device is told from which on it reports lines. */
export const simulatedLogLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type SimulatedLogLevel = (typeof simulatedLogLevels)[number]

const perHour = z.number().min(0).max(360_000)

/** `edge`: once each time it comes to hold; `while`: again and again as long as it does. */
export const conditionModes = ['edge', 'while'] as const

/**
 * When a device reports an event because of its values, which are looked at whenever it takes a sample, reported or not.
 * `when` is an expression over its properties, `t` and `hour`; `previous` is 1 where it held at the look before, so that
 * `T > (previous ? 28 : 30)` has a hysteresis.
 */
export const eventConditionSchema = z.strictObject({
  when: expressionSchema,
  /** It must have held for so many seconds. */
  afterSec: z.number().min(0).max(604_800).default(0),
  /** Not again before so many seconds have passed; what comes to hold sooner is reported then, if it still holds. */
  everySec: z.number().min(0).max(604_800).default(0),
  mode: z.enum(conditionModes).default('edge'),
  utcOffsetMin: utcOffsetMinSchema,
})
export type EventCondition = z.output<typeof eventConditionSchema>

const conversationShape = {
  replies: repliesSchema,
  /** By device name: devices that answer otherwise than the rest. */
  repliesOf: z.record(z.string(), repliesSchema),
  events: z.strictObject({
    /** How often a device reports each event of its thing model, at random moments; 0: never. */
    perHour,
    /** By event identifier: those that come more or less often. */
    ratesPerHour: z.record(z.string(), perHour),
    /** By event identifier: when a device reports it beside that, because of its values. An output parameter with the identifier of a property has its value. */
    conditions: z.record(z.string(), eventConditionSchema).default({}),
  }),
  logs: z.strictObject({
    /** Lines of its own log that a device reports, at random moments; 0: none. */
    perHour,
    /** The least severe level that is reported. */
    level: z.enum(simulatedLogLevels),
    /** Ask after connecting whether lines are wanted, and report them only while they are. */
    obeySwitch: z.boolean(),
  }),
  networkStatus: z.strictObject({
    /** Seconds between two reports of a device's Wi-Fi; 0: none. */
    everySec: z.number().min(0).max(86_400).refine(sec => sec === 0 || sec >= 1, 'expected 0, or at least one second'),
    quality: z.enum(radioQualities),
  }),
  /** Ask for the time after connecting. */
  ntp: z.boolean(),
  /** Reported after the first connection. Of a value with bars, such as `1|2|3`, each device takes one part. */
  tags: z.record(z.string().regex(/^[A-Z0-9.]{1,30}$/i, 'expected 1 to 30 letters, digits or dots'), z.string().min(1).max(512)),
  /** Ask for desired values after connecting, apply them, report them and delete them by their version. */
  desired: z.boolean(),
  /** More topics to subscribe to after connecting; `{productKey}` and `{deviceName}` stand for the device's own. */
  subscriptions: z.array(z.string().min(1).max(128)).max(8),
  /** What the gateways of the fleet bring with them; null: nothing. */
  subDevices: z.strictObject({
    productKey: productKeySchema,
    perGateway: z.int().min(1).max(1_500),
    /** The gateway fetches the secrets of its sub-devices from the platform instead of knowing them. */
    register: z.boolean(),
  }).nullable(),
}
export const conversationSchema = z.strictObject(conversationShape)
/** What the devices of a fleet say beside their property posts, and how they answer. */
export type Conversation = z.output<typeof conversationSchema>
export const conversationChangeSchema = conversationSchema.partial()

/** Devices that answer commands and say nothing else by themselves, for measurements and for brokers without a platform. */
export const quietConversation: Conversation = {
  replies: { mode: 'accept', code: 100_000, delayMsMin: 0, delayMsMax: 0, script: '' },
  repliesOf: {},
  events: { perHour: 0, ratesPerHour: {}, conditions: {} },
  logs: { perHour: 0, level: 'DEBUG', obeySwitch: true },
  networkStatus: { everySec: 0, quality: 'good' },
  ntp: false,
  tags: {},
  desired: false,
  subscriptions: [],
  subDevices: null,
}

/** What a fleet does that nobody has told anything: a little of everything, so that every page of a device shows life. */
export const defaultConversation: Conversation = {
  ...quietConversation,
  events: { perHour: 2, ratesPerHour: {}, conditions: {} },
  logs: { perHour: 12, level: 'DEBUG', obeySwitch: true },
  networkStatus: { everySec: 300, quality: 'good' },
  tags: { floor: '1|2|3' },
  desired: true,
}

/** How often what was said and answered, since the start; only `subDevicesOnline` also shrinks. */
export const conversationCounters = [
  'commands',
  'answered',
  'events',
  'logLines',
  'networkReports',
  'desiredApplied',
  'clockAnswers',
  'broadcasts',
  'customMessages',
  'subDevicesOnline',
] as const
export type ConversationCounts = Record<(typeof conversationCounters)[number], number>

/** All counts at zero. */
export function noConversation(): ConversationCounts {
  return Object.fromEntries(conversationCounters.map(name => [name, 0])) as ConversationCounts
}
