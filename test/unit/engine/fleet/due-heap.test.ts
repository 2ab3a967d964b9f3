import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DueHeap } from '../../../../src/engine/fleet/due-heap.ts'

function drain(heap: DueHeap): [number, number][] {
  const order: [number, number][] = []
  for (let index = heap.first(); index !== undefined; index = heap.first()) {
    order.push([heap.dueOf(index)!, index])
    heap.remove(index)
  }
  return order
}

describe('due heap', () => {
  it('gives devices in the order of their instants, and equal instants in the order of their indexes', () => {
    const heap = new DueHeap()
    heap.set(4, 10)
    heap.set(2, 30)
    heap.set(9, 10)
    heap.set(1, 20)
    heap.set(2, 5)
    expect(drain(heap)).toEqual([[5, 2], [10, 4], [10, 9], [20, 1]])
  })

  it('agrees with a sorted list after any sequence of changes', () => {
    const index = fc.nat(30)
    const change = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), index, dueAt: fc.nat(100) }),
      fc.record({ kind: fc.constant('remove' as const), index }),
      fc.record({ kind: fc.constant('reschedule' as const), factor: fc.constantFrom(-1, 0.5, 3) }),
    )
    fc.assert(fc.property(fc.array(change, { maxLength: 100 }), (changes) => {
      const heap = new DueHeap()
      const model = new Map<number, number>()
      for (const step of changes) {
        if (step.kind === 'set') {
          heap.set(step.index, step.dueAt)
          model.set(step.index, step.dueAt)
        }
        else if (step.kind === 'remove') {
          heap.remove(step.index)
          model.delete(step.index)
        }
        else {
          heap.reschedule((_index, dueAt) => dueAt * step.factor)
          for (const [key, dueAt] of model)
            model.set(key, dueAt * step.factor)
        }
        expect(heap.size).toBe(model.size)
      }
      for (let device = 0; device <= 30; device++)
        expect(heap.dueOf(device)).toBe(model.get(device))
      expect(drain(heap)).toEqual([...model].map(([key, dueAt]) => [dueAt, key]).toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!))
    }))
  })
})
