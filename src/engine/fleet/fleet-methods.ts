import type { EngineApi } from '../../shared/contract/contract.ts'
import type { ChosenDevices } from '../../shared/contract/fleet-steering.ts'
import type { Behaviour, Fleet } from '../../shared/contract/fleet.ts'
import type { JsonObject } from '../../shared/json.ts'
import type { ValidationIssue } from '../../shared/thing-model/issue.ts'
import type { ThingModel } from '../../shared/thing-model/types.ts'
import type { ValueScripts } from '../script/types.ts'
import type { Fleets } from './fleets.ts'
import type { IndexRanges } from './messages.ts'
import { defaultConversation } from '../../shared/contract/fleet-conversation.ts'
import { defaultLife } from '../../shared/contract/fleet-life.ts'
import { plainReport } from '../../shared/contract/fleet-report.ts'
import { defaultConfigConduct, defaultUpdates } from '../../shared/contract/fleet-updates.ts'
import { AppError } from '../../shared/errors.ts'
import { countInRanges } from '../../shared/index-ranges.ts'
import { wireName } from '../../shared/thing-model/method.ts'
import { refuseIssuesUnless } from '../../shared/thing-model/refuse-issues.ts'
import { checkBehaviours } from './behaviour/check-behaviours.ts'
import { checkScripts } from './behaviour/check-scripts.ts'
import { suggestBehaviours } from './behaviour/suggest.ts'
import { chooseDevices, indexInFleet } from './choose-devices.ts'
import { summaryOf } from './fleet-figures.ts'
import { checkLife } from './life/check-life.ts'
import { checkReportNames } from './report/check-conditions.ts'
import { describeDevicesRead, readDevicesCsv } from './target/read-devices-csv.ts'
import { withoutUndefined } from './without-undefined.ts'

export interface FleetMethodsContext {
  fleets: Fleets
  modelOf: (productKey: string) => ThingModel
  productName: (productKey: string) => string
  makeSeed: () => number
  /** What the thing model of a product has against values. */
  issuesOf: (productKey: string, values: JsonObject) => ValidationIssue[]
  /** Names of the devices of a product that a query finds. Throws AppError input/invalid. */
  namesFoundBy: (productKey: string, query: string) => Promise<string[]>
  /** Opens a sandbox to try scripts in before a fleet gets them. */
  openValueScripts: () => Promise<ValueScripts>
}

type Handlers = Pick<EngineApi['methods'], Extract<keyof EngineApi['methods'], `fleet.${string}`>>

/** What the console can ask of the fleets. */
export function fleetMethodHandlers({ fleets, modelOf, productName, makeSeed, issuesOf, namesFoundBy, openValueScripts }: FleetMethodsContext): Handlers {
  const check = async (productKey: string, behaviours: Record<string, Behaviour>, subject: string): Promise<void> => {
    const { properties, functionBlockId } = modelOf(productKey)
    checkBehaviours(behaviours, new Set(properties.map(({ identifier }) => wireName(identifier, functionBlockId))), subject)
    await checkScripts(behaviours, subject, openValueScripts)
  }

  /** Stretches of a fleet. A query may find devices of other fleets, too; they are not meant. */
  async function choose(fleetId: string, chosen: ChosenDevices): Promise<IndexRanges> {
    const { productKey, prefix, count, target } = fleets.get(fleetId)
    if ('names' in chosen && target.kind === 'cloud')
      return chooseDevices(prefix, count, { ranges: rangesOfNames(chosen.names, await fleets.deviceNames(fleetId)) })
    if (!('query' in chosen))
      return chooseDevices(prefix, count, chosen)
    if (target.kind !== 'local')
      throw new AppError('input/invalid', 'devices: expected names or stretches, because a query finds devices of the local platform only and these report elsewhere.', { field: 'devices' })
    const names = (await namesFoundBy(productKey, chosen.query)).filter(name => indexInFleet(prefix, count, name) !== undefined)
    return chooseDevices(prefix, count, { names })
  }

  return {
    'fleet.list': () => fleets.list(),
    'fleet.get': ({ fleetId }) => fleets.get(fleetId),
    'fleet.create': async ({ productKey, name, prefix, seed, behaviours, conversation, updates, config, report, life, ...settings }) => {
      await check(productKey, behaviours as Record<string, Behaviour>, 'fleet.create')
      checkReportNames({ deadBands: report.deadBands, conditions: conversation.events?.conditions }, modelOf(productKey), 'fleet.create')
      checkLife(life, modelOf(productKey), 'fleet.create')
      return fleets.create({
        ...settings,
        productKey,
        name: name ?? productName(productKey),
        prefix: prefix ?? freePrefix(productKey, fleets.list()),
        seed: seed ?? makeSeed(),
        behaviours: { ...suggestBehaviours(modelOf(productKey)), ...behaviours } as Record<string, Behaviour>,
        conversation: { ...defaultConversation, ...withoutUndefined(conversation) },
        updates: { ...defaultUpdates, ...withoutUndefined(updates) },
        config: { ...defaultConfigConduct, ...withoutUndefined(config) },
        report: { ...plainReport, ...withoutUndefined(report) },
        life: { ...defaultLife, ...withoutUndefined(life) },
      })
    },
    'fleet.update': async ({ fleetId, change }) => {
      if (change.behaviours !== undefined)
        await check(fleets.get(fleetId).productKey, change.behaviours as Record<string, Behaviour>, 'fleet.update')
      if (change.report?.deadBands !== undefined || change.conversation?.events !== undefined)
        checkReportNames({ deadBands: change.report?.deadBands, conditions: change.conversation?.events?.conditions }, modelOf(fleets.get(fleetId).productKey), 'fleet.update')
      if (change.life !== undefined)
        checkLife(change.life, modelOf(fleets.get(fleetId).productKey), 'fleet.update')
      return fleets.update(fleetId, change)
    },
    'fleet.start': ({ fleetId }) => fleets.start(fleetId),
    'fleet.stop': ({ fleetId, drain }) => fleets.stop(fleetId, drain),
    'fleet.choose': async ({ fleetId, devices }) => {
      const ranges = await choose(fleetId, devices)
      return { ranges, devices: countInRanges(ranges) }
    },
    'fleet.steer': async ({ fleetId, devices, steering, unchecked }) => {
      if (steering.do === 'hold')
        refuseIssuesUnless(unchecked, issuesOf(fleets.get(fleetId).productKey, steering.values as JsonObject))
      if (steering.do === 'battery' && fleets.get(fleetId).life.battery === null)
        throw new AppError('input/invalid', 'steering.do: expected a fleet whose life has a battery, because charge means nothing to devices without one.', { field: 'steering.do' })
      const ranges = await choose(fleetId, devices)
      fleets.steer(fleetId, ranges, steering)
      return { devices: countInRanges(ranges) }
    },
    'fleet.summary': ({ fleetIds }) => summaryOf(fleets.figures(fleetIds)),
    'fleet.delete': async ({ fleetId }) => {
      await fleets.delete(fleetId)
      return null
    },
    'fleet.deviceNames': ({ fleetId }) => fleets.deviceNames(fleetId),
    'fleet.readDevices': csv => describeDevicesRead(readDevicesCsv(csv)),
    'fleet.secretKeeper': () => fleets.secretKeeper,
    'fleet.testTarget': wish => fleets.testTarget(wish),
    'fleet.updates': ({ fleetId, offset, limit, deviceNames }) => fleets.updates(fleetId, { offset, limit, deviceNames: deviceNames ?? null }),
    'fleet.suggestBehaviours': ({ productKey }) => suggestBehaviours(modelOf(productKey)),
  }
}

/** Where names are among those of a fleet. Throws AppError input/invalid for one that is not. */
function rangesOfNames(names: readonly string[], all: readonly string[]): IndexRanges {
  const indexes = new Map(all.map((name, index) => [name, index]))
  return names.map((name): [number, number] => {
    const index = indexes.get(name)
    if (index === undefined)
      throw new AppError('input/invalid', `devices: expected names of the fleet's file, got ${name}.`, { field: 'devices', got: name })
    return [index, index]
  })
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
