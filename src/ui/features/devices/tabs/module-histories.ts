import type { VersionChange } from '../../../../shared/contract/connection.ts'
import type { DeviceVersion } from '../../../../shared/contract/device.ts'

/** A module with the versions that it has had, the present one first. */
export interface ModuleHistory {
  module: string
  /** When it reported last. */
  reportedAt: number
  entries: { version: string, fromAt: number, /** Null: it still has it. */ untilAt: number | null }[]
}

/** Joins what modules report now with the changes that are kept, newest first; names of modules differ in more than their case. Pure. */
export function moduleHistories(versions: readonly DeviceVersion[], changes: readonly VersionChange[]): ModuleHistory[] {
  return versions.map(({ module, version, reportedAt }): ModuleHistory => {
    const own = changes.filter(change => change.module.toLowerCase() === module.toLowerCase())
    // A report may be heard of before the change that it made.
    const all = own[0]?.version === version ? own : [{ version, reportedAt }, ...own]
    return { module, reportedAt, entries: all.map((one, index) => ({ version: one.version, fromAt: one.reportedAt, untilAt: all[index - 1]?.reportedAt ?? null })) }
  })
}
