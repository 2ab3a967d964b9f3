import type { Clock } from '../../../shared/clock.ts'
import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { DeviceCommand } from '../../../shared/contract/device-command.ts'
import type { Store } from '../../store/types.ts'
import type { FeatureDevice } from '../feature.ts'
import type { CommandHistory } from './history.ts'
import type { DeviceCommandRow } from './rows.ts'
import { pump } from '../../../shared/feed.ts'
import { limits } from '../../../shared/limits.ts'
import { selectDeviceCommands } from './rows.ts'

export interface CommandContext {
  clock: Clock
  store: Pick<Store, 'read'>
  history: Pick<CommandHistory, 'changes'>
  /** Resolves when what was kept can be read. */
  settle: () => Promise<void>
  /** Throws AppError product/not-found or device/not-found. */
  requireDevice: (productKey: string, deviceName: string) => FeatureDevice
}

/** Commands that wait for a slow page; the history has them all. */
const watchedMax = 500

/** What pages can ask of the history of commands. */
export function commandMethodHandlers({ store, settle, requireDevice }: CommandContext): Pick<EngineApi['methods'], 'deviceCommand.list'> {
  return {
    'deviceCommand.list': async ({ productKey, deviceName, before = Number.MAX_SAFE_INTEGER, limit }) => {
      const { deviceId } = requireDevice(productKey, deviceName)
      await settle()
      const rows = await store.read(selectDeviceCommands, [deviceId, before, limit])
      return { commands: rows.map(present), next: rows.length < limit ? null : rows.at(-1)!.commandId }
    },
  }
}

/** The live end of the history of a device. */
export function commandStream({ clock, history, requireDevice }: CommandContext): EngineApi['streams']['deviceCommand.watch'] {
  return async ({ productKey, deviceName }, subscriber) => {
    const { deviceId } = requireDevice(productKey, deviceName)
    const changed = new Map<number, DeviceCommand>()
    history.changes.listen(subscriber.signal, (row) => {
      if (row.deviceId !== deviceId)
        return
      changed.set(row.commandId, present(row))
      if (changed.size > watchedMax)
        changed.delete(changed.keys().next().value!)
    })
    const take = (): { commands: DeviceCommand[] } | undefined => {
      if (changed.size === 0)
        return undefined
      const commands = [...changed.values()]
      changed.clear()
      return { commands }
    }
    await pump(clock, subscriber, { take }, 1000 / limits.feedBatchesPerSec)
  }
}

function present({ deviceId: _, ...command }: DeviceCommandRow): DeviceCommand {
  return command
}
