import type { WatchSource } from 'vue'
import type { Query } from '../../session/use-query.ts'
import { useIntervalFn } from '@vueuse/core'
import { useQuery } from '../../session/use-query.ts'

/** What devices change by themselves and nobody announces: asked for again every two seconds while somebody can see it. */
export function usePolled<T>(load: (signal: AbortSignal) => Promise<T>, sources: WatchSource[]): Query<T> {
  const query = useQuery(load, sources)
  useIntervalFn(() => {
    if (document.visibilityState === 'visible' && !query.loading.value)
      void query.reload()
  }, 2_000)
  return query
}
