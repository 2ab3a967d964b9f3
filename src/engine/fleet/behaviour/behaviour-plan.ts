import type { ExpressionNode } from '../../../shared/behaviour/expression.ts'
import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { DataType, ThingModel } from '../../../shared/thing-model/types.ts'
import type { Fit } from './fit-value.ts'
import type { Evaluate, Scope } from './formula.ts'
import type { FirstDraw } from './parameter.ts'
import type { Random } from './random-streams.ts'
import type { Scripting } from './scripted.ts'
import type { Remember, Reporter, Step, Turn } from './turn.ts'
import { namesIn, parseExpression } from '../../../shared/behaviour/expression.ts'
import { wireName } from '../../../shared/thing-model/method.ts'
import { drain, respond } from './couplings.ts'
import { cycle, daily, markov, steps, trace } from './courses.ts'
import { compileFit } from './fit-value.ts'
import { compileFormula, toNumber } from './formula.ts'
import { decay, normal, ramp, random as randomMover, sine, walk } from './movers.ts'
import { orderOf } from './order.ts'
import { compileParameters, drawFirst } from './parameter.ts'
import { previousNote, scripted, stateNote } from './scripted.ts'
import { suggestBehaviours } from './suggest.ts'

/** How all properties of a model move, worked out once for a whole fleet. */
export interface BehaviourPlan {
  /** What each device has to remember between two reports, a number each; a name outlives a change of behaviours. */
  readonly slots: readonly string[]
  /** What each device remembers as text; only scripts do. */
  readonly notes: readonly string[]
  /**
   * The params of a device's next property post, by the property's name on the wire; empty when every property is off.
   * Depends on nothing but its arguments and changes only `state` (from `at`, a number for each of {@link slots}) and the stream.
   */
  report: (state: number[], at: number, random: Random, elapsedMs: number, reporter?: Reporter) => JsonObject
}

type Moving = Exclude<Behaviour, { kind: 'off' }>

/** A property that is reported; `formula` is what it looks at others with. */
interface Part { key: string, type: DataType, behaviour: Moving, formula: ExpressionNode | undefined }

interface Mover {
  key: string
  place: number
  step: Step
  fit: Fit
  /** Where its last value is remembered; -1 when nobody asks for it. */
  last: number
  /** Others look at it in the same report, or it is worked out before its turn among the params. */
  isKept: boolean
  /** Under which name its last value is noted, of a script. */
  note: string | undefined
}

const lastName = (key: string): string => `${key} last`
const noScripting: Scripting = { scripts: undefined, onProblem: () => {} }
const nobody: Reporter = { seed: 0, deviceName: '', startedAt: 0, held: undefined }

/**
 * Works out how each property of a model moves. Properties without a behaviour get the suggested one; behaviours for
 * properties that the model does not have are left aside. A custom module's properties are named `{module}:{identifier}`.
 *
 * What an expression looks at is worked out before it. Where properties look at each other in a circle, the one that the
 * model names first sees the last values of the others: as numbers, since nothing else is remembered. A value held from
 * outside counts for all who look at it, also one that is not reported.
 *
 * Scripts come after all others, in the order of the model; one that gives nothing leaves its property out of that report.
 * A sandbox serves one plan at a time, and without one, scripts give nothing.
 */
export function compileBehaviours(model: ThingModel, behaviours: Record<string, Behaviour>, scripting: Scripting = noScripting): BehaviourPlan {
  const suggested = suggestBehaviours(model)
  const parts = model.properties.flatMap((property): Part[] => {
    const key = wireName(property.identifier, model.functionBlockId)
    const behaviour = behaviours[key] ?? behaviours[property.identifier] ?? suggested[key]
    return behaviour === undefined || behaviour.kind === 'off' ? [] : [{ key, type: property.dataType, behaviour, formula: formulaOf(behaviour) }]
  })
  const slots: string[] = []
  const remember: Remember = (name) => {
    const known = slots.indexOf(name)
    return known === -1 ? slots.push(name) - 1 : known
  }
  const draws: FirstDraw[] = []
  const types = new Map(model.properties.map(property => [wireName(property.identifier, model.functionBlockId), property.dataType]))
  const placeOf = new Map(parts.map(({ key }, place) => [key, place]))
  const keyOf = (name: string): string => types.has(name) ? name : wireName(name, model.functionBlockId)
  const isScript = (place: number): boolean => parts[place]!.behaviour.kind === 'script'
  const others = parts.flatMap((_, place) => isScript(place) ? [] : [place])
  const order = orderOf(parts.map(({ formula }, place) => {
    if (isScript(place))
      return others
    return formula === undefined ? [] : namesIn(formula).flatMap(one => placeOf.get(keyOf(one.name)) ?? (one.kind === 'member' ? placeOf.get(`${one.name}:${one.member}`) ?? [] : [])).filter(seen => !isScript(seen))
  }))
  const turnOf = new Map(order.map((place, index) => [place, index]))
  const isStraight = order.every((place, index) => place === index)
  const looked = new Set<number>()
  const scopeOf = (part: Part, place: number): Scope => ({
    property(name) {
      const key = keyOf(name)
      const seen = placeOf.get(key)
      if (seen !== undefined) {
        looked.add(seen)
        return turnOf.get(seen)! < turnOf.get(place)! ? (_state, _at, turn) => turn.values[seen]! : lastOf(key, remember)
      }
      return types.has(key) ? (_state, _at, turn) => turn.held?.get(key) ?? null : undefined
    },
    previous: lastOf(part.key, remember),
    named: (name, text) => namedNumber(types.get(keyOf(name)), text),
    utcOffsetMin: 'utcOffsetMin' in part.behaviour ? part.behaviour.utcOffsetMin : undefined,
  })
  scripting.scripts?.keepOnly(new Set(parts.flatMap(({ behaviour }) => behaviour.kind === 'script' ? [behaviour.script] : [])))
  const scriptStep = (text: string, place: number): Step => {
    const before = order.slice(0, turnOf.get(place))
    before.forEach(seen => looked.add(seen))
    return scripted(text, parts[place]!.key, before.map(seen => ({ key: parts[seen]!.key, place: seen })), scripting)
  }
  const steps = parts.map((part, place) => part.behaviour.kind === 'script'
    ? scriptStep(part.behaviour.script, place)
    : compileStep(part, part.behaviour, remember, draws, part.formula && compileFormula(part.formula, scopeOf(part, place))))
  const movers = parts.map(({ key, type, behaviour }, place): Mover => ({ key, place, step: steps[place]!, fit: fitOf(type, behaviour), last: slots.indexOf(lastName(key)), isKept: !isStraight || looked.has(place), note: behaviour.kind === 'script' ? previousNote(key) : undefined }))
  const inOrder = order.map(place => movers[place]!)
  const values: (JsonValue | undefined)[] = movers.map(() => null)
  const turn: Turn = { ...nobody, random: { next: () => 0 }, elapsedSec: 0, values }
  return {
    slots,
    notes: parts.flatMap(({ key }, place) => isScript(place) ? [stateNote(key), previousNote(key)] : []),
    report(state, at, random, elapsedMs, reporter = nobody) {
      const { held } = reporter
      turn.random = random
      turn.elapsedSec = elapsedMs / 1000
      turn.seed = reporter.seed
      turn.deviceName = reporter.deviceName
      turn.startedAt = reporter.startedAt
      turn.held = held
      turn.notes = reporter.notes
      if (draws.length > 0)
        drawFirst(draws, state, at, turn)
      const params: JsonObject = {}
      for (const { key, place, step, fit, last, isKept, note } of inOrder) {
        // Also what is held from outside moves on, so that the stream does not depend on it.
        const raw = step(state, at, turn)
        const own = raw === undefined ? undefined : fit(raw)
        const value = held === undefined ? own : held.get(key) ?? own
        if (isKept)
          values[place] = value
        if (value === undefined)
          continue
        if (note !== undefined)
          turn.notes?.set(note, JSON.stringify(value))
        if (last !== -1)
          state[at + last] = toNumber(value)
        if (isStraight)
          params[key] = value
      }
      if (!isStraight) {
        for (const { key, place } of movers) {
          const value = values[place]
          if (value !== undefined)
            params[key] = value
        }
      }
      return params
    },
  }
}

/** What is always the same is made to fit once. */
function fitOf(type: DataType, behaviour: Moving): Fit {
  const fit = compileFit(type)
  if (behaviour.kind !== 'constant')
    return fit
  const fitted = fit(behaviour.value)
  return () => fitted
}

/** What a property was in the report before, unless it has been set from outside since. */
function lastOf(key: string, remember: Remember): Evaluate {
  const slot = remember(lastName(key))
  return (state, at, turn) => turn.held?.get(key) ?? state[at + slot]!
}

/** The number that stands on the wire for what a thing model names; undefined where it names nothing so. */
export function namedNumber(type: DataType | undefined, text: string): number | undefined {
  switch (type?.type) {
    case 'enum':
      return type.items.find(({ name }) => name === text)?.value
    case 'bool':
      return text === type.labels[1] ? 1 : text === type.labels[0] ? 0 : undefined
    default:
      return undefined
  }
}

/** Undefined too for an expression that does not read, which the contract lets nobody send. */
function formulaOf(behaviour: Behaviour): ExpressionNode | undefined {
  const text = behaviour.kind === 'expression' ? behaviour.expression : behaviour.kind === 'respond' ? behaviour.target : undefined
  const parsed = text === undefined ? undefined : parseExpression(text)
  return parsed?.ok ? parsed.node : undefined
}

function compileStep({ key, type }: Part, behaviour: Exclude<Moving, { kind: 'script' }>, remember: Remember, draws: FirstDraw[], formula: Evaluate = () => null): Step {
  const parameters = compileParameters(`${key} ${behaviour.kind}`, remember, draws)
  const rememberOwn: Remember = name => remember(`${key} ${behaviour.kind} ${name}`)
  switch (behaviour.kind) {
    case 'constant':
      return () => behaviour.value
    case 'random':
      return randomMover(behaviour, type, parameters)
    case 'normal':
      return normal(behaviour, parameters)
    case 'walk':
      return walk(behaviour, remember(`${key} walk`), parameters)
    case 'sine':
      return sine(behaviour, remember(`${key} sine`), parameters)
    case 'ramp':
      return ramp(behaviour, parameters)
    case 'decay':
      return decay(behaviour, parameters)
    case 'cycle':
      return cycle(behaviour, parameters)
    case 'steps':
      return steps(behaviour, parameters)
    case 'markov':
      return markov(behaviour, rememberOwn('state'), rememberOwn('until'), parameters)
    case 'daily':
      return daily(behaviour, parameters)
    case 'trace':
      return trace(behaviour, parameters)
    case 'expression':
      return formula
    case 'respond':
      return respond(behaviour, formula, rememberOwn, parameters)
    case 'drain':
      return drain(behaviour, rememberOwn, parameters)
  }
}
