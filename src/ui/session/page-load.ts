import type { Ref } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import { onScopeDispose, ref } from 'vue'

/**
 * How much of the last second the page was too busy to draw, in milliseconds: the sum of what ran longer than 50 ms in one
 * piece. The strip names the page as the limit when it is.
 */
export function usePageLoad(): Ref<number> {
  const busyMs = ref(0)
  let gathered = 0
  try {
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        gathered += entry.duration
    })
    observer.observe({ entryTypes: ['longtask'] })
    onScopeDispose(() => observer.disconnect())
  }
  catch {
    // A browser that cannot tell shows no figure rather than a wrong one.
  }
  useIntervalFn(() => {
    busyMs.value = Math.min(1_000, gathered)
    gathered = 0
  }, 1_000)
  return busyMs
}
