import type { EngineApi } from '../../shared/contract/contract.ts'
import type { Behaviour, Fleet } from '../../shared/contract/fleet.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { Fleets } from './fleets.ts'
import { defaultConversation } from '../../shared/contract/fleet-conversation.ts'
import { defaultConfigConduct, defaultUpdates } from '../../shared/contract/fleet-updates.ts'
import { suggestBehaviours } from './behaviour/suggest.ts'
import { summaryOf } from './fleet-figures.ts'
import { withoutUndefined } from './without-undefined.ts'

export interface FleetMethodsContext {
  fleets: Fleets
  modelOf: (productKey: string) => ThingModel
  productName: (productKey: string) => string
  makeSeed: () => number
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `fleet.${string}`>>

/** What the console can ask of the fleets. */
export function fleetMethodHandlers({ fleets, modelOf, productName, makeSeed }: FleetMethodsContext): Handlers {
  return {
    'fleet.list': () => fleets.list(),
    'fleet.get': ({ fleetId }) => fleets.get(fleetId),
    'fleet.create': ({ productKey, name, prefix, seed, behaviours, conversation, updates, config, ...settings }) => fleets.create({
      ...settings,
      productKey,
      name: name ?? productName(productKey),
      prefix: prefix ?? freePrefix(productKey, fleets.list()),
      seed: seed ?? makeSeed(),
      behaviours: { ...suggestBehaviours(modelOf(productKey)), ...behaviours } as Record<string, Behaviour>,
      conversation: { ...defaultConversation, ...withoutUndefined(conversation) },
      updates: { ...defaultUpdates, ...withoutUndefined(updates) },
      config: { ...defaultConfigConduct, ...withoutUndefined(config) },
    }),
    'fleet.update': ({ fleetId, change }) => fleets.update(fleetId, change),
    'fleet.start': ({ fleetId }) => fleets.start(fleetId),
    'fleet.stop': ({ fleetId, drain }) => fleets.stop(fleetId, drain),
    'fleet.interrupt': ({ fleetId, deviceNames, how, backInMs }) => ({ devices: fleets.running(fleetId).away(deviceNames, how === 'logOff' ? 'inGoodOrder' : 'cut', backInMs) }),
    'fleet.reconnect': ({ fleetId, deviceNames }) => ({ devices: fleets.running(fleetId).back(deviceNames) }),
    'fleet.summary': ({ fleetIds }) => summaryOf(fleets.figures(fleetIds)),
    'fleet.delete': async ({ fleetId }) => {
      await fleets.delete(fleetId)
      return null
    },
    'fleet.updates': ({ fleetId, offset, limit, deviceNames }) => fleets.updates(fleetId, { offset, limit, deviceNames: deviceNames ?? null }),
    'fleet.suggestBehaviours': ({ productKey }) => suggestBehaviours(modelOf(productKey)),
  }
}

/** `sim`, then `sim2` and so on: two fleets of one product never share devices unless they are told to. */
function freePrefix(productKey: string, fleets: Fleet[]): string {
  const taken = new Set(fleets.filter(fleet => fleet.productKey === productKey).map(fleet => fleet.prefix))
  for (let number = 1; ; number++) {
    const prefix = number === 1 ? 'sim' : `sim${number}`
    if (!taken.has(prefix))
      return prefix
  }
}
