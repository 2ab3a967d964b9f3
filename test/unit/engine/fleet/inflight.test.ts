import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Inflight } from '../../../../src/engine/fleet/inflight.ts'

describe('publishes under way', () => {
  it('are found by device and packet id, in any order of their acknowledgements', () => {
    const step = fc.record({ kind: fc.constantFrom('add', 'take', 'forget'), index: fc.nat(4), packetId: fc.integer({ min: 1, max: 6 }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const inflight = new Inflight()
      const model = new Map<string, number>()
      for (const [at, { kind, index, packetId }] of steps.entries()) {
        const key = `${index}/${packetId}`
        expect(inflight.has(index, packetId)).toBe(model.has(key))
        if (kind === 'add' && !model.has(key)) {
          inflight.add(index, packetId, at)
          model.set(key, at)
        }
        else if (kind === 'take') {
          expect(inflight.take(index, packetId)).toBe(model.get(key))
          model.delete(key)
        }
        else if (kind === 'forget') {
          inflight.forget(index)
          for (const other of [...model.keys()].filter(name => name.startsWith(`${index}/`)))
            model.delete(other)
        }
        expect(inflight.size).toBe(model.size)
        expect(inflight.countOf(index)).toBe([...model.keys()].filter(name => name.startsWith(`${index}/`)).length)
      }
    }))
  })
})
