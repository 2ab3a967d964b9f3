import type { BinaryOperator, ExpressionFunction, ExpressionName, ExpressionNode } from '../../../shared/behaviour/expression.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Turn } from './turn.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { secondOfDay } from './turn.ts'

/** The value of an expression for one device: true and false are 1 and 0, what is not known is null. */
export type Evaluate = (state: number[], at: number, turn: Turn) => JsonValue
type Calculate = (state: number[], at: number, turn: Turn) => number

/** Where an expression finds what it names. */
export interface Scope {
  /** A property as others see it; undefined when there is none of that name. */
  property: (name: string) => Evaluate | undefined
  previous: Evaluate
  /** The number that a value of a property goes by on the wire where the model gives it a name. */
  named: (property: string, text: string) => number | undefined
  utcOffsetMin: number | undefined
}

/** A number, or the number that a text holds; NaN for everything else. */
export function toNumber(value: JsonValue): number {
  if (typeof value === 'number')
    return value
  if (typeof value === 'boolean')
    return Number(value)
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

/** Whether a value counts as true: neither 0, nor nothing, nor what is no number. */
export function isTrue(value: JsonValue): boolean {
  return typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : Boolean(value)
}

function isMissing(value: JsonValue): boolean {
  return value === null || (typeof value === 'number' && Number.isNaN(value))
}

/** Makes an expression into a function; the tree is walked once, here. */
export function compileFormula(node: ExpressionNode, scope: Scope): Evaluate {
  switch (node.kind) {
    case 'value':
      return () => node.value
    case 'name':
      return compileName(node.name, scope)
    case 'property':
      return scope.property(node.name) ?? (() => null)
    case 'member':
      return compileMember(node, scope)
    case 'call':
      return compileCall(node.name, node.of.map(one => compileNumber(one, scope)))
    case 'unary': {
      if (node.operator === '!') {
        const of = compileFormula(node.of, scope)
        return (state, at, turn) => isTrue(of(state, at, turn)) ? 0 : 1
      }
      const of = compileNumber(node.of, scope)
      return node.operator === '-' ? (state, at, turn) => -of(state, at, turn) : of
    }
    case 'binary':
      return compileBinary(node.operator, node.left, node.right, scope)
    case 'choice': {
      const [test, yes, no] = [compileFormula(node.test, scope), compileFormula(node.yes, scope), compileFormula(node.no, scope)]
      return (state, at, turn) => isTrue(test(state, at, turn)) ? yes(state, at, turn) : no(state, at, turn)
    }
  }
}

function compileNumber(node: ExpressionNode, scope: Scope): Calculate {
  if (node.kind === 'value') {
    const value = toNumber(node.value)
    return () => value
  }
  const of = compileFormula(node, scope)
  return (state, at, turn) => toNumber(of(state, at, turn))
}

function compileName(name: ExpressionName, { previous, utcOffsetMin }: Scope): Evaluate {
  switch (name) {
    case 't':
      return (_state, _at, turn) => turn.elapsedSec
    case 'hour':
      return (_state, _at, turn) => secondOfDay(turn.startedAt + 1000 * turn.elapsedSec, utcOffsetMin) / 3600
    case 'previous':
      return previous
  }
}

function compileMember({ name, member }: Extract<ExpressionNode, { kind: 'member' }>, { property }: Scope): Evaluate {
  const whole = property(name)
  if (whole === undefined)
    return property(`${name}:${member}`) ?? (() => null)
  return (state, at, turn) => {
    const value = whole(state, at, turn)
    return isJsonObject(value) && Object.hasOwn(value, member) ? value[member]! : null
  }
}

function compileCall(name: ExpressionFunction, of: Calculate[]): Evaluate {
  const [a, b, c] = of as [Calculate, Calculate, Calculate]
  switch (name) {
    case 'min':
    case 'max': {
      const [first, ...others] = of
      const choose = name === 'min' ? Math.min : Math.max
      return (state, at, turn) => {
        let found = first!(state, at, turn)
        for (const other of others)
          found = choose(found, other(state, at, turn))
        return found
      }
    }
    case 'clamp':
      return (state, at, turn) => Math.min(c(state, at, turn), Math.max(b(state, at, turn), a(state, at, turn)))
    case 'pow':
      return (state, at, turn) => a(state, at, turn) ** b(state, at, turn)
    case 'random':
      return (_state, _at, turn) => turn.random.next()
    case 'abs':
    case 'round':
    case 'floor':
    case 'ceil':
    case 'sin':
    case 'cos':
    case 'exp':
    case 'log':
    case 'sqrt': {
      const calculate = Math[name]
      return (state, at, turn) => calculate(a(state, at, turn))
    }
  }
}

function compileBinary(operator: BinaryOperator, leftNode: ExpressionNode, rightNode: ExpressionNode, scope: Scope): Evaluate {
  switch (operator) {
    case '&&':
    case '||':
    case '??':
    case '+':
    case '==':
    case '===':
    case '!=':
    case '!==':
      return compileMixed(operator, compileFormula(asNumber(leftNode, rightNode, scope), scope), compileFormula(asNumber(rightNode, leftNode, scope), scope))
  }
  const left = compileNumber(leftNode, scope)
  const right = compileNumber(rightNode, scope)
  switch (operator) {
    case '-':
      return (state, at, turn) => left(state, at, turn) - right(state, at, turn)
    case '*':
      return (state, at, turn) => left(state, at, turn) * right(state, at, turn)
    case '/':
      return (state, at, turn) => left(state, at, turn) / right(state, at, turn)
    case '%':
      return (state, at, turn) => left(state, at, turn) % right(state, at, turn)
    case '**':
      return (state, at, turn) => left(state, at, turn) ** right(state, at, turn)
    case '<':
      return (state, at, turn) => left(state, at, turn) < right(state, at, turn) ? 1 : 0
    case '>':
      return (state, at, turn) => left(state, at, turn) > right(state, at, turn) ? 1 : 0
    case '<=':
      return (state, at, turn) => left(state, at, turn) <= right(state, at, turn) ? 1 : 0
    case '>=':
      return (state, at, turn) => left(state, at, turn) >= right(state, at, turn) ? 1 : 0
  }
}

/** In `mode == "eco"` the text stands for the number that the model calls so. */
function asNumber(node: ExpressionNode, other: ExpressionNode, { named }: Scope): ExpressionNode {
  const value = node.kind === 'value' && typeof node.value === 'string' && other.kind === 'property' ? named(other.name, node.value) : undefined
  return value === undefined ? node : { kind: 'value', value }
}

/** The operators that texts have as well. */
function compileMixed(operator: '&&' | '||' | '??' | '+' | '==' | '===' | '!=' | '!==', left: Evaluate, right: Evaluate): Evaluate {
  switch (operator) {
    case '&&':
      return (state, at, turn) => {
        const value = left(state, at, turn)
        return isTrue(value) ? right(state, at, turn) : value
      }
    case '||':
      return (state, at, turn) => {
        const value = left(state, at, turn)
        return isTrue(value) ? value : right(state, at, turn)
      }
    case '??':
      return (state, at, turn) => {
        const value = left(state, at, turn)
        return isMissing(value) ? right(state, at, turn) : value
      }
    case '+':
      return (state, at, turn) => add(left(state, at, turn), right(state, at, turn))
    case '==':
    case '===':
      return (state, at, turn) => isEqual(left(state, at, turn), right(state, at, turn)) ? 1 : 0
    case '!=':
    case '!==':
      return (state, at, turn) => isEqual(left(state, at, turn), right(state, at, turn)) ? 0 : 1
  }
}

/** Texts are joined, and a number beside a text is written out; long integers and dates come as texts of digits, which are numbers. */
function add(left: JsonValue, right: JsonValue): JsonValue {
  const sum = toNumber(left) + toNumber(right)
  if (!Number.isNaN(sum) || (typeof left !== 'string' && typeof right !== 'string'))
    return sum
  return toText(left) + toText(right)
}

function toText(value: JsonValue): string {
  return isMissing(value) ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}

function isEqual(left: JsonValue, right: JsonValue): boolean {
  if (isMissing(left) || isMissing(right))
    return isMissing(left) && isMissing(right)
  return typeof left === 'string' && typeof right === 'string' ? left === right : toNumber(left) === toNumber(right)
}
