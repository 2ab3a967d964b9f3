import type { ApiClient } from '../shared/contract/contract.ts'
import type { FilterValues } from '../shared/filter/language.ts'
import type { FilterList } from '../shared/filter/list-rules.ts'
import type { Positional } from './option.ts'
import { AppError } from '../shared/errors.ts'
import { parseFilter } from '../shared/filter/language.ts'
import { expectedEn, filterRules } from '../shared/filter/list-rules.ts'
import { describeProblem } from '../shared/filter/problem.ts'
import { UsageError } from './command.ts'
import { anyText, optional } from './option.ts'

/** A filter in the words of the page. */
export const filterOption: Positional = { name: 'FILTER', about: 'As on the page: device:kitchen code:failed last:1h lag>500ms "some text"; -code:200 goes after --.', optional: true, repeated: true }
export const viewOption = optional(anyText, { about: 'Only what this saved view shows; more words narrow it.', placeholder: 'NAME' })

/** Reads the filter of a list. @throws UsageError that names what is wrong. */
export function parseWords(list: FilterList, typed: string): FilterValues {
  const rules = filterRules(list, expectedEn, Date.now)
  const { values, problems: [problem] } = parseFilter(typed, rules)
  if (problem !== undefined)
    throw new UsageError(describeProblem(problem, rules))
  return values
}

/** The filter of a saved view, narrowed by what was typed. @throws AppError view/not-found. */
export async function readFilter(client: ApiClient, list: FilterList, words: readonly string[], view: string | undefined): Promise<FilterValues> {
  const typed = parseWords(list, words.join(' '))
  if (view === undefined)
    return typed
  const views = await client.call('savedView.list', { list })
  const found = views.find(({ name }) => name.toLowerCase() === view.toLowerCase())
  if (found === undefined)
    throw new AppError('view/not-found', `No saved view is called ${JSON.stringify(view)}${views.length === 0 ? '; there are none of this list' : `: there are ${views.map(({ name }) => name).join(', ')}`}.`, { name: view })
  return { ...parseWords(list, found.filter), ...typed }
}
