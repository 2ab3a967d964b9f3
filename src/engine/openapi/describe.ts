import type { ActionParameter, ActionSummary } from '../../shared/contract/openapi.ts'
import type { Action, AnswerShape } from './action.ts'
import type { Parameters } from './parameter.ts'

/** An action as the page and the documentation show it. */
export function describeAction({ name, group, about, takesDevice, isLocal = false, parameters, answer }: Action): ActionSummary {
  return { name, group, about, takesDevice, isLocal, parameters: describeParameters(parameters), answer: describeShape(answer, '') }
}

function describeParameters(parameters: Parameters): ActionParameter[] {
  return Object.entries(parameters).map(([name, { kind, about, isRequired, initial, min, max, oneOf, fields }]) => ({
    name,
    kind,
    about,
    isRequired,
    ...(initial !== undefined && { initial: typeof initial === 'string' ? initial : JSON.stringify(initial) }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(oneOf !== undefined && { oneOf: oneOf.map(String) }),
    ...(fields !== undefined && { fields: describeParameters(fields) }),
  }))
}

const typeNames = { s: 'text', i: 'number', l: 'number', b: 'true or false' } as const

/** `{ Data: { List: { PropertyInfo: [{ Time: text }] } } }`, indented; empty for an answer without members of its own. */
function describeShape(shape: AnswerShape, indent: string): string {
  if (typeof shape === 'string')
    return typeNames[shape]
  if (Array.isArray(shape))
    return `[${describeShape((shape as readonly [AnswerShape])[0], indent)}]`
  const members = Object.entries(shape)
  if (members.length === 0)
    return indent === '' ? '' : '{}'
  const inner = `${indent}  `
  return `{\n${members.map(([name, member]) => `${inner}${name}: ${describeShape(member, inner)}`).join('\n')}\n${indent}}`
}
