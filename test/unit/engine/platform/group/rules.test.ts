import { describe, expect, it } from 'vitest'
import { checkNewGroup, planAddition } from '../../../../../src/engine/platform/group/rules.ts'

const row = { groupId: 'g', name: 'House', parentId: null, description: '', query: null, tags: {}, createdAt: 0 }
const fine = { groupCount: 0, parent: null, isDynamic: false, applyLimits: true }

describe('a new group', () => {
  it('may stand alone or be a sub-group on the second and third level', () => {
    for (const level of [1, 2])
      expect(() => checkNewGroup({ ...fine, parent: { row, level, subGroupCount: 99 } })).not.toThrow()
  })

  it.each([
    [{ parent: { row, level: 3, subGroupCount: 0 } }, 'House is on level 3'],
    [{ parent: { row: { ...row, query: 'x' }, level: 1, subGroupCount: 0 } }, 'House is dynamic'],
    [{ parent: { row, level: 1, subGroupCount: 0 }, isDynamic: true }, 'the new group has a query'],
    [{ groupCount: 10_000, applyLimits: false }, 'at most 10000 device groups'],
  ])('is refused whatever the limits: %j', (facts, words) => {
    expect(() => checkNewGroup({ ...fine, ...facts })).toThrow(words)
  })

  it.each([
    [{ groupCount: 1_000 }, 'at most 1000 device groups'],
    [{ parent: { row, level: 1, subGroupCount: 100 } }, 'at most 100 sub-groups'],
  ])('is refused only with the cloud\'s limits: %j', (facts, words) => {
    expect(() => checkNewGroup({ ...fine, ...facts })).toThrow(words)
    expect(() => checkNewGroup({ ...fine, ...facts, applyLimits: false })).not.toThrow()
  })
})

describe('devices for a group', () => {
  it('are sorted into new ones, those it has and those in too many groups', () => {
    const groupsOf = (deviceId: number): number => deviceId === 4 ? 10 : 9
    expect(planAddition([1, 2, 2, 3, 4], new Set([1]), groupsOf, true)).toEqual({ added: [2, 3], already: 1, inTooMany: 1 })
    expect(planAddition([4], new Set(), groupsOf, false)).toEqual({ added: [4], already: 0, inTooMany: 0 })
  })

  it('are not added at all when there would be more than the cloud allows', () => {
    const members = new Set(Array.from({ length: 19_999 }, (_, index) => index))
    expect(planAddition([30_000], members, () => 0, true).added).toEqual([30_000])
    expect(() => planAddition([30_000, 30_001], members, () => 0, true)).toThrow('it would have 20001')
    expect(planAddition([30_000, 30_001], members, () => 0, false).added).toHaveLength(2)
  })
})
