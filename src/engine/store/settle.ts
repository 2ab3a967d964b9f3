import type { Store } from './types.ts'
import { setImmediate } from 'node:timers/promises'

/**
 * Resolves when everything queued so far can be read. While the disk refuses, that is not waited for: others have their turn,
 * and whoever asked goes on with what there is.
 */
export async function settle(store: Pick<Store, 'stats' | 'flush'>): Promise<void> {
  await (store.stats().failing === null ? store.flush() : setImmediate())
}
