import type { Expression } from 'jsep'
import jsep from 'jsep'
import { limits } from '../limits.ts'

/** How many arguments each function takes: at least, at most. */
export const expressionFunctions = {
  min: [1, 20],
  max: [1, 20],
  abs: [1, 1],
  round: [1, 1],
  floor: [1, 1],
  ceil: [1, 1],
  clamp: [3, 3],
  sin: [1, 1],
  cos: [1, 1],
  exp: [1, 1],
  log: [1, 1],
  sqrt: [1, 1],
  pow: [2, 2],
  random: [0, 0],
} as const satisfies Record<string, readonly [number, number]>
export type ExpressionFunction = keyof typeof expressionFunctions

/** What an expression knows beside the properties: the device's own seconds, the time of day, and the last value of its property. */
export const expressionNames = ['t', 'hour', 'previous'] as const
export type ExpressionName = (typeof expressionNames)[number]

const unaryOperators = ['-', '+', '!'] as const
const binaryOperators = ['??', '||', '&&', '==', '!=', '===', '!==', '<', '>', '<=', '>=', '+', '-', '*', '/', '%', '**'] as const
export type UnaryOperator = (typeof unaryOperators)[number]
export type BinaryOperator = (typeof binaryOperators)[number]

/** An expression that holds nothing but what the language has. Columns count from 1. */
export type ExpressionNode
  = | { kind: 'value', value: number | string | null }
    | { kind: 'name', name: ExpressionName }
    | { kind: 'property', name: string, column: number }
  /** A member of a struct; `a.b` where no struct is called a is the property b of the custom module a. */
    | { kind: 'member', name: string, member: string, column: number }
    | { kind: 'call', name: ExpressionFunction, of: ExpressionNode[] }
    | { kind: 'unary', operator: UnaryOperator, of: ExpressionNode }
    | { kind: 'binary', operator: BinaryOperator, left: ExpressionNode, right: ExpressionNode }
    | { kind: 'choice', test: ExpressionNode, yes: ExpressionNode, no: ExpressionNode }

export type ExpressionResult = { ok: true, node: ExpressionNode } | { ok: false, column: number, problem: string }

class Refusal extends Error {
  readonly column: number
  constructor(column: number, message: string) {
    super(message)
    this.column = column
  }
}

/**
 * Reads an expression. The reader of JavaScript expressions takes more than belongs here: calls of members, lists, steps one
 * after the other and bit operations are refused, so that nothing but numbers and texts is ever computed.
 */
export function parseExpression(text: string): ExpressionResult {
  try {
    checkDepth(text)
    return { ok: true, node: new Reader(text).read(jsep(text)) }
  }
  catch (thrown) {
    if (thrown instanceof Refusal)
      return { ok: false, column: thrown.column, problem: thrown.message }
    const { index, description } = thrown as { index?: unknown, description?: unknown }
    if (typeof index !== 'number')
      throw thrown
    return { ok: false, column: Math.min(index, text.length) + 1, problem: typeof description === 'string' ? lowerFirst(description) : 'something unexpected' }
  }
}

/** Properties that an expression looks at, and members of structs with theirs. */
export function namesIn(node: ExpressionNode): Extract<ExpressionNode, { kind: 'property' | 'member' }>[] {
  switch (node.kind) {
    case 'property':
    case 'member':
      return [node]
    case 'call':
      return node.of.flatMap(namesIn)
    case 'unary':
      return namesIn(node.of)
    case 'binary':
      return [...namesIn(node.left), ...namesIn(node.right)]
    case 'choice':
      return [...namesIn(node.test), ...namesIn(node.yes), ...namesIn(node.no)]
    case 'value':
    case 'name':
      return []
  }
}

/** Texts in quotes, which hold neither names nor brackets. */
const quoted = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g
const word = /(?<![\w$.\u0080-\uFFFF])[A-Z_$\u0080-\uFFFF][\w$\u0080-\uFFFF]*|(?<=\.\s*)[A-Z_$\u0080-\uFFFF][\w$\u0080-\uFFFF]*/gi

const blank = (text: string): string => text.replace(quoted, found => ' '.repeat(found.length))

/** The reader calls itself for each bracket, and a stack has an end. */
function checkDepth(text: string): void {
  let depth = 0
  for (const { 0: mark, index } of blank(text).matchAll(/[([)\]]/g)) {
    depth += mark === ')' || mark === ']' ? -1 : 1
    if (depth > limits.behaviourExpressionDepthMax)
      throw new Refusal(index + 1, `more than ${limits.behaviourExpressionDepthMax} parts inside each other`)
  }
}

/** Turns what the general reader found into nodes, and keeps count of the words on the way: they come in the order of the text. */
class Reader {
  readonly #text: string
  readonly #columns: number[]
  #words = 0

  constructor(text: string) {
    this.#text = blank(text)
    this.#columns = Array.from(this.#text.matchAll(word), ({ index }) => index + 1)
  }

  read(node: Expression): ExpressionNode {
    switch (node.type) {
      case 'Literal':
        return this.#literal(node)
      case 'Identifier':
        return this.#name(String(node.name))
      case 'MemberExpression':
        return this.#member(node)
      case 'CallExpression':
        return this.#call(node)
      case 'UnaryExpression':
        return { kind: 'unary', operator: this.#operator(unaryOperators, node), of: this.read(node.argument as Expression) }
      case 'BinaryExpression':
        return { kind: 'binary', operator: this.#operator(binaryOperators, node), left: this.read(node.left as Expression), right: this.read(node.right as Expression) }
      case 'ConditionalExpression':
        return { kind: 'choice', test: this.read(node.test as Expression), yes: this.read(node.consequent as Expression), no: this.read(node.alternate as Expression) }
      case 'Compound':
      case 'SequenceExpression':
        if (node.type === 'Compound' && (node.body as Expression[]).length === 0)
          throw new Refusal(1, 'nothing that has a value')
        throw new Refusal(this.#compoundColumn(node), 'a second expression, and only one has a value')
      default:
        throw new Refusal(this.#columnOf(node.type === 'ArrayExpression' ? '[' : 'this'), node.type === 'ArrayExpression' ? 'a list, and values are numbers and texts here' : `"this", which means nothing here`)
    }
  }

  #literal(node: Expression): ExpressionNode {
    const { value } = node
    // "true" is a word as well.
    if (typeof value === 'boolean' || value === null)
      this.#words++
    return { kind: 'value', value: typeof value === 'boolean' ? Number(value) : value as number | string | null }
  }

  #name(name: string): ExpressionNode {
    const column = this.#nextColumn()
    const known = expressionNames.find(one => one === name)
    if (known === undefined && Object.hasOwn(expressionFunctions, name))
      throw new Refusal(column, `the function ${name} without its arguments in brackets`)
    return known === undefined ? { kind: 'property', name, column } : { kind: 'name', name: known }
  }

  #member(node: Expression): ExpressionNode {
    const object = this.read(node.object as Expression)
    if (node.computed === true || node.optional === true)
      throw new Refusal(this.#columnOf(node.computed === true ? '[' : '?.'), 'a member that is not written as a.b')
    const column = this.#nextColumn()
    if (object.kind !== 'property')
      throw new Refusal(column, 'a member of something that is not a property')
    return { kind: 'member', name: object.name, member: String((node.property as Expression).name), column: object.column }
  }

  #call(node: Expression): ExpressionNode {
    const callee = node.callee as Expression
    const column = this.#nextColumn()
    const name = callee.type === 'Identifier' ? String(callee.name) : ''
    if (!Object.hasOwn(expressionFunctions, name))
      throw new Refusal(column, `a call of ${name === '' ? 'something that is no function' : `"${name}"`}; the functions are ${Object.keys(expressionFunctions).join(', ')}`)
    const of = (node.arguments as Expression[]).map(one => this.read(one))
    const [least, most] = expressionFunctions[name as ExpressionFunction]
    if (of.length < least || of.length > most)
      throw new Refusal(column, `${name} with ${of.length} arguments instead of ${least === most ? least : `${least} to ${most}`}`)
    return { kind: 'call', name: name as ExpressionFunction, of }
  }

  #operator<O extends string>(operators: readonly O[], node: Expression): O {
    const operator = operators.find(one => one === node.operator)
    if (operator === undefined)
      throw new Refusal(this.#columnOf(String(node.operator)), `the operator ${String(node.operator)}, which is not known here`)
    return operator
  }

  #nextColumn(): number {
    return this.#columns[this.#words++] ?? 1
  }

  #columnOf(text: string): number {
    return this.#text.indexOf(text) + 1 || 1
  }

  #compoundColumn(node: Expression): number {
    const mark = this.#text.search(/[,;]/)
    if (mark !== -1)
      return mark + 1
    const [first] = (node.body ?? []) as Expression[]
    if (first !== undefined)
      this.read(first)
    return this.#words === 0 ? 1 : this.#nextColumn()
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
