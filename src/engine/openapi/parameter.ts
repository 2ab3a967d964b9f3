import type { JsonObject } from '../../shared/json.ts'
import { isJsonObject } from '../../shared/json.ts'
import { ApiFailure, GatewayFailure } from './failure.ts'

/** How a parameter is written in a request: everything arrives as text, lists as `Name.1`, `Name.2`, and lists of objects as `Name.1.Key`. */
export type ParameterKind = 'text' | 'integer' | 'boolean' | 'json' | 'texts' | 'objects'

interface Rules {
  /** Of a number: its value. Of a text: its characters. Of a list: its elements. */
  min?: number
  max?: number
  /** What it is allowed to be. */
  oneOf?: readonly (string | number)[]
  /** The cloud's own code for a value that is not allowed, answered as a business error; without it the gateway's `InvalidParameter`. */
  code?: string
  /** Another spelling that old examples have. */
  alias?: string
}

export interface Parameter<T = unknown, Required extends boolean = boolean> extends Rules {
  kind: ParameterKind
  /** What it means, in a sentence or a few words. */
  about: string
  isRequired: Required
  /** What stands in for it when it is left out. */
  initial?: T
  /** Of a list of objects: the members of each. */
  fields?: Parameters
}

export type Parameters = Record<string, Parameter>

type ValueOf<P> = P extends Parameter<infer T, infer Required> ? Required extends true ? T : T | undefined : never
/** The values of a table of parameters: `undefined` where an optional one was left out and has no initial value. */
export type ParameterValues<P extends Parameters> = { [K in keyof P]: ValueOf<P[K]> }

type Optional<T> = Parameter<T, false>

/** A text; an empty one counts as left out. */
export function text(about: string, rules: Rules = {}): Optional<string> {
  return { kind: 'text', about, isRequired: false, ...rules }
}

/** A whole number between `min` and `max`; without them any that a number can hold exactly. */
export function integer(about: string, rules: Rules = {}): Optional<number> {
  return { kind: 'integer', about, isRequired: false, ...rules }
}

/** `true` or `false`. */
export function boolean(about: string, rules: Rules = {}): Optional<boolean> {
  return { kind: 'boolean', about, isRequired: false, ...rules }
}

/** A JSON object as text. */
export function jsonObject(about: string, rules: Rules = {}): Optional<JsonObject> {
  return { kind: 'json', about, isRequired: false, ...rules }
}

/** A list of texts: `Name.1`, `Name.2` …; at most `max` of them. */
export function texts(about: string, rules: Rules = {}): Optional<string[]> {
  return { kind: 'texts', about, isRequired: false, ...rules }
}

/** A list of objects: `Name.1.Key`, `Name.1.Value` …; at most `max` of them. */
export function objects<P extends Parameters>(about: string, fields: P, rules: Rules = {}): Optional<ParameterValues<P>[]> {
  return { kind: 'objects', about, isRequired: false, fields, ...rules }
}

/** The same parameter, which a call must have. */
export function required<T>(parameter: Optional<T>): Parameter<T, true> {
  return { ...parameter, isRequired: true } as Parameter<T, true>
}

/** The same parameter with what stands in for it when it is left out. */
export function initially<T>(parameter: Optional<T>, initial: T): Parameter<T, true> {
  return { ...parameter, isRequired: false, initial } as unknown as Parameter<T, true>
}

/**
 * Reads the parameters of a call from the merged query and form (the cloud does not care which one holds them).
 * @throws GatewayFailure MissingParameter or InvalidParameter, or ApiFailure with the parameter's own code; each names the parameter.
 */
export function readParameters(parameters: Parameters, sent: ReadonlyMap<string, string>): Record<string, unknown> {
  return readFields(parameters, sent, '')
}

function readFields(parameters: Parameters, sent: ReadonlyMap<string, string>, prefix: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => {
    const found = read(`${prefix}${name}`, parameter, sent) ?? (parameter.alias === undefined ? undefined : read(`${prefix}${parameter.alias}`, parameter, sent))
    if (found === undefined && parameter.isRequired)
      throw missing(`${prefix}${name}`)
    return [name, found ?? parameter.initial]
  }))
}

/** The gateway's answer to a call that lacks a parameter. */
export function missing(name: string): GatewayFailure {
  return new GatewayFailure(400, 'MissingParameter', `The input parameter "${name}" that is mandatory for processing this request is not supplied.`)
}

function read(name: string, parameter: Parameter, sent: ReadonlyMap<string, string>): unknown {
  switch (parameter.kind) {
    case 'texts': {
      const list = indexesOf(name, sent).flatMap(index => sent.get(`${name}.${index}`) ?? [])
      return list.length === 0 ? undefined : checkCount(name, parameter, list, 'elements')
    }
    case 'objects': {
      const list = indexesOf(name, sent).map(index => readFields(parameter.fields ?? {}, sent, `${name}.${index}.`))
      return list.length === 0 ? undefined : checkCount(name, parameter, list, 'elements')
    }
    default: {
      const written = sent.get(name)
      return written === undefined || written === '' ? undefined : readScalar(name, parameter, written)
    }
  }
}

function readScalar(name: string, parameter: Parameter, written: string): unknown {
  switch (parameter.kind) {
    case 'integer': {
      const value = /^-?\d{1,16}$/.test(written) ? Number(written) : Number.NaN
      if (!Number.isSafeInteger(value))
        throw invalid(name, parameter, 'a whole number', written)
      if (value < (parameter.min ?? value) || value > (parameter.max ?? value))
        throw invalid(name, parameter, rangeOf(parameter), written)
      return checkOneOf(name, parameter, value)
    }
    case 'boolean':
      if (!/^(?:true|false)$/i.test(written))
        throw invalid(name, parameter, 'true or false', written)
      return written.toLowerCase() === 'true'
    case 'json':
      return readJson(name, parameter, written)
    default:
      return checkOneOf(name, parameter, checkCount(name, parameter, written, 'characters'))
  }
}

function readJson(name: string, parameter: Parameter, written: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(written)
  }
  catch (error) {
    throw invalid(name, parameter, `a JSON object (${(error as SyntaxError).message})`, written)
  }
  if (!isJsonObject(value as JsonObject))
    throw invalid(name, parameter, 'a JSON object', written)
  return value as JsonObject
}

function checkCount<T extends string | unknown[]>(name: string, parameter: Parameter, value: T, unit: string): T {
  if (value.length < (parameter.min ?? 0) || value.length > (parameter.max ?? value.length))
    throw invalid(name, parameter, `${rangeOf(parameter)} ${unit}`, typeof value === 'string' ? value : `${value.length}`)
  return value
}

function checkOneOf<T extends string | number>(name: string, parameter: Parameter, value: T): T {
  if (parameter.oneOf !== undefined && !parameter.oneOf.includes(value))
    throw invalid(name, parameter, `one of ${parameter.oneOf.join(', ')}`, String(value))
  return value
}

function rangeOf({ min, max }: Rules): string {
  if (min !== undefined && max !== undefined)
    return min === max ? `${min}` : `${min} to ${max}`
  return min === undefined ? `at most ${max}` : `at least ${min}`
}

const gotCharsMax = 80

/** What a call with a wrong parameter is answered with: the parameter, what was expected and what came. */
export function invalid(name: string, { code }: Pick<Rules, 'code'>, expected: string, got: string): ApiFailure | GatewayFailure {
  const shown = got.length > gotCharsMax ? `${got.slice(0, gotCharsMax)}…` : got
  const message = `The parameter ${name} is not valid: expected ${expected}, got ${JSON.stringify(shown)}.`
  return code === undefined ? new GatewayFailure(400, 'InvalidParameter', message) : new ApiFailure(code, message)
}

/** The indexes of a list, in order; a list may have gaps. */
function indexesOf(name: string, sent: ReadonlyMap<string, string>): number[] {
  const found = new Set<number>()
  for (const key of sent.keys()) {
    const index = key.startsWith(`${name}.`) ? /^\d{1,5}(?=\.|$)/.exec(key.slice(name.length + 1))?.[0] : undefined
    if (index !== undefined)
      found.add(Number(index))
  }
  return [...found].sort((a, b) => a - b)
}

/** The names that a call has and the action does not know, which the cloud passes over. */
export function unknownNames(parameters: Parameters, sent: ReadonlyMap<string, string>): string[] {
  const known = new Set([...Object.entries(parameters).flatMap(([name, { alias }]) => [name, ...alias === undefined ? [] : [alias]]), 'IotInstanceId', 'ResourceGroupId', 'RegionId'])
  return [...new Set([...sent.keys()].map(name => name.split('.', 1)[0]!))].filter(name => !known.has(name))
}
