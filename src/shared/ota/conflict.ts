import type { TaskState } from './task.ts'

/** The unfinished task that a device has already, beside the module of the new one. */
export interface OlderTask { module: string, state: TaskState }

/** What a batch allows (platform rules OTA-61 and OTA-62); both at once are refused before (OTA-86). */
export interface ConflictPolicy { severalModules: boolean, overrides: boolean }

export interface Settled {
  /** The new task starts; otherwise it fails with a conflict. */
  starts: boolean
  /** The older tasks, by their place in the list, that are cancelled for it. */
  cancelled: number[]
}

/** Modules that may be updated at the same time on one device (OTA-87). */
const modulesAtOnceMax = 5

/**
 * Decides what becomes of a new task for `module` and of the device's unfinished older ones (OTA-85): a task in progress is
 * never displaced; others are when the batch overrides, or updates several modules and it is the same one. `applyLimits`:
 * the sixth module at once fails too.
 */
export function settle(module: string, older: readonly OlderTask[], { severalModules, overrides }: ConflictPolicy, applyLimits: boolean): Settled {
  const rivals = older.map((task, index) => ({ ...task, index })).filter(task => !severalModules || task.module === module)
  const yields = (state: TaskState): boolean => state !== 'IN_PROGRESS' && (severalModules || overrides)
  if (rivals.some(({ state }) => !yields(state)))
    return { starts: false, cancelled: [] }
  const others = older.length - rivals.length
  if (severalModules && applyLimits && others >= modulesAtOnceMax)
    return { starts: false, cancelled: [] }
  return { starts: true, cancelled: rivals.map(({ index }) => index) }
}
