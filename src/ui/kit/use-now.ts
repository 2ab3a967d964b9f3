import type { Ref } from 'vue'
import { useIntervalFn } from '@vueuse/core'
import { ref } from 'vue'
import { wallClock } from './wall-clock.ts'

/** The present, once a second, for words like “5 s ago”. */
export function useNow(): Ref<number> {
  const now = ref(wallClock.now())
  useIntervalFn(() => now.value = wallClock.now(), 1_000)
  return now
}
