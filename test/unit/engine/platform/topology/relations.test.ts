import { expect, it } from 'vitest'
import { Relations } from '../../../../../src/engine/platform/topology/relations.ts'

async function open(...rows: { deviceId: number, gatewayId: number, addedAt: number }[]): Promise<Relations> {
  return Relations.open({ read: () => Promise.resolve(rows as never) })
}

it('keeps who belongs to whom, each sub-device once', async () => {
  const relations = await open({ deviceId: 1, gatewayId: 9, addedAt: 5 })
  expect(relations.add(9, [1, 2], 6).map(({ statement }) => statement.params)).toEqual([[2, 9, 6]])
  expect(relations.of(9).map(({ deviceId, addedAt }) => [deviceId, addedAt])).toEqual([[1, 5], [2, 6]])
  relations.add(8, [2], 7)
  expect([relations.gatewayOf(2), relations.countOf(9), relations.countOf(8)]).toEqual([8, 1, 1])
  expect(relations.remove([1]).map(({ statement }) => statement.params)).toEqual([[1]])
  expect([relations.gatewayOf(1), relations.of(9)]).toEqual([undefined, []])
})

it('forgets a device as a sub-device and as a gateway', async () => {
  const relations = await open({ deviceId: 1, gatewayId: 9, addedAt: 5 }, { deviceId: 2, gatewayId: 9, addedAt: 5 })
  relations.forget(1)
  expect(relations.of(9).map(({ deviceId }) => deviceId)).toEqual([2])
  relations.forget(9)
  expect([relations.gatewayOf(2), relations.countOf(9)]).toEqual([undefined, 0])
})
