import type { ComputedRef, Ref } from 'vue'
import type { FilterValues } from '../../../shared/filter/language.ts'
import type { FilterList } from '../../../shared/filter/list-rules.ts'
import type { FilterField } from '../../kit/filter/filter-field.ts'
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { keptValue } from '../../../shared/filter/language.ts'
import { boundsOf } from '../../../shared/filter/list-queries.ts'
import { localInstant } from '../../../shared/filter/parse-instant.ts'
import { formatSpan, parseSpan } from '../../../shared/filter/parse-span.ts'
import { useFormat } from '../../kit/use-format.ts'
import { useText } from '../../kit/use-text.ts'
import { wallClock } from '../../kit/wall-clock.ts'
import { useApi } from '../../session/connection.ts'
import { useTimeRange } from '../../session/time-range.store.ts'
import { useQuery } from '../../session/use-query.ts'
import { addressKey, listFields } from './list-fields.ts'

export interface ListFilter { fields: ComputedRef<FilterField[]>, values: Ref<FilterValues>, filtered: ComputedRef<boolean> }

const devicesSuggested = 20

/**
 * The filter of a list, kept in the address of its `page`, which is named as the list is where nothing else is said, so that a link opens it again; `others` are what else the
 * address carries. The time range of the top bar is one with the filter's: choosing one there is a chip here, and the other way round. A range that
 * leaves out the instant `shownAt`, epoch milliseconds, of what a link leads to gives way to it.
 */
export function useListFilter(list: FilterList, others: () => Record<string, string>, shownAt: () => number | null = () => null, page: string = list): ListFilter {
  const { t } = useText()
  const format = useFormat()
  const api = useApi()
  const route = useRoute()
  const router = useRouter()
  const time = useTimeRange()
  const { data: products } = useQuery(signal => api.call('product.list', {}, { signal }))
  const fields = computed(() => listFields(list, {
    t,
    language: format.language,
    now: wallClock.now,
    products: () => products.value ?? [],
    findDevices: async (part) => {
      const { devices } = await api.call('device.list', { search: part.slice(0, 64), limit: devicesSuggested })
      return devices.map(({ deviceName, nickname }) => ({ value: deviceName, label: nickname || deviceName }))
    },
  }))

  function fromAddress(query: Record<string, unknown>): FilterValues {
    const found: FilterValues = {}
    for (const key of fields.value.flatMap(field => [field.key, `-${field.key}`])) {
      const value = query[addressKey(list, key)]
      const kept = typeof value === 'string' ? keptValue(key, value, fields.value) : null
      if (kept !== null)
        found[key] = kept
    }
    // What the logs were asked for by before they had one word for it.
    if (found.code === undefined && typeof query.state === 'string') {
      const code = keptValue('code', query.state, fields.value)
      if (code !== null)
        found.code = code
    }
    return found
  }
  const toAddress = (values: FilterValues): Record<string, string> => Object.fromEntries(Object.entries(values).map(([key, value]) => [addressKey(list, key), value]))

  const values = ref<FilterValues>(withRange(fromAddress(route.query)))
  const hasTime = ({ from, to, last }: FilterValues): boolean => (from ?? to ?? last) !== undefined

  /** The range of the top bar as chips, where nothing else says a time. */
  function withRange(read: FilterValues): FilterValues {
    const at = shownAt()
    const { fromAt, toAt } = time.bounds()
    const isLeftOut = at !== null && (at < fromAt || at > toAt)
    return (read.from ?? read.to ?? read.last) === undefined && !isLeftOut ? { ...read, ...rangeChips() } : read
  }
  function rangeChips(): FilterValues {
    if (time.isWhole)
      return {}
    return time.range.kind === 'last' ? { last: formatSpan(time.range.spanMs) } : { from: localInstant(Math.floor(time.range.fromAt)), to: localInstant(Math.ceil(time.range.toAt)) }
  }

  // What the top bar last heard from here or said itself, so that one does not answer the other.
  let told = ''
  const wordOf = ({ from, to, last }: FilterValues): string => [from, to, last].join(' ')
  watch(values, (now) => {
    void router.replace({ query: { ...toAddress(now), ...others() } })
    if (wordOf(now) === told)
      return
    told = wordOf(now)
    const { fromAt, toAt } = boundsOf(now, wallClock.now())
    const spanMs = now.last === undefined ? null : parseSpan(now.last)
    if (!hasTime(now))
      time.showWhole()
    else if (spanMs !== null && now.to === undefined && now.from === undefined)
      time.follow(spanMs)
    else if (fromAt !== undefined && toAt !== undefined)
      time.fix(fromAt, toAt)
  }, { immediate: true })
  watch(() => [time.range, time.isWhole], () => {
    const chips = rangeChips()
    if (wordOf(chips) === told || (hasTime(values.value) && !isWholeRange(values.value)))
      return
    told = wordOf(chips)
    const { from: _from, to: _to, last: _last, ...rest } = values.value
    values.value = { ...rest, ...chips }
  })
  /** Whether the top bar can say it: from and to, or the last stretch of time. */
  function isWholeRange({ from, to, last }: FilterValues): boolean {
    return last === undefined ? from !== undefined && to !== undefined : from === undefined && to === undefined
  }
  watch(others, () => void router.replace({ query: { ...toAddress(values.value), ...others() } }))
  watch(() => route.query, (query) => {
    if (route.name !== page)
      return
    const next = fromAddress(query)
    if (JSON.stringify(next) !== JSON.stringify(fromAddress(toAddress(values.value))))
      values.value = next
  })
  return { fields, values, filtered: computed(() => Object.keys(values.value).length > 0) }
}
