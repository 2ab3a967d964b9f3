import type { LimitNow, LimitStretch } from '../../shared/contract/limit.ts'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { SteadyLimit } from '../../shared/steady-limit.ts'
import { wallClock } from '../kit/wall-clock.ts'
import { FrameTimes } from './frame-times.ts'

/** Beyond one of these the page is what looks slow: a picture takes so long, or so much of a second went by in one piece. */
const frameMsMax = 100
const busyMsMax = 400
const stretchesMax = 50
const noFigures = { lateMs: null, cpuPercent: null, machinePercent: null, fleet: null, process: null, rows: null, drainSec: null, failing: null }

/** How fast this page draws, and when it was the limit: the engine and its figures are not touched by that. */
export const usePageLoad = defineStore('page-load', () => {
  /** Milliseconds of the last second that ran longer than 50 ms in one piece. */
  const busyMs = ref(0)
  /** Time between two pictures, 95 of 100, over the last seconds; null while the page is hidden. */
  const frameMs = ref<number | null>(null)
  const limit = shallowRef<LimitNow | null>(null)
  /** Oldest first; the last one may still last. */
  const stretches = shallowRef<LimitStretch[]>([])
  const steady = new SteadyLimit()
  const frames = new FrameTimes(run => requestAnimationFrame(run))
  let gathered = 0

  /** Is to be called once a second. */
  function look(): void {
    busyMs.value = Math.min(1_000, Math.round(gathered))
    gathered = 0
    if (document.hidden)
      frames.forget()
    else
      frames.measure()
    frameMs.value = frames.p95()
    judge(wallClock.now())
  }

  function judge(at: number): void {
    const lateMs = Math.max(frameMs.value ?? 0, busyMs.value)
    const isSlow = (frameMs.value ?? 0) > frameMsMax || busyMs.value > busyMsMax
    const named = steady.look(isSlow ? 'page' : null, at)
    const figures = { ...noFigures, lateMs }
    const open = stretches.value.at(-1)?.toAt === null ? stretches.value.at(-1) : undefined
    if (named === null) {
      if (open !== undefined)
        stretches.value = [...stretches.value.slice(0, -1), { ...open, toAt: Math.max(open.fromAt, at - 5_000) }]
      limit.value = null
      return
    }
    if (open === undefined)
      stretches.value = [...stretches.value, { part: 'page' as const, fromAt: named.fromAt, toAt: null, worst: figures }].slice(-stretchesMax)
    else if (lateMs > (open.worst.lateMs ?? 0))
      stretches.value = [...stretches.value.slice(0, -1), { ...open, worst: figures }]
    limit.value = { part: 'page', fromAt: named.fromAt, figures }
  }

  /** A piece of work that ran so long in one go, milliseconds. */
  function note(durationMs: number): void {
    gathered += durationMs
  }

  return { busyMs, frameMs, limit, stretches, look, note }
})
