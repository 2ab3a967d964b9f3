import type { JsonValue } from '../json.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const name = z.string().min(1).max(128)
const values = z.record(name, z.json())
const someValues = values.refine(given => Object.keys(given).length > 0, 'expected at least one property')
/** Sent although it breaks the thing model. */
const unchecked = z.boolean().default(false)

/** What an action does with a device: what the calls of the same name take, without the device. */
export const debugActionContentSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('get'), properties: z.array(name).min(1).max(limits.propertiesPerPostMax) }),
  z.strictObject({ kind: z.literal('set'), properties: someValues, unchecked }),
  z.strictObject({ kind: z.literal('desired'), properties: someValues }),
  z.strictObject({ kind: z.literal('service'), service: name, input: values.default({}), unchecked }),
  z.strictObject({
    kind: z.literal('message'),
    /** What follows `/PRODUCT_KEY/DEVICE_NAME/`, such as `user/get`. */
    topic: z.string().min(1).max(limits.topicBytesMax),
    text: z.string().max(limits.payloadBytesMax),
    qos: z.union([z.literal(0), z.literal(1)]).default(0),
  }),
])
export type DebugActionContent = z.output<typeof debugActionContentSchema>

/** A command to devices of a product that was kept under a name. */
export interface DebugAction { actionId: number, productKey: string, name: string, content: DebugActionContent }

/** What became of an action. */
export interface DebugRunReport {
  name: string
  kind: DebugActionContent['kind']
  /** As in the report of the call that the action makes; null: sent, and nobody waits. */
  code: number | null
  message: string
  data: JsonValue
  /** Null when nothing was sent. */
  messageId: string | null
  /** Of the row in the trace; 0 when nothing was sent. */
  traceId: number
  elapsedMs: number | null
}

const actionName = z.string().trim().min(1).max(64)

export const debugActionMethods = {
  'debugAction.list': method({
    about: 'The saved actions of a product, in their order: the first nine have the keys 1 to 9 on the page.',
    input: z.strictObject({ productKey: productKeySchema }),
    output: type<{ actions: DebugAction[] }>(),
  }),
  'debugAction.save': method({
    about: 'Keeps an action under a name that no other action of the product has; with an id it changes that action.',
    input: z.strictObject({
      productKey: productKeySchema,
      actionId: z.int().optional(),
      name: actionName,
      content: debugActionContentSchema,
      /** Its place among the actions, from 0; without it a new one goes last and a changed one stays. */
      position: z.int().min(0).optional(),
    }),
    output: type<DebugAction>(),
  }),
  'debugAction.delete': method({
    about: 'Deletes a saved action and returns it with its place, so that it can be saved again.',
    input: z.strictObject({ productKey: productKeySchema, actionId: z.int() }),
    output: type<{ action: DebugAction, position: number }>(),
  }),
  'debugAction.order': method({
    about: 'Puts the saved actions of a product into an order; those that are not named follow.',
    input: z.strictObject({ productKey: productKeySchema, actionIds: z.array(z.int()).max(limits.debugActionsPerProductMax) }),
    output: type<{ actions: DebugAction[] }>(),
  }),
  'debugAction.run': method({
    about: 'Does with a device what a saved action says, waits for the answer and returns it; fails as the call fails that it makes.',
    input: z.strictObject({
      productKey: productKeySchema,
      deviceName: deviceNameSchema,
      /** Its id or its name. */
      action: z.union([z.int(), actionName]),
      /** How long the answer is waited for. */
      timeoutMs: z.int().min(0).max(limits.callTimeoutMsMax).default(limits.callTimeoutMs),
    }),
    output: type<DebugRunReport>(),
  }),
}
