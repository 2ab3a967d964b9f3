import { useIntervalFn } from '@vueuse/core'
import { onScopeDispose } from 'vue'
import { usePageLoad } from './page-load.store.ts'

/** Measures how fast this page draws for as long as its caller is on it. */
export function watchPageLoad(): ReturnType<typeof usePageLoad> {
  const load = usePageLoad()
  try {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        load.note(entry.duration)
    })
    observer.observe({ entryTypes: ['longtask'] })
    onScopeDispose(() => observer.disconnect())
  }
  catch {
    // A browser that cannot tell shows no figure rather than a wrong one.
  }
  useIntervalFn(load.look, 1_000)
  return load
}
