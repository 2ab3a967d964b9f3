import type { DeviceGroup } from '../../../../../src/shared/contract/group.ts'
import { expect, it } from 'vitest'
import { toGroupLines } from '../../../../../src/ui/features/groups/group-tree.ts'

function group(groupId: string, parentId: string | null = null): DeviceGroup {
  return { groupId, name: groupId, kind: 'static', parentId, description: '', query: null, tags: {}, createdAt: 0, memberCount: 0, subGroupCount: 0 }
}

it('puts each group below the one that it is a sub-group of, and keeps the order among equals', () => {
  const lines = toGroupLines([group('attic', 'house'), group('barn'), group('bath', 'floor'), group('floor', 'house'), group('house')])
  expect(lines.map(({ group: { groupId }, level }) => [groupId, level])).toEqual([['barn', 0], ['house', 0], ['attic', 1], ['floor', 1], ['bath', 2]])
})
