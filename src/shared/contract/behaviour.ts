import { z } from 'zod'
import { parseExpression } from '../behaviour/expression.ts'
import { readTraceCsv } from '../behaviour/trace-csv.ts'
import { valueScriptLimits } from '../behaviour/value-script-limits.ts'
import { limits } from '../limits.ts'

const jsonValue = z.json()

/** A number that each device draws for itself: once, from the seed of the run and its own name, and for its whole life. */
const drawSchema = z.discriminatedUnion('draw', [
  z.strictObject({ draw: z.literal('uniform'), min: z.number(), max: z.number() }),
  /** What lies outside `min` and `max` is cut to them. */
  z.strictObject({ draw: z.literal('normal'), mean: z.number(), deviation: z.number().min(0), min: z.number().optional(), max: z.number().optional() }),
  /** Without weights, each value as often as the others. */
  z.strictObject({ draw: z.literal('choice'), values: z.array(z.number()).min(1).max(100), weights: z.array(z.number().min(0)).max(100).optional() }),
])
export type ParameterDraw = z.output<typeof drawSchema>
/** A number of a behaviour: the same for all devices, or drawn by each. */
export type BehaviourParameter = number | ParameterDraw

/** `above`: every number that can come is more than that; `from`: at least that. */
interface ParameterBound { above?: number, from?: number }

function boundedNumber({ above, from }: ParameterBound): z.ZodNumber {
  return above !== undefined ? z.number().gt(above) : from !== undefined ? z.number().min(from) : z.number()
}

/** A {@link BehaviourParameter} within a bound. */
export function parameterSchema(bound: ParameterBound = {}) {
  const number = boundedNumber(bound)
  const words = bound.above !== undefined ? `a number above ${bound.above}` : `a number from ${bound.from} on`
  return z.union([number, drawSchema.superRefine((drawn, context) => {
    const refuse = (message: string, ...path: (string | number)[]): void => context.addIssue({ code: 'custom', message: `expected ${message}`, path })
    const holds = (value: number): boolean => number.safeParse(value).success
    switch (drawn.draw) {
      case 'uniform':
        if (drawn.min > drawn.max)
          refuse('a number not above "max"', 'min')
        else if (!holds(drawn.min))
          refuse(words, 'min')
        break
      case 'normal':
        if (drawn.min !== undefined && drawn.max !== undefined && drawn.min > drawn.max)
          refuse('a number not above "max"', 'min')
        else if ((bound.above ?? bound.from) !== undefined && (drawn.min === undefined || !holds(drawn.min)))
          refuse(`${words}, because a normal distribution without it reaches any number`, 'min')
        break
      case 'choice':
        drawn.values.forEach((value, at) => holds(value) || refuse(words, 'values', at))
        if (drawn.weights !== undefined && (drawn.weights.length !== drawn.values.length || !drawn.weights.some(weight => weight > 0)))
          refuse('as many weights as values, one of them above 0', 'weights')
    }
  })])
}

const anyNumber = parameterSchema()
const seconds = parameterSchema({ above: 0 })
const spread = parameterSchema({ from: 0 })

/**
 * Arithmetic, comparison, logic and `?:` over numbers, texts, `t` (the device's own seconds), `hour` (time of day, 0 to
 * 24), `previous` (the last value of this property), `random()`, the identifiers of other properties, members of structs
 * as `a.b`, and the functions of `expressionFunctions`.
 */
export const expressionSchema = z.string().min(1).max(limits.behaviourExpressionCharsMax).superRefine((text, context) => {
  const parsed = parseExpression(text)
  if (!parsed.ok)
    context.addIssue({ code: 'custom', message: `expected an expression (column ${parsed.column}: ${parsed.problem})` })
})
/** Minutes east of UTC that the time of day is counted in; without it, the local time of the machine that plays the device. */
export const utcOffsetMinSchema = z.int().min(-14 * 60).max(14 * 60).optional()

const constant = z.strictObject({
  kind: z.literal('constant'),
  value: jsonValue,
})
/** Independent values, evenly spread; without bounds, over the whole range the thing model allows (any type, structs and arrays too). */
const random = z.strictObject({
  kind: z.literal('random'),
  min: anyNumber.optional(),
  max: anyNumber.optional(),
})
/** Independent values around a mean; what falls outside the bounds is cut to them. */
const normal = z.strictObject({
  kind: z.literal('normal'),
  mean: anyNumber,
  deviation: spread,
  min: anyNumber.optional(),
  max: anyNumber.optional(),
})
/**
 * Each report differs from the last by at most `step`, kept between the bounds. With `pull`, each report also goes that
 * share (0 to 1) of the way back to `mean`; without a mean, to the middle of the bounds.
 */
const walk = z.strictObject({
  kind: z.literal('walk'),
  min: anyNumber,
  max: anyNumber,
  step: seconds,
  start: anyNumber.optional(),
  mean: anyNumber.optional(),
  pull: z.number().min(0).max(1).optional(),
})
/** One turn in `periodSec`; each device starts at its own point of the curve. */
const sine = z.strictObject({
  kind: z.literal('sine'),
  min: anyNumber,
  max: anyNumber,
  periodSec: seconds,
  noise: spread.default(0),
})
/** From `min` to `max` in `periodSec`, then again. */
const ramp = z.strictObject({
  kind: z.literal('ramp'),
  min: anyNumber,
  max: anyNumber,
  periodSec: seconds,
})
/** From `from` towards `to`: half of what is left in each `halfLifeSec`. */
const decay = z.strictObject({
  kind: z.literal('decay'),
  from: anyNumber,
  to: anyNumber,
  halfLifeSec: seconds,
  noise: spread.default(0),
})
/** The values one after the other, each held for `holdSec`. */
const cycle = z.strictObject({
  kind: z.literal('cycle'),
  values: z.array(jsonValue).min(1).max(100),
  holdSec: seconds,
})
/** The values one after the other, each held for a time of its own; then again, or the last one for good. */
const steps = z.strictObject({
  kind: z.literal('steps'),
  values: z.array(z.strictObject({ value: jsonValue, holdSec: seconds })).min(1).max(100),
  end: z.enum(['loop', 'hold']).default('loop'),
})
/**
 * Goes from state to state. A state lasts `holdSec` on average (exponentially distributed) and is followed by one of
 * `next`, as often as its weight says; without any, it is the last. Its value is its name where no other is given.
 */
const markov = z.strictObject({
  kind: z.literal('markov'),
  states: z.array(z.strictObject({
    name: z.string().trim().min(1).max(64),
    value: jsonValue.optional(),
    holdSec: seconds,
    next: z.record(z.string(), z.number().min(0)).default({}),
  })).min(1).max(100),
  /** The first one listed where none is named. */
  start: z.string().optional(),
}).superRefine(({ states, start }, context) => {
  const names = states.map(({ name }) => name)
  const refuse = (message: string, ...path: (string | number)[]): void => context.addIssue({ code: 'custom', message: `expected ${message}`, path })
  const known = `one of the states ${names.join(', ')}`
  states.forEach(({ name, next }, at) => {
    if (names.indexOf(name) !== at)
      refuse('a name that no other state has', 'states', at, 'name')
    for (const to of Object.keys(next)) {
      if (!names.includes(to))
        refuse(known, 'states', at, 'next', to)
    }
  })
  if (start !== undefined && !names.includes(start))
    refuse(known, 'start')
})
/** Goes straight from point to point through the day, and over midnight from the last to the first. */
const daily = z.strictObject({
  kind: z.literal('daily'),
  points: z.array(z.strictObject({
    at: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 07:30'),
    value: anyNumber,
  })).min(1).max(96),
  noise: spread.default(0),
  /** How much later than the points say the day of a device is. */
  offsetSec: anyNumber.default(0),
  utcOffsetMin: utcOffsetMinSchema,
})
/**
 * Values as they were recorded, each until the next one: points of seconds and value, or a table with one column for the
 * time (seconds, epoch milliseconds or ISO 8601) and one for the value. Time counts from the first point.
 */
const trace = z.strictObject({
  kind: z.literal('trace'),
  points: z.array(z.tuple([z.number(), jsonValue])).min(1).max(limits.behaviourTracePointsMax).optional(),
  csv: z.strictObject({
    text: z.string().min(1).max(limits.behaviourTraceCsvCharsMax),
    time: z.string().min(1).max(100),
    value: z.string().min(1).max(100),
  }).optional(),
  /** 2: twice as fast as recorded. */
  speed: seconds.default(1),
  /** At the end: begin again, or keep the last value. */
  end: z.enum(['loop', 'hold']).default('loop'),
  /** How far into the trace a device begins, in recorded seconds. */
  offsetSec: spread.default(0),
}).superRefine(({ points, csv }, context) => {
  const refuse = (message: string, ...path: (string | number)[]): void => context.addIssue({ code: 'custom', message: `expected ${message}`, path })
  if ((points === undefined) === (csv === undefined))
    refuse('either "points" or "csv"')
  const late = points?.findIndex(([at], index) => index > 0 && at <= points[index - 1]![0]) ?? -1
  if (late !== -1)
    refuse('a time after that of the point before', 'points', late, 0)
  const read = csv && readTraceCsv(csv)
  if (read?.ok === false)
    refuse(read.problem, 'csv', read.field)
})
/** What an expression over the other properties says. */
const computed = z.strictObject({
  kind: z.literal('expression'),
  expression: expressionSchema,
  utcOffsetMin: utcOffsetMinSchema,
})
/**
 * Follows what an expression says, first order: in each `timeConstantSec` about 63 % of the way. Begins at `start`, or
 * there already. Noise is of the measurement: it does not add up.
 */
const respond = z.strictObject({
  kind: z.literal('respond'),
  target: expressionSchema,
  timeConstantSec: seconds,
  start: anyNumber.optional(),
  noise: spread.default(0),
  utcOffsetMin: utcOffsetMinSchema,
})
/** A battery: loses `perReport` with each report and `perHour` besides, down to `min`; with `chargePerHour` it is then charged up to `start` and drains again. */
const drain = z.strictObject({
  kind: z.literal('drain'),
  start: anyNumber.default(100),
  perReport: spread.default(0),
  perHour: spread.default(0),
  min: anyNumber.default(0),
  chargePerHour: seconds.optional(),
})
/**
 * What a JavaScript says in a sandbox: `function value({ t, previous, properties, device, random, state })` gives the next
 * value; null or nothing leaves it out of this report. `t`: the device's own seconds; `previous`: its last value, null at first;
 * `properties`: the values of the others in this report, scripts last; `device`: its name; `random()`: 0 to 1 from its own
 * stream; `state`: an object it may write to, kept as JSON until its next report. There is no Date and no Math.random.
 */
const script = z.strictObject({
  kind: z.literal('script'),
  script: z.string().min(1).max(valueScriptLimits.charsMax),
})
/** Never reported. */
const off = z.strictObject({
  kind: z.literal('off'),
})

/** How one property of a simulated device moves. Values that do not fit the property's type are rounded or cut to it. */
export const behaviourSchema = z.discriminatedUnion('kind', [constant, random, normal, walk, sine, ramp, decay, cycle, steps, markov, daily, trace, computed, respond, script, drain, off])
export type Behaviour = z.output<typeof behaviourSchema>
