import type { Behaviour } from '../../../shared/contract/behaviour.ts'
import type { ValueScripts } from '../../script/types.ts'
import { AppError } from '../../../shared/errors.ts'

/** Longer texts are told by their beginning. */
const toldCharsMax = 60

/**
 * Checks that scripts compile, come to the end of their top level and define `value`; opens a sandbox only where there are
 * scripts. `subject` is what the behaviours are for.
 * @throws AppError input/invalid, with field and, where one is to blame, line.
 */
export async function checkScripts(behaviours: Record<string, Behaviour>, subject: string, open: () => Promise<ValueScripts>): Promise<void> {
  const scripts = Object.entries(behaviours).flatMap(([property, behaviour]) => behaviour.kind === 'script' ? [{ property, script: behaviour.script }] : [])
  let sandbox: ValueScripts | undefined
  for (const { property, script } of scripts) {
    sandbox = sandbox?.isSound === true ? sandbox : await open()
    const { problem: found } = sandbox.compile(script)
    if (found === null)
      continue
    const path = `behaviours.${property}.script`
    const { problem, line } = found
    const expected = `a script that defines the function value (${line === undefined ? '' : `line ${line}: `}${problem})`
    const told = script.length > toldCharsMax ? `${script.slice(0, toldCharsMax)}…` : script
    throw new AppError('input/invalid', `${subject}: ${path}: expected ${expected}, got ${JSON.stringify(told)}.`, { issues: [{ path, expected, got: told }], field: path, ...line !== undefined && { line } })
  }
}
