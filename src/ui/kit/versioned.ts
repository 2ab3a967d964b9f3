import type { ComputedRef, Ref } from 'vue'
import { computed } from 'vue'

/**
 * A value read from plain data that Vue does not watch: read again when `version` was counted up. Streams fill plain
 * buffers and count; only what is on screen is read.
 */
export function versioned<T>(version: Readonly<Ref<number>>, read: () => T): ComputedRef<T> {
  return computed(() => {
    void version.value
    return read()
  })
}
