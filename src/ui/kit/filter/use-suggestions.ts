import type { ComputedRef, Ref } from 'vue'
import type { FilterValues } from '../../../shared/filter/language.ts'
import type { FilterField, FilterOption } from './filter-field.ts'
import { computed, shallowRef, watch } from 'vue'
import { formatPart } from '../../../shared/filter/language.ts'

export interface Suggestion {
  /** Takes the place of the word that is being typed. */
  insert: string
  label: string
  note: string
  /** A whole value, which can be taken at once. */
  complete: boolean
}

const word = /(?:[^\s"]|"[^"]*")*(?:"[^"]*)?$/
const valued = /^(-?)([a-z]+)(:|>=?)(.*)$/i
const shownMax = 40

/** What can be typed next in a filter: keys that are still free, then the values of the key. */
export function useSuggestions(text: Ref<string>, fields: () => readonly FilterField[], values: () => FilterValues): { suggestions: ComputedRef<Suggestion[]>, wordOf: (typed: string) => string } {
  const wordOf = (typed: string): string => word.exec(typed)?.[0] ?? ''
  const offered = shallowRef<{ asked: string, options: readonly FilterOption[] }>({ asked: '', options: [] })

  function typed(): { field: FilterField, isExcluded: boolean, sign: string, part: string } | null {
    const [, minus, key, sign = ':', part = ''] = valued.exec(wordOf(text.value)) ?? []
    const field = key === undefined ? undefined : fields().find(one => one.key === key.toLowerCase() || one.aliases?.includes(key.toLowerCase()))
    return field === undefined ? null : { field, isExcluded: minus === '-', sign: sign === ':' ? '' : sign, part: part.replaceAll('"', '') }
  }

  watch(text, async () => {
    const now = typed()
    if (!now?.field.suggest)
      return
    const asked = `${now.field.key}:${now.part}`
    const options = await Promise.resolve(now.field.suggest(now.part)).catch(() => [])
    if (asked === `${typed()?.field.key}:${typed()?.part}`)
      offered.value = { asked, options }
  })

  const suggestions = computed<Suggestion[]>(() => {
    const now = typed()
    if (now === null) {
      const part = wordOf(text.value).toLowerCase()
      return fields()
        .filter(({ key, label }) => values()[key] === undefined && `${key} ${label}`.toLowerCase().includes(part))
        .flatMap(({ key, label, comparisons = [], takesColon }) => [...comparisons.length === 0 || takesColon === true ? [':'] : [], ...comparisons].map(sign => ({ insert: `${key}${sign}`, label, note: `${key}${sign}`, complete: false })))
    }
    const { field, isExcluded, sign, part } = now
    const options = field.options ?? (offered.value.asked === `${field.key}:${part}` ? offered.value.options : [])
    return options
      .filter(({ value, label }) => field.suggest !== undefined || `${value} ${label}`.toLowerCase().includes(part.toLowerCase()))
      .slice(0, shownMax)
      .map(({ value, label }) => ({ insert: formatPart(field, sign + value, isExcluded), label, note: value === label ? '' : value, complete: true }))
  })
  return { suggestions, wordOf }
}
