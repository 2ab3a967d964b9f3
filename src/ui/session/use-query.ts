import type { Ref, ShallowRef, WatchSource } from 'vue'
import type { ErrorValue } from '../../shared/errors.ts'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../shared/errors.ts'
import { useSession } from './connection.ts'

export interface Query<T> {
  /** The last answer; it stays while a newer one is on its way or the engine is gone. */
  data: ShallowRef<T | null>
  error: ShallowRef<ErrorValue | null>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

/**
 * Asks the engine once, again whenever one of `sources` changes and again after a reconnection. A newer question
 * withdraws the older one, so answers never arrive out of order.
 */
export function useQuery<T>(load: (signal: AbortSignal) => Promise<T>, sources: WatchSource[] = []): Query<T> {
  const { state } = useSession()
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ErrorValue | null>(null)
  const loading = ref(true)
  let running: AbortController | undefined

  async function reload(): Promise<void> {
    running?.abort()
    const controller = running = new AbortController()
    loading.value = true
    try {
      const answer = await load(controller.signal)
      if (controller !== running)
        return
      data.value = answer
      error.value = null
    }
    catch (thrown) {
      if (controller !== running)
        return
      const value = toErrorValue(thrown)
      // A lost connection is shown by the frame and repaired by itself; the question is asked again then.
      if (value.code !== 'connection/lost' && value.code !== 'call/cancelled')
        error.value = value
    }
    if (controller === running)
      loading.value = state.value.kind !== 'connected'
  }

  watch([() => state.value.kind === 'connected' ? state.value.epoch : 0, ...sources], ([epoch]) => {
    if (epoch !== 0)
      void reload()
  }, { immediate: true })
  onScopeDispose(() => {
    const last = running
    running = undefined
    last?.abort()
  })
  return { data, error, loading, reload }
}
