import type { Clock } from '../shared/clock.ts'
import type { LearnedMovement } from '../shared/clone/learn-property.ts'
import type { Reason } from '../shared/clone/words.ts'
import type { Behaviour } from '../shared/contract/behaviour.ts'
import type { ClonePoints, CloneProperty, CloneProposal, CloneTraitSubject, Learned } from '../shared/contract/clone.ts'
import type { EngineApi, MethodParams } from '../shared/contract/contract.ts'
import type { DeviceProperty, PropertyPoint } from '../shared/contract/property.ts'
import type { JsonValue } from '../shared/json.ts'
import type { DataType, ThingModel } from '../shared/thing-model/types.ts'
import { setImmediate } from 'node:timers/promises'
import { learnMovement, spacingOf } from '../shared/clone/learn-property.ts'
import { boundsOf, tidy } from '../shared/clone/series.ts'
import { findTogether } from '../shared/clone/together.ts'
import { varyBehaviour } from '../shared/clone/vary.ts'
import { explainReason } from '../shared/clone/words.ts'
import { fleetDeviceName } from '../shared/contract/fleet.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { wireName } from '../shared/thing-model/method.ts'
import { readCloneTraits } from './clone-traits.ts'
import { compileBehaviours } from './fleet/behaviour/behaviour-plan.ts'
import { createRandom } from './fleet/behaviour/random-streams.ts'

export interface CloneContext {
  clock: Pick<Clock, 'now'>
  /** Throws AppError product/not-found, model/invalid. */
  modelOf: (productKey: string) => ThingModel
  makeSeed: () => number
  /** Every other call of the engine: what a device did is read as a page reads it. */
  methods: () => EngineApi['methods']
}

type Wish = MethodParams<'clone.learn'>

interface Known { key: string, type: DataType, about: DeviceProperty, points: PropertyPoint[], hasMore: boolean }

const pageMax = 1_000
const plotPointsMax = 300
/** A fleet is foretold for as long as was recorded, but for no more reports and values than this. */
const foretoldReportsMax = 5_000
const foretoldValuesMax = 200_000
const intervalSec = { min: 0.01, max: 86_400, unknown: 5 }

/** Learns from life how a device behaves. */
export function cloneServices(context: CloneContext): { methods: Pick<EngineApi['methods'], 'clone.learn'> } {
  return { methods: { 'clone.learn': (wish, { signal }) => learn(context, wish, signal) } }
}

async function learn(context: CloneContext, wish: Wish, signal: AbortSignal): Promise<CloneProposal> {
  const { productKey, deviceName, fromAt, toAt, variationPercent } = wish
  if (!(toAt > fromAt))
    throw new AppError('input/invalid', `toAt: expected an instant after fromAt (${fromAt}), got ${toAt}.`, { field: 'toAt', got: toAt })
  const model = context.modelOf(productKey)
  const known = await readProperties(context, wish, model, signal)
  const values = known.reduce((sum, { points }) => sum + points.length, 0)
  if (values === 0)
    throw new AppError('clone/nothing-recorded', `${deviceName} reported no property from ${new Date(fromAt).toISOString()} to ${new Date(toAt).toISOString()}; choose another time, or let it report first.`, { productKey, deviceName, fromAt, toAt })
  const instants = known.flatMap(({ points }) => points.map(({ at }) => at))
  const [firstAt, lastAt] = boundsOf(instants)
  // The property that came most often sets the pace of all.
  const spacing = spacingOf(known.reduce((most, one) => one.points.length > most.points.length ? one : most).points.map(({ at }) => at))
  const reportSec = Math.min(intervalSec.max, Math.max(intervalSec.min, tidy(spacing?.medianSec ?? intervalSec.unknown, 3)))
  const seed = wish.seed ?? context.makeSeed()
  const prefix = wish.prefix ?? await freePrefix(context, productKey, signal)
  const behaviours: Record<string, Behaviour> = {}
  const properties: CloneProperty[] = []
  for (const one of known) {
    // Many long series take their time, which devices must not notice.
    await setImmediate()
    signal.throwIfAborted()
    const movement = learnMovement(one, reportSec)
    behaviours[one.key] = movement === undefined ? { kind: 'off' } : varyBehaviour(movement.behaviour, variationPercent, allowedBy(one.type))
    properties.push(describe(one, movement, reportSec, variationPercent, behaviours[one.key]!, firstAt))
  }
  const generated = foretell(model, behaviours, { seed, deviceName: fleetDeviceName(prefix, 0), reportSec, spanSec: (lastAt - firstAt) / 1000, firstAt })
  for (const property of properties)
    property.generated = generated(property.property)
  const traits = await readCloneTraits(context, { productKey, deviceName, fromAt, toAt, hours: Math.max(60_000, Math.min(toAt, context.clock.now()) - firstAt) / 3_600_000 }, signal)
  const told = (subject: CloneTraitSubject, reason: Reason) => ({ subject, ...learned(reason) })
  const together = findTogether(new Map(known.flatMap(({ key, points }): [string, Map<number, number>][] => numbersOf(points).size > 0 && behaviours[key]!.kind !== 'constant' ? [[key, numbersOf(points)]] : [])))
  return {
    productKey,
    deviceName,
    fromAt,
    toAt,
    values,
    prefix,
    settings: { intervalSec: reportSec, qos: traits.qos, seed, behaviours, conversation: traits.conversation, updates: traits.updates },
    properties,
    traits: [
      ...spacing === undefined ? [] : [told('interval', { rule: spacing.isIrregular ? 'irregular' : tidy(spacing.fromSec, 3) === tidy(spacing.toSec, 3) ? 'regular' : 'interval', values: { seconds: reportSec, from: tidy(spacing.fromSec, 3), to: tidy(spacing.toSec, 3) } })],
      ...traits.reasons.map(({ subject, reason }) => told(subject, reason)),
      ...together.map(values => told('together', { rule: 'together', values })),
    ],
  }
}

async function readProperties({ methods }: CloneContext, { productKey, deviceName, fromAt, toAt }: Wish, model: ThingModel, signal: AbortSignal): Promise<Known[]> {
  const about = await methods()['device.properties']({ productKey, deviceName }, { signal })
  const types = new Map(model.properties.map(({ identifier, dataType }) => [wireName(identifier, model.functionBlockId), dataType]))
  const known: Known[] = []
  for (const one of about) {
    const type = types.get(one.property)
    if (type === undefined)
      continue
    const points: PropertyPoint[] = []
    let nextAt: number | null = toAt
    while (nextAt !== null && nextAt >= fromAt && points.length < limits.behaviourTracePointsMax) {
      const page: { properties: { points: PropertyPoint[] }[], nextAt: number | null } = await methods()['device.propertyPoints']({ productKey, deviceName, properties: [one.property], fromAt, toAt: nextAt, order: 'newest', limit: pageMax }, { signal })
      points.push(...page.properties[0]!.points)
      nextAt = page.nextAt
    }
    known.push({ key: one.property, type, about: one, points: points.slice(0, limits.behaviourTracePointsMax).reverse(), hasMore: nextAt !== null && nextAt >= fromAt })
  }
  return known
}

function describe({ key, type, about, points, hasMore }: Known, movement: LearnedMovement | undefined, reportSec: number, percent: number, behaviour: Behaviour, firstAt: number): CloneProperty {
  const step = 'step' in type ? type.step ?? 0 : 0
  const ownSec = spacingOf(points.map(({ at }) => at))?.medianSec ?? reportSec
  return {
    property: key,
    name: about.name,
    unit: about.unit,
    dataType: type.type,
    values: points.length,
    kind: behaviour.kind,
    why: learned(movement?.reason ?? { rule: 'notReported', values: {} }),
    remarks: [
      ...hasMore ? [learned({ rule: 'newest', values: { values: points.length } })] : [],
      ...movement !== undefined && movement.resolution > 0 && step > movement.resolution * 1.01 && behaviour.kind !== 'constant' ? [learned({ rule: 'finer', values: { own: tidy(movement.resolution, 3), step } })] : [],
      ...ownSec > 1.5 * reportSec ? [learned({ rule: 'ownPace', values: { own: tidy(ownSec, 3), seconds: reportSec } })] : [],
    ],
    compared: movement?.compared ?? [],
    asRecorded: movement?.asRecorded === undefined ? null : varyBehaviour(movement.asRecorded, percent, allowedBy(type)),
    constant: movement?.constant ?? null,
    recorded: thin(points.flatMap(({ at, value }): ClonePoints => typeof value === 'number' ? [[(at - firstAt) / 1000, value]] : [])),
    generated: [],
  }
}

interface Foretold { seed: number, deviceName: string, reportSec: number, spanSec: number, firstAt: number }

/** What the first device of the fleet is going to report, by the property: the same numbers that it will draw itself. */
function foretell(model: ThingModel, behaviours: Record<string, Behaviour>, { seed, deviceName, reportSec, spanSec, firstAt }: Foretold): (key: string) => ClonePoints {
  const plan = compileBehaviours(model, behaviours)
  const state = plan.slots.map(() => Number.NaN)
  const random = createRandom(seed, deviceName)
  // Before its first report a device draws where in the interval that is.
  const offsetMs = Math.floor(random.next() * reportSec * 1000)
  const reportsMax = Math.min(foretoldReportsMax, Math.ceil(foretoldValuesMax / Math.max(1, model.properties.length)))
  const reports = Math.max(2, Math.min(reportsMax, 1 + Math.round(spanSec / reportSec)))
  const points = new Map<string, ClonePoints>()
  for (let report = 0; report < reports; report++) {
    const sec = report * reportSec
    for (const [key, value] of Object.entries(plan.report(state, 0, random, offsetMs + sec * 1000, { seed, deviceName, startedAt: firstAt, held: undefined }))) {
      if (typeof value !== 'number')
        continue
      const seen = points.get(key)
      if (seen === undefined)
        points.set(key, [[sec, value]])
      else
        seen.push([sec, value])
    }
  }
  return key => thin(points.get(key) ?? [])
}

/** Every so-many-th of them, so that a page has enough to draw and no more. */
function thin(points: ClonePoints): ClonePoints {
  const stride = Math.ceil(points.length / plotPointsMax)
  return stride <= 1 ? points : points.filter((_, index) => index % stride === 0)
}

function numbersOf(points: readonly PropertyPoint[]): Map<number, number> {
  return new Map(points.flatMap(({ at, value }): [number, number][] => typeof value === 'number' ? [[at, value]] : []))
}

function allowedBy(type: DataType): { lowest: number, highest: number } {
  const bound = (value: JsonValue | undefined, otherwise: number): number => value === undefined ? otherwise : Number(value)
  return {
    lowest: bound('min' in type ? type.min : undefined, Number.NEGATIVE_INFINITY),
    highest: bound('max' in type ? type.max : undefined, Number.POSITIVE_INFINITY),
  }
}

function learned(reason: Reason): Learned {
  return { reason, sentence: explainReason(reason, 'en') }
}

/** `clone`, then `clone2` and so on: a fleet of its own devices, unless told otherwise. */
async function freePrefix({ methods }: CloneContext, productKey: string, signal: AbortSignal): Promise<string> {
  const fleets = await methods()['fleet.list']({}, { signal })
  const taken = new Set(fleets.filter(fleet => fleet.productKey === productKey).map(({ prefix }) => prefix))
  for (let number = 1; ; number++) {
    const prefix = number === 1 ? 'clone' : `clone${number}`
    if (!taken.has(prefix))
      return prefix
  }
}
