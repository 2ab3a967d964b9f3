import type { GroupRow } from './rows.ts'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'

/** What a new group would join. */
export interface GroupSurroundings {
  groupCount: number
  /** The group it is to be a sub-group of, with the levels above it and the sub-groups it has. */
  parent: { row: GroupRow, level: number, subGroupCount: number } | null
  isDynamic: boolean
  applyLimits: boolean
}

/** Throws AppError when a group cannot be made: groups are three levels deep, and dynamic ones stand alone (Alink 1.6, 12.5). */
export function checkNewGroup({ groupCount, parent, isDynamic, applyLimits }: GroupSurroundings): void {
  const groupsMax = applyLimits ? limits.groupsMax : limits.groupsKeptMax
  if (groupCount >= groupsMax)
    throw new AppError('limit/reached', `There are at most ${groupsMax} device groups.`, { limit: groupsMax })
  if (parent === null)
    return
  const { row, level, subGroupCount } = parent
  if (isDynamic || row.query !== null)
    throw new AppError('input/invalid', `parent: a dynamic group has no sub-groups and is none, but ${isDynamic ? 'the new group has a query' : `${row.name} is dynamic`}.`, { field: 'parent', groupId: row.groupId })
  if (level >= limits.groupLevelsMax)
    throw new AppError('limit/reached', `Groups are at most ${limits.groupLevelsMax} levels deep; ${row.name} is on level ${level}.`, { field: 'parent', groupId: row.groupId, limit: limits.groupLevelsMax })
  if (applyLimits && subGroupCount >= limits.subGroupsMax)
    throw new AppError('limit/reached', `A group has at most ${limits.subGroupsMax} sub-groups; ${row.name} has ${subGroupCount}.`, { field: 'parent', groupId: row.groupId, limit: limits.subGroupsMax })
}

/** Which of some devices are to be put into a group. */
export interface AdditionPlan { added: number[], already: number, inTooMany: number }

/** Sorts devices that are to be added to a group. Throws AppError limit/reached when the group would be too large: then none is added. */
export function planAddition(wanted: Iterable<number>, members: ReadonlySet<number>, groupsOf: (deviceId: number) => number, applyLimits: boolean): AdditionPlan {
  const groupsMax = applyLimits ? limits.groupsPerDeviceMax : limits.groupsPerDeviceKeptMax
  const plan: AdditionPlan = { added: [], already: 0, inTooMany: 0 }
  for (const deviceId of new Set(wanted)) {
    if (members.has(deviceId))
      plan.already++
    else if (groupsOf(deviceId) >= groupsMax)
      plan.inTooMany++
    else
      plan.added.push(deviceId)
  }
  const devicesMax = applyLimits ? limits.devicesPerGroupMax : limits.devicesPerGroupKeptMax
  if (members.size + plan.added.length > devicesMax)
    throw new AppError('limit/reached', `A group holds at most ${devicesMax} devices; with these it would have ${members.size + plan.added.length}, so none was added.`, { limit: devicesMax })
  return plan
}
