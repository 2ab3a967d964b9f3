import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { RegistryQueue } from '../../../../../src/engine/store/queue/registry-queue.ts'
import { addPair, setPair } from '../store-fixture.ts'

const waiter = { resolve: () => {}, reject: () => {} }
const set = (value: number) => ({ statement: setPair, params: ['name', value] })
const add = (value: number) => ({ statement: addPair, params: ['name', value] })
/** The last parameter of every statement, in the order they would be carried out. */
const values = (queue: RegistryQueue) => queue.take().packed.flatMap(group => group.statements.map(([, params]) => params[1]))

it('replaces an upsert that waits, in its place', () => {
  const queue = new RegistryQueue()
  queue.setUpsert('a', set(1), 0)
  queue.setUpsert('b', set(2), 0)
  queue.setUpsert('a', set(3), 0)
  expect([queue.statements, values(queue)]).toEqual([2, [3, 2]])
})

it('carries a new value out after the writes that were queued before it', () => {
  const queue = new RegistryQueue()
  queue.setUpsert('a', set(1), 0)
  queue.addWrite([add(2), add(3)], 0, true, waiter)
  queue.setUpsert('a', set(4), 0)
  expect(values(queue)).toEqual([2, 3, 4])
})

it('gives everything at once, naming each SQL text once', () => {
  const queue = new RegistryQueue()
  queue.addWrite([add(1), add(2)], 0, true, waiter)
  queue.addWrite([add(3), set(4)], 0, true, waiter)
  const { sqls, packed, statements } = queue.take()
  expect(sqls).toEqual([addPair.sql, setPair.sql])
  expect(packed.map(group => group.statements.map(([sql]) => sql))).toEqual([[0, 0], [0, 1]])
  expect([statements, queue.statements]).toEqual([4, 0])
})

it('counts what waits down to nothing', () => {
  const queue = new RegistryQueue()
  queue.setUpsert('a', set(1), 0)
  queue.setUpsert('a', { statement: setPair, params: ['a longer name', 1] }, 0)
  queue.addWrite([add(1)], 0, true, waiter)
  expect(queue.bytes).toBeGreaterThan(0)
  queue.take()
  expect([queue.statements, queue.bytes, queue.isEmpty]).toEqual([0, 0, true])
})

it('finds the writes that have waited long enough, and neither upserts nor markers', () => {
  const queue = new RegistryQueue()
  queue.setUpsert('a', set(1), 0)
  queue.addWrite([], 0, false, waiter)
  queue.addWrite([add(1)], 10, true, waiter)
  queue.addWrite([add(2)], 20, true, waiter)
  expect(queue.expired(15).map(group => group.queuedAt)).toEqual([10])
})

it('copies binary parameters, because the caller may reuse its buffer', () => {
  const queue = new RegistryQueue()
  const bytes = Buffer.from('before')
  queue.setUpsert('a', { statement: setPair, params: ['a', bytes] }, 0)
  bytes.write('after!')
  expect(Buffer.from(values(queue)[0] as Uint8Array).toString()).toBe('before')
})
