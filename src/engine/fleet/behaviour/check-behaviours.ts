import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import { namesIn, parseExpression } from '../../../shared/behaviour/expression.ts'
import { AppError } from '../../../shared/errors.ts'

const namesTold = 20

/**
 * Checks what only the thing model can tell of behaviours: that expressions name properties that there are, bare or as
 * `module.property`. `keys` are the properties' names on the wire; `subject` is what the behaviours are for.
 * @throws AppError input/invalid, with field and column.
 */
export function checkBehaviours(behaviours: Record<string, Behaviour>, keys: ReadonlySet<string>, subject: string): void {
  for (const [property, behaviour] of Object.entries(behaviours)) {
    if (behaviour.kind !== 'expression' && behaviour.kind !== 'respond')
      continue
    const [field, text] = behaviour.kind === 'expression' ? ['expression', behaviour.expression] : ['target', behaviour.target]
    checkExpression(text, keys, property.includes(':') ? property.slice(0, property.indexOf(':') + 1) : '', { subject, path: `behaviours.${property}.${field}` })
  }
}

/**
 * Checks that an expression names properties that there are; `module` is what stands before the names of its own custom
 * module (`pump:`), or empty. One that does not read is left to the contract.
 * @throws AppError input/invalid, with field and column.
 */
export function checkExpression(text: string, keys: ReadonlySet<string>, module: string, { subject, path }: { subject: string, path: string }): void {
  const parsed = parseExpression(text)
  const unknown = parsed.ok ? namesIn(parsed.node).find(one => !keys.has(one.name) && !keys.has(module + one.name) && !(one.kind === 'member' && keys.has(`${one.name}:${one.member}`))) : undefined
  if (unknown === undefined)
    return
  const expected = `names of properties (column ${unknown.column}: "${unknown.name}" is none of ${[...keys].slice(0, namesTold).join(', ')})`
  throw new AppError('input/invalid', `${subject}: ${path}: expected ${expected}, got ${JSON.stringify(text)}.`, { issues: [{ path, expected, got: text }] })
}
