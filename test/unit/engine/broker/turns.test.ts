import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Turns } from '../../../../src/engine/broker/turns.ts'

/** Handles `packets` packets in a turn. */
function handle(turns: Turns, packets: number): void {
  for (let packet = 0; packet < packets; packet++)
    turns.count()
}

it('is over after a turn\'s worth of packets, and begins anew with the next turn', async () => {
  const turns = new Turns()
  handle(turns, 999)
  expect(turns.isOver).toBe(false)
  handle(turns, 1)
  expect(turns.isOver).toBe(true)
  await turn()
  expect(turns.isOver).toBe(false)
})

it('lets those that wait have their turns in the order of their coming, as many in each as fit', async () => {
  const turns = new Turns()
  const taken: number[] = []
  handle(turns, 1_000)
  for (let item = 0; item < 5; item++) {
    const waiting = {
      takeLate: () => {
        handle(turns, 400)
        taken.push(item)
        return 10
      },
    }
    turns.wait(waiting, 10)
  }
  await turn()
  expect(taken).toEqual([0, 1, 2])
  expect(turns.isOver).toBe(true)
  await turn()
  expect(taken).toEqual([0, 1, 2, 3, 4])
  await turn()
  expect(turns.isOver).toBe(false)
})

it('lets nothing wait any more when too much does', () => {
  const turns = new Turns()
  handle(turns, 1_000)
  turns.wait({ takeLate: () => 0 }, 64 * 1024 * 1024)
  expect(turns.isOver).toBe(false)
})
