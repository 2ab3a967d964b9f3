import type { ShallowRef } from 'vue'
import type { StreamInput, StreamItem, StreamName } from '../../shared/contract/contract.ts'
import type { ErrorValue } from '../../shared/errors.ts'
import { onScopeDispose, shallowRef, watch } from 'vue'
import { toErrorValue } from '../../shared/errors.ts'
import { useSession } from './connection.ts'

/**
 * Follows a stream for as long as the component lives; `input` returning null means not now. It subscribes again when the
 * input changes and after a reconnection, and calls `onStart` first, so that what belongs to the old one can be put away.
 * `onItem` runs outside Vue's reactivity: it fills plain buffers.
 */
export function useSubscription<S extends StreamName>(
  name: S,
  input: () => StreamInput<S> | null,
  onItem: (item: StreamItem<S>) => void,
  onStart?: () => void,
): { error: ShallowRef<ErrorValue | null> } {
  const { api, state } = useSession()
  const error = shallowRef<ErrorValue | null>(null)
  let running: AbortController | undefined

  function stop(): void {
    const last = running
    running = undefined
    last?.abort()
  }
  function start(): void {
    stop()
    const params = input()
    if (state.value.kind !== 'connected' || params === null)
      return
    const controller = running = new AbortController()
    error.value = null
    onStart?.()
    api.subscribe(name, params, (item) => {
      if (controller === running)
        onItem(item)
    }, { signal: controller.signal }).catch((thrown: unknown) => {
      if (controller === running)
        error.value = toErrorValue(thrown)
    })
  }

  watch(() => JSON.stringify(input()), start, { immediate: true })
  // At once, so that nothing of the new connection arrives before the old one's rest is put away.
  watch(() => state.value.kind === 'connected' ? state.value.epoch : 0, (epoch) => {
    if (epoch !== 0)
      start()
  }, { flush: 'sync' })
  onScopeDispose(stop)
  return { error }
}
