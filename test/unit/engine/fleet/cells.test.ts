import { describe, expect, it } from 'vitest'
import { Cells } from '../../../../src/engine/fleet/cells.ts'
import { cellStates } from '../../../../src/shared/contract/fleet.ts'

describe('cells', () => {
  it('hold the state of each device as the contract numbers them, and count them', () => {
    const cells = new Cells()
    for (let index = 0; index < 200; index++)
      expect(cells.add()).toBe(index)
    cells.set(3, 'online')
    cells.set(199, 'online')
    cells.set(3, 'offline')
    const bytes = cells.toBytes()
    expect(bytes).toHaveLength(200)
    expect([bytes[0], bytes[3], bytes[199]].map(byte => cellStates[byte!])).toEqual(['idle', 'offline', 'online'])
    expect([cells.countOf('idle'), cells.countOf('offline'), cells.countOf('online')]).toEqual([198, 1, 1])
    cells.pop()
    expect([cells.length, cells.countOf('online')]).toEqual([199, 0])
    expect(cells.is(3, 'offline')).toBe(true)
  })

  it('has a version that tells whether anything changed', () => {
    const cells = new Cells()
    cells.add()
    const before = cells.version
    cells.toBytes()
    expect(cells.version).toBe(before)
    cells.set(0, 'swapped')
    expect(cells.version).not.toBe(before)
  })
})
