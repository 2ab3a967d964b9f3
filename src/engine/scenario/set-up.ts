import type { MethodInput } from '../../shared/contract/contract.ts'
import type { Scenario } from '../../shared/scenario/read-scenario.ts'
import type { GroupConversation, ScenarioGroup, ScenarioProduct } from '../../shared/scenario/schema.ts'
import type { Bench, ScenarioCall } from './types.ts'
import { defaultConversation } from '../../shared/contract/fleet-conversation.ts'
import { fleetDeviceName } from '../../shared/contract/fleet.ts'
import { hashOf } from '../../shared/scenario/choose.ts'
import { deleteDevices } from './delete-devices.ts'

/**
 * Makes the products and groups of a scenario, without starting any.
 * `models` has the text of each product's thing model, by the product's name in the scenario.
 */
export async function setUp(bench: Bench, scenario: Scenario, models: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, product] of Object.entries(scenario.products))
    bench.products.set(name, await makeProduct(bench, name, product, models[name] ?? ''))
  for (const [name, group] of Object.entries(scenario.groups))
    await makeGroup(bench, name, group)
}

async function makeProduct(bench: Bench, name: string, { key: wanted, name: shown = name, node, validation }: ScenarioProduct, text: string): Promise<string> {
  const { call, undo, seed, hasStableKeys } = bench
  // Topics carry the key, and a run that repeats has to repeat them.
  const key = wanted ?? (hasStableKeys ? `a1${hashOf(seed, `product ${name}`).toString(36).padStart(9, '0').slice(-9)}` : undefined)
  const exists = key !== undefined && (await call('product.list', {})).some(({ productKey }) => productKey === key)
  if (key !== undefined && !exists)
    await call('product.create', { productKey: key, name: shown, nodeType: node })
  const { productKey } = await call('product.importModel', key === undefined ? { text, name: shown, nodeType: node } : { text, productKey: key })
  if (!exists && validation !== 'weak')
    await call('product.update', { productKey, validation })
  if (!exists)
    undo.push({ about: `product ${productKey}`, run: async () => call('product.delete', { productKey }) })
  return productKey
}

async function makeGroup({ call, seed, products, groups, undo }: Bench, name: string, group: ScenarioGroup): Promise<void> {
  // Reading the scenario has checked the names.
  const productKey = products.get(group.product)!
  const prefix = group.prefix ?? name
  const sub = group.subDevices
  const deviceNames = Array.from({ length: group.count }, (_, index) => fleetDeviceName(prefix, index))
  // First what is taken back last: the devices that making the fleet makes. Those that were there before are somebody else's.
  if (await isFree(call, productKey, prefix))
    undo.push({ about: `the devices of ${name}`, run: async () => deleteDevices(call, productKey, prefix) })
  if (sub !== undefined && await isFree(call, products.get(sub.product)!, prefix))
    undo.push({ about: `the sub-devices of ${name}`, run: async () => deleteDevices(call, products.get(sub.product)!, prefix) })
  const { fleetId } = await call('fleet.create', {
    productKey,
    prefix,
    name,
    count: group.count,
    intervalSec: group.every / 1000,
    qos: group.qos,
    connectPerSec: group.connectPerSec,
    seed: hashOf(seed, `group ${name}`),
    behaviours: group.behaviours,
    conversation: {
      ...wholeConversation(group.conversation),
      ...sub !== undefined && { subDevices: { productKey: products.get(sub.product)!, perGateway: sub.perGateway, register: sub.register } },
    },
    updates: group.updates,
    config: group.config,
    report: group.report,
    life: group.life,
    network: typeof group.network === 'string' ? { weather: group.network } : group.network ?? null,
    misbehaviour: group.misbehaviour,
  })
  undo.push({ about: `the fleet of ${name}`, run: async () => call('fleet.delete', { fleetId }) })
  groups.set(name, { fleetId, productKey, deviceNames, isStarted: false })
}

async function isFree(call: ScenarioCall, productKey: string, prefix: string): Promise<boolean> {
  return (await call('device.list', { productKey, prefix: `${prefix}-`, limit: 1 })).total === 0
}

/** What a scenario leaves out of the parts of a conversation is as it is for a fleet that nobody has told anything. */
function wholeConversation({ replies, events, logs, networkStatus, ...rest }: GroupConversation): MethodInput<'fleet.create'>['conversation'] {
  return {
    ...rest,
    ...replies !== undefined && { replies: merged(defaultConversation.replies, replies) },
    ...events !== undefined && { events: merged(defaultConversation.events, events) },
    ...logs !== undefined && { logs: merged(defaultConversation.logs, logs) },
    ...networkStatus !== undefined && { networkStatus: merged(defaultConversation.networkStatus, networkStatus) },
  }
}

function merged<T extends object>(whole: T, part: { [K in keyof T]?: T[K] | undefined }): T {
  return { ...whole, ...Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) }
}
