import type { DeviceGroup } from '../../../shared/contract/group.ts'

/** A group in the list of groups, with how deep it stands. */
export interface GroupLine { group: DeviceGroup, level: number }

/** Groups as a list in which each stands below the one that it is a sub-group of; the order among equals stays. */
export function toGroupLines(groups: readonly DeviceGroup[]): GroupLine[] {
  const children = Map.groupBy(groups, group => group.parentId)
  const lines = (parentId: string | null, level: number): GroupLine[] =>
    (children.get(parentId) ?? []).flatMap(group => [{ group, level }, ...lines(group.groupId, level + 1)])
  return lines(null, 0)
}
