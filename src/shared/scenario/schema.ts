import { z } from 'zod'
import { conversationChangeSchema, conversationSchema, repliesSchema } from '../contract/fleet-conversation.ts'
import { lifeChangeSchema } from '../contract/fleet-life.ts'
import { reportPolicyChangeSchema } from '../contract/fleet-report.ts'
import { misbehavioursSchema } from '../contract/fleet-misbehaviour.ts'
import { configConductChangeSchema, updateConductChangeSchema } from '../contract/fleet-updates.ts'
import { behaviourSchema, fleetPrefixSchema, fleetSettingsSchema } from '../contract/fleet.ts'
import { nodeTypes, productKeySchema, validationLevels } from '../contract/product.ts'
import { limits } from '../limits.ts'
import { actionSchema } from './actions.ts'
import { checkSchema } from './checks.ts'
import { duration, name, nameSchema, networkWords } from './words.ts'

const fleet = fleetSettingsSchema.shape

/** What the devices of a group say and answer: the fleet's own words, of which any part may be left out. */
export const groupConversationSchema = conversationChangeSchema.omit({ subDevices: true, repliesOf: true }).extend({
  replies: repliesSchema.partial().optional(),
  events: conversationSchema.shape.events.partial().optional(),
  logs: conversationSchema.shape.logs.partial().optional(),
  networkStatus: conversationSchema.shape.networkStatus.partial().optional(),
})

export const productSchema = z.strictObject({
  model: z.string({ error: 'expected the path of a thing model file, or the name of a shipped sample' }).min(1).max(500).describe('Thing model (TSL): a path from this file on, or the name of a sample such as street-lamp.'),
  name: z.string().trim().min(1).max(64).optional().describe('Shown name; without it, the name here.'),
  key: productKeySchema.optional().describe('Product key; without it, the thing model\'s, or one that is made.'),
  node: z.enum(nodeTypes).default('device').describe('What the devices are.'),
  validation: z.enum(validationLevels).default('weak').describe('What the platform does about values that the thing model does not allow: weak drops them, strict refuses the report. A product that is there already keeps its own.'),
})

export const groupSchema = z.strictObject({
  product: name('product').describe('Name of the product, as it stands under products.'),
  count: fleet.count.describe('How many devices.'),
  prefix: fleetPrefixSchema.optional().describe('Device names are PREFIX-0001 and so on; without it, the name of the group.'),
  every: duration(10, 86_400_000).default(5_000).describe('Time between two property posts of one device.'),
  qos: fleet.qos.default(1),
  connectPerSec: fleet.connectPerSec.default(1_000).describe('Connections opened a second.'),
  starts: z.literal('later').optional().describe('later: the group waits for an action that starts it.'),
  behaviours: z.record(z.string(), behaviourSchema).default({}).describe('By property identifier, how it moves; others move as suits their type.'),
  conversation: groupConversationSchema.default({}).describe('Answers, events, logs, network status, tags, desired values, subscriptions.'),
  report: reportPolicyChangeSchema.default({}).describe('When properties are reported: with jitter, on change, in batches, later where a device was away.'),
  updates: updateConductChangeSchema.default({}).describe('What the devices do about updates.'),
  config: configConductChangeSchema.default({}).describe('What the devices do about remote configuration.'),
  life: lifeChangeSchema.default({}).describe('When the devices are on, and what makes them start again: boot, uptime, schedule, battery, services.'),
  network: networkWords.optional().describe('The network between its devices and the platform: by name, such as flapping-wifi, or in numbers; without it, nothing is in the way.'),
  misbehaviour: misbehavioursSchema.default([]).describe('What bad devices among them do, one entry a kind.'),
  subDevices: z.strictObject({
    product: name('product'),
    perGateway: z.int().min(1).max(1_500),
    register: z.boolean().default(false),
  }).optional().describe('What each device, being a gateway, brings with it.'),
})

const outline = {
  scenario: z.string({ error: 'expected a title' }).trim().min(1).max(120).describe('Title of the scenario.'),
  about: z.string().max(4_000).default('').describe('What it shows, for people.'),
  seed: z.int().min(0).max(0xFFFF_FFFF).optional().describe('Same seed, same run; without it, one is drawn and named in the summary.'),
  duration: duration(100, 7 * 86_400_000).describe('How long it runs, from the moment the groups are started.'),
  platform: z.literal('local', { error: 'expected local, the platform on this machine: a run judges what the platform answers, and a file of it never sends devices anywhere else' }).default('local').describe('Where the devices connect: the platform on this machine.'),
  products: z.record(nameSchema, productSchema).refine(products => Object.keys(products).length > 0, 'expected at least one product').describe('By name.'),
  groups: z.record(nameSchema, groupSchema)
    .refine(groups => Object.keys(groups).length > 0, 'expected at least one group')
    .refine(groups => Object.keys(groups).length <= limits.scenarioGroupsMax, `expected at most ${limits.scenarioGroupsMax} groups`)
    .describe('By name.'),
}

/** A scenario but for the items of its lists, which are read one by one so that each problem is named where it is. */
export const outlineSchema = z.strictObject({
  ...outline,
  timeline: z.array(z.unknown()).max(limits.scenarioActionsMax, `expected at most ${limits.scenarioActionsMax} actions`).default([]),
  expect: z.array(z.unknown()).max(limits.scenarioExpectationsMax, `expected at most ${limits.scenarioExpectationsMax} expectations`).default([]),
})

/** A whole scenario, for the published schema. */
export const scenarioSchema = z.strictObject({
  ...outline,
  timeline: z.array(actionSchema).max(limits.scenarioActionsMax).default([]).describe('What happens when, from the start of the run.'),
  expect: z.array(checkSchema).max(limits.scenarioExpectationsMax).default([]).describe('What must be true, at the end or by a time.'),
})

export type ScenarioProduct = z.output<typeof productSchema>
export type ScenarioGroup = z.output<typeof groupSchema>
export type GroupConversation = z.output<typeof groupConversationSchema>
