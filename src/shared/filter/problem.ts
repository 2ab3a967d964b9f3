import type { FilterProblem, FilterRule } from './language.ts'

/** What is wrong with a filter, as an English sentence. */
export function describeProblem(problem: FilterProblem, rules: readonly FilterRule[]): string {
  switch (problem.kind) {
    case 'key':
      return `No filter is called "${problem.key}". Use one of: ${rules.map(({ key }) => key).join(', ')}.`
    case 'value':
      return `${problem.key}: expected ${problem.expected}, got "${problem.got}".`
    case 'exclude':
      return problem.expected === '' ? `"${problem.key}" cannot be excluded; a dash goes with ${rules.filter(({ exclude }) => exclude).map(({ key }) => key).join(', ') || 'none of the keys here'}.` : `${problem.key}: expected ${problem.expected}, got "-${problem.key}:${problem.got}".`
    case 'twice':
      return `"${problem.key}" stands there twice; give one value.`
    case 'quote':
      return `The quotation mark of ${problem.got} is never closed.`
  }
}
