import type { ComputedRef, Ref, ShallowRef } from 'vue'
import type { DeviceCommand } from '../../../shared/contract/device-command.ts'
import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { ErrorValue } from '../../../shared/errors.ts'
import { computed, shallowRef } from 'vue'
import { useApi } from '../../session/connection.ts'
import { usePages } from '../../session/use-pages.ts'
import { useSubscription } from '../../session/use-subscription.ts'

export interface DeviceCommands {
  /** Newest first. */
  commands: ComputedRef<readonly DeviceCommand[]>
  loading: Ref<boolean>
  error: ShallowRef<ErrorValue | null>
  hasMore: Ref<boolean>
  loadMore: () => Promise<void>
}

const pageCommands = 50
/** Live forms held beside the pages; after more than that the list is read anew. */
const freshMax = 500

/** The commands of a device as the engine keeps them, and each new form as it comes. */
export function useDeviceCommands(identity: () => DeviceIdentity | null, onChange: (command: DeviceCommand) => void): DeviceCommands {
  const api = useApi()
  const pages = usePages<DeviceCommand, number>(async (before, signal) => {
    const device = identity()
    if (device === null)
      return { rows: [], next: null, scanned: null }
    const { commands, next } = await api.call('deviceCommand.list', { ...device, limit: pageCommands, ...(before !== undefined && { before }) }, { signal })
    return { rows: commands, next, scanned: null }
  }, [() => JSON.stringify(identity())])
  const fresh = shallowRef<ReadonlyMap<number, DeviceCommand>>(new Map())

  useSubscription('deviceCommand.watch', identity, ({ commands }) => {
    if (fresh.value.size > freshMax) {
      fresh.value = new Map()
      void pages.reload()
    }
    fresh.value = new Map([...fresh.value, ...commands.map(command => [command.commandId, command] as const)])
    commands.forEach(onChange)
  }, () => {
    fresh.value = new Map()
    // What came between the first reading and the subscription is in the second.
    void pages.reload()
  })

  const commands = computed(() => {
    const merged = new Map([...pages.rows.value.map(row => [row.commandId, row] as const), ...fresh.value])
    return [...merged.values()].sort((a, b) => b.commandId - a.commandId)
  })
  return { commands, loading: pages.loading, error: pages.error, hasMore: pages.hasMore, loadMore: pages.loadMore }
}
