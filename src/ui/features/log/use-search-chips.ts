import type { ComputedRef, Ref } from 'vue'
import type { FilterField, FilterValues } from '../../kit/filter/parse-filter.ts'
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useApi } from '../../session/connection.ts'
import { useQuery } from '../../session/use-query.ts'
import { valuesFromQuery } from './log-filter.ts'

/** The conditions of a search, kept in the address of the page `name`, so that a view can be shared and gone back to. */
export function useSearchChips(name: string, fieldsOf: (products: readonly { productKey: string, name: string }[]) => FilterField[]): { fields: ComputedRef<FilterField[]>, values: Ref<FilterValues> } {
  const api = useApi()
  const route = useRoute()
  const router = useRouter()
  const { data: products } = useQuery(signal => api.call('product.list', {}, { signal }))
  const fields = computed(() => fieldsOf(products.value ?? []))
  const values = ref<FilterValues>(valuesFromQuery(route.query, fields.value))
  watch(values, now => void router.replace({ query: { ...now } }))
  watch(() => route.query, (query) => {
    if (route.name !== name)
      return
    const next = valuesFromQuery(query, fields.value)
    if (JSON.stringify(next) !== JSON.stringify(valuesFromQuery(values.value, fields.value)))
      values.value = next
  })
  return { fields, values }
}
