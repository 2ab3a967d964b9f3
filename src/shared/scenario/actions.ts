import { z } from 'zod'
import { batchPolicySchema } from '../contract/batch.ts'
import { lifeChangeSchema } from '../contract/fleet-life.ts'
import { reportPolicyChangeSchema } from '../contract/fleet-report.ts'
import { misbehaviourKinds, misbehavioursSchema } from '../contract/fleet-misbehaviour.ts'
import { networkSchema } from '../contract/fleet-network.ts'
import { configConductChangeSchema, updateConductChangeSchema } from '../contract/fleet-updates.ts'
import { behaviourSchema, fleetSettingsSchema } from '../contract/fleet.ts'
import { moduleNameSchema } from '../contract/ota-package.ts'
import { faultSchema } from '../contract/platform-fault.ts'
import { duration, name, networkWords, share, size } from './words.ts'

const at = duration(0, 7 * 86_400_000).describe('When, from the start of the run on.')
const group = name('group')
const some = share.default(1).describe('Of the devices of the group; which ones follows from the seed.')
const lasting = duration(1, 7 * 86_400_000).optional()
const farewell = z.boolean().default(true).describe('They log off in good order; false: they are gone without a word.')
const jsonObject = z.record(z.string().min(1).max(128), z.json())
const versionWords = 'expected a version of 1 to 64 letters, digits, dots, hyphens or underscores, in quotes where it looks like a number'

/** A version as the platform takes it; YAML reads 2.10 as the number 2.1. */
const version = z.string({ error: versionWords }).regex(/^[\w.-]{1,64}$/, versionWords)

/** The fleet's words that a group may be given anew while it runs. */
const changes = {
  every: duration(10, 86_400_000).optional(),
  qos: fleetSettingsSchema.shape.qos.optional(),
  behaviours: z.record(z.string(), behaviourSchema).optional(),
  updates: updateConductChangeSchema.optional(),
  config: configConductChangeSchema.optional(),
  report: reportPolicyChangeSchema.optional(),
  life: lifeChangeSchema.optional(),
  network: networkWords.nullable().optional(),
  misbehaviour: misbehavioursSchema.optional(),
}

/** Every action of a timeline, by the word that names it: the word's value says what it is done to. */
export const actionSchemas = {
  start: z.strictObject({ at, start: group.describe('The group whose devices connect: one that waited, or those of it that are away.'), share: some }),
  stop: z.strictObject({ at, stop: group.describe('The group whose devices log off in good order.'), share: some, for: lasting.describe('They come back then; without it, when they are started.') }),
  fail: z.strictObject({ at, fail: group.describe('The group whose devices lose their link without a word.'), share: some, for: lasting.describe('They come back then; without it, when they are started.') }),
  powerOff: z.strictObject({ at, powerOff: group.describe('The group whose devices lose power.'), share: some, farewell, for: lasting.describe('They get it back then; without it, when told so by powerOn.') }),
  powerOn: z.strictObject({ at, powerOn: group.describe('The group whose devices get power and boot, whatever their schedule says.'), share: some }),
  reboot: z.strictObject({ at, reboot: group.describe('The group whose devices start again.'), share: some, farewell }),
  weather: z.strictObject({
    at,
    weather: group.describe('The group whose devices get another network.'),
    share: some,
    profile: networkSchema.shape.weather.describe('Which one: a name such as lift or edge-2g, or numbers; perfect: nothing is in the way.'),
    for: lasting.describe('They have that of their group again then; without it, until the end.'),
  }),
  misbehave: z.strictObject({
    at,
    misbehave: group.describe('The group whose devices do something bad at once.'),
    share: some,
    kind: z.enum(misbehaviourKinds).describe('What they do.'),
    times: z.int().min(1).max(1_000).default(1).describe('How often; of clockSkew, in how many reports.'),
  }),
  set: z.strictObject({ at, set: group.describe('The group that goes on otherwise.'), ...changes }).refine(
    action => Object.keys(changes).some(key => action[key as keyof typeof changes] !== undefined),
    `expected at least one of ${Object.keys(changes).join(', ')}`,
  ),
  setProperties: z.strictObject({ at, setProperties: group.describe('The group whose devices are sent values.'), share: some, values: jsonObject }),
  invoke: z.strictObject({ at, invoke: group.describe('The group whose devices are called.'), share: some, service: z.string().min(1).max(128), input: jsonObject.default({}) }),
  pushConfig: z.strictObject({ at, pushConfig: name('product').describe('The product whose devices are sent a configuration.'), config: jsonObject.describe('The configuration, JSON once it is sent.') }),
  update: z.strictObject({
    at,
    update: group.describe('The group that gets an update batch.'),
    share: some,
    module: moduleNameSchema.default('default'),
    version: version.describe('What the devices are to run then.'),
    size: size(64 * 1024 * 1024).default(64 * 1024).describe('Of the file, whose bytes follow from the seed.'),
    policy: batchPolicySchema.partial().default({}).describe('The batch\'s own words: rate, retries, timeout, protocol.'),
  }),
  fault: z.strictObject({
    at,
    fault: faultSchema.describe('What the platform does wrong.'),
    product: name('product').optional().describe('For the devices of a product; with neither product nor group, for everything.'),
    group: group.optional().describe('For the devices of a group, or a share of them.'),
    share: share.optional(),
    for: lasting.describe('It goes off then; without it, at the end.'),
  }),
  clearFaults: z.strictObject({ at, clearFaults: z.literal('all').describe('Every fault that this run has turned on goes off.') }),
  note: z.strictObject({ at, note: z.string().min(1).max(400).describe('Words for the log of the run.') }),
} as const

export type ActionWord = keyof typeof actionSchemas
export const actionWords = Object.keys(actionSchemas) as ActionWord[]
/** Any action, for the published schema. */
export const actionSchema = z.union(Object.values(actionSchemas))
/** An action once it is read; durations are milliseconds. */
export type ScenarioAction = z.output<typeof actionSchema>
/** The action that a word names. */
export type ActionOf<W extends ActionWord> = z.output<(typeof actionSchemas)[W]>

/** The word that names what an action does; no action has a member that is another one's word. */
export function wordOf(action: ScenarioAction): ActionWord {
  return actionWords.find(word => Object.hasOwn(action, word))!
}
