import { expect, it } from 'vitest'
import { DesiredValues } from '../../../../../src/engine/platform/desired/desired-values.ts'
import { upsertDesired } from '../../../../../src/engine/platform/desired/rows.ts'

async function open(): Promise<DesiredValues> {
  return DesiredValues.open({ read: () => Promise.resolve([]) })
}

it('counts every set, also one that deletes, and starts at one', async () => {
  const values = await open()
  const changes = [...values.set(7, { A: 1, B: 'x' }, 100), ...values.set(7, { A: null }, 200), ...values.set(7, { A: 2 }, 300)]
  expect(values.of(7)).toEqual({ A: { value: 2, version: 3, at: 300 }, B: { value: 'x', version: 1, at: 100 } })
  expect(changes.at(-1)).toEqual({ key: 'desired 7 A', statement: { statement: upsertDesired, params: [7, 'A', '2', 3, 300] } })
  expect(changes[2]!.statement.params).toEqual([7, 'A', null, 2, 200])
})

it('lets a device delete what it has in hand, in that version or any, and keeps the version', async () => {
  const values = await open()
  values.set(7, { A: 1, B: 1 }, 100)
  expect(values.delete(7, 'A', 2, 200)).toBeNull()
  expect(values.delete(7, 'A', 1, 200)).toMatchObject({ key: 'desired 7 A' })
  expect(values.delete(7, 'A', undefined, 300)).toBeNull()
  expect(values.delete(7, 'C', undefined, 300)).toBeNull()
  expect(values.delete(7, 'B', undefined, 300)).not.toBeNull()
  expect(values.of(7)).toEqual({ A: { value: null, version: 1, at: 200 }, B: { value: null, version: 1, at: 300 } })
  values.set(7, { A: 5 }, 400)
  expect(values.get(7, 'A')).toEqual({ value: 5, version: 2, at: 400 })
})

it('tells what a device shall take on, each device for itself, and lets a deleted one go', async () => {
  const values = await open()
  values.set(7, { A: 1, B: null, C: false }, 100)
  values.set(8, { A: 2 }, 100)
  expect(values.wantedOf(7)).toEqual({ A: 1, C: false })
  values.forget(7)
  expect(values.of(7)).toEqual({})
  expect(values.wantedOf(8)).toEqual({ A: 2 })
})

it('takes up what an earlier run kept', async () => {
  const values = await DesiredValues.open({ read: (_statement, _params) => Promise.resolve([{ deviceId: 7, identifier: 'A', value: 1, version: 4, at: 100 }] as never) })
  values.set(7, { A: 2 }, 200)
  expect(values.get(7, 'A')).toEqual({ value: 2, version: 5, at: 200 })
})
