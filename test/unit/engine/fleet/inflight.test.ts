import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inflight } from '../../../../src/engine/fleet/inflight.ts'

describe('publishes under way', () => {
  it('are found by device and packet id, in any order of their acknowledgements', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'add', 'take', 'forget'), index: fc.nat(4), packetId: fc.integer({ min: 1, max: 12 }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const inflight = new Inflight()
      const model = new Map<string, number>()
      for (const [at, { kind, index, packetId }] of steps.entries()) {
        const key = `${index}/${packetId}`
        if (kind === 'add') {
          model.set(`${index}/${inflight.add(index, at)}`, at)
        }
        else if (kind === 'take') {
          expect(inflight.take(index, packetId)).toBe(model.get(key))
          model.delete(key)
        }
        else {
          inflight.forget(index)
          for (const other of [...model.keys()].filter(name => name.startsWith(`${index}/`)))
            model.delete(other)
        }
        expect(inflight.size).toBe(model.size)
        expect(inflight.countOf(index)).toBe([...model.keys()].filter(name => name.startsWith(`${index}/`)).length)
      }
    }))
  })

  it('count their ids up from 1 for each device, below the one of SUBSCRIBE, and pass over those still waiting', () => {
    const inflight = new Inflight()
    expect([inflight.add(0, 0), inflight.add(7, 0), inflight.add(0, 0)]).toEqual([1, 1, 2])
    inflight.take(0, 2)
    const ids: number[] = []
    for (let count = 0; count < 65_534; count++) {
      ids.push(inflight.add(0, 0))
      inflight.take(0, ids.at(-1)!)
    }
    expect(ids[0]).toBe(3)
    expect(ids[65_531]).toBe(65_534)
    expect(ids.slice(-2)).toEqual([2, 3])
  })
})
