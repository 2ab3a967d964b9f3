import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { wallClock } from '../kit/wall-clock.ts'

export type TimeRange = { kind: 'last', spanMs: number } | { kind: 'fixed', fromAt: number, toAt: number }

export const liveSpansMs = [
  60_000,
  5 * 60_000,
  15 * 60_000,
  3_600_000,
  6 * 3_600_000,
  24 * 3_600_000,
  7 * 24 * 3_600_000,
]

/** The one time range and the one time cursor that every plot and log on screen share. */
export const useTimeRange = defineStore('time-range', () => {
  const range = ref<TimeRange>({ kind: 'last', spanMs: 15 * 60_000 })
  const lastSpanMs = ref(15 * 60_000)
  /** Lists show everything that is kept; plots, which need two ends, the range. */
  const isWhole = ref(true)
  /** Where the pointer is in time, in any plot or log; null when it is nowhere. */
  const cursorAt = shallowRef<number | null>(null)

  function follow(spanMs: number): void {
    lastSpanMs.value = spanMs
    range.value = { kind: 'last', spanMs }
    isWhole.value = false
  }
  function fix(fromAt: number, toAt: number): void {
    if (toAt - fromAt < 10)
      return
    range.value = { kind: 'fixed', fromAt, toAt }
    isWhole.value = false
  }
  /** Back to following the present after a zoom. */
  function reset(): void {
    range.value = { kind: 'last', spanMs: lastSpanMs.value }
    isWhole.value = true
  }
  /** The range as two instants, at this moment. */
  function bounds(): { fromAt: number, toAt: number } {
    if (range.value.kind === 'fixed')
      return { fromAt: range.value.fromAt, toAt: range.value.toAt }
    const now = wallClock.now()
    return { fromAt: now - range.value.spanMs, toAt: now }
  }
  const live = computed(() => range.value.kind === 'last')
  return { range, isWhole, live, cursorAt, follow, fix, reset, showWhole: reset, bounds }
})
