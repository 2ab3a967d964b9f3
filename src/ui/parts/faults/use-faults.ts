import type { ComputedRef, ShallowRef } from 'vue'
import type { Fault, FaultKind, FaultScope, FaultsOn, PlatformFault } from '../../../shared/contract/platform-fault.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { computed, shallowRef } from 'vue'
import { toErrorValue } from '../../../shared/errors.ts'
import { useApi } from '../../session/connection.ts'
import { useSubscription } from '../../session/use-subscription.ts'

export interface FaultSwitches {
  /** Everything that is on, exercises of boards included; null until it is known. */
  everything: ShallowRef<FaultsOn | null>
  /** What is on for exactly this scope, by kind. */
  own: ComputedRef<Partial<Record<FaultKind, PlatformFault>>>
  /** What holds here because it is on for the product or for everything. */
  inherited: ComputedRef<Partial<Record<FaultKind, PlatformFault>>>
  error: ShallowRef<ErrorValue | null>
  set: (faults: readonly Fault[], options?: { seed?: number | undefined, forSec?: number | undefined }) => Promise<void>
  /** Turns faults of this scope off, all of them without `kinds`; gives what was on. */
  clear: (kinds?: FaultKind[]) => Promise<PlatformFault[]>
  /** Turns faults on again as they were, for the scopes they had. */
  putBack: (faults: readonly PlatformFault[]) => Promise<void>
  disconnect: (how: 'kick' | 'close') => Promise<number>
}

/** The faults of a device, a product or everything, live, and what turns them on and off. */
export function useFaults(scope: () => FaultScope): FaultSwitches {
  const api = useApi()
  const everything = shallowRef<FaultsOn | null>(null)
  const error = shallowRef<ErrorValue | null>(null)
  useSubscription('platformFault.watch', () => ({}), item => everything.value = item)

  const byKind = (faults: PlatformFault[]): Partial<Record<FaultKind, PlatformFault>> => Object.fromEntries(faults.map(on => [on.fault.kind, on]))
  const own = computed(() => byKind((everything.value?.faults ?? []).filter(on => on.productKey === (scope().productKey ?? null) && on.deviceName === (scope().deviceName ?? null))))
  const inherited = computed(() => {
    const { productKey, deviceName } = scope()
    const wider = (everything.value?.faults ?? []).filter(on => on.deviceName === null && (on.productKey === null ? productKey !== undefined : on.productKey === productKey && deviceName !== undefined))
    // The product's come last, so they stand instead of those of everything.
    return byKind(wider.sort((a, b) => Number(a.productKey !== null) - Number(b.productKey !== null)))
  })

  async function attempt<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
    error.value = null
    try {
      return await work()
    }
    catch (thrown) {
      error.value = toErrorValue(thrown)
      return otherwise
    }
  }

  return {
    everything,
    own,
    inherited,
    error,
    set: (faults, options = {}) => attempt(async () => void await api.call('platformFault.set', { ...scope(), faults: [...faults], ...options.seed !== undefined && { seed: options.seed }, ...options.forSec !== undefined && { forSec: options.forSec } }), undefined),
    clear: kinds => attempt(async () => (await api.call('platformFault.clear', { ...scope(), ...kinds && { kinds } })).cleared, []),
    putBack: faults => attempt(async () => {
      for (const { productKey, deviceName, fault, seed } of faults)
        await api.call('platformFault.set', { ...productKey !== null && { productKey }, ...deviceName !== null && { deviceName }, faults: [fault], seed })
    }, undefined),
    disconnect: how => attempt(async () => (await api.call('platformFault.disconnect', { ...scope(), how })).devices, 0),
  }
}
