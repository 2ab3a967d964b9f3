import type { Ref, ShallowRef } from 'vue'
import type { Batch } from '../../../../shared/contract/batch.ts'
import type { ErrorValue } from '../../../../shared/errors.ts'
import { useIntervalFn } from '@vueuse/core'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { wallClock } from '../../../kit/wall-clock.ts'
import { useSubscription } from '../../../session/use-subscription.ts'
import { ProgressMeter } from './progress-meter.ts'

/** Also without an announcement: devices that go offline change what tasks wait for. */
const roundsAtLeast = 5

export interface BatchLive {
  batch: ShallowRef<Batch | null>
  error: Ref<ErrorValue | null>
  /** Counts up at most once a second when tasks may have changed: what shows them asks again then. */
  round: Ref<number>
  meter: ProgressMeter
}

/** A batch as it is now, drawn at most once a frame. */
export function useBatchLive(batchId: () => string): BatchLive {
  const batch = shallowRef<Batch | null>(null)
  const round = ref(0)
  const meter = new ProgressMeter()
  let latest: Batch | null = null
  let frame = 0
  let isChanged = false
  let quiet = 0

  const { error } = useSubscription('batch.watch', () => ({ batchId: batchId() }), (item) => {
    latest = item
    isChanged = true
    meter.add(wallClock.now(), item)
    frame ||= requestAnimationFrame(() => {
      frame = 0
      batch.value = latest
    })
  }, () => {
    meter.clear()
    if (batch.value?.batchId !== batchId())
      batch.value = null
  })
  useIntervalFn(() => {
    quiet += 1
    if (document.visibilityState !== 'visible' || (!isChanged && quiet < roundsAtLeast))
      return
    isChanged = false
    quiet = 0
    round.value += 1
  }, 1_000)
  onScopeDispose(() => cancelAnimationFrame(frame))
  return { batch, round, meter, error: computed(() => error.value?.code === 'connection/lost' ? null : error.value) }
}
