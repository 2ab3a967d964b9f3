import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { noCode, TraceBatch } from '../../../../../src/engine/store/queue/trace-batch.ts'
import { entry } from '../store-fixture.ts'

function texts(batch: TraceBatch) {
  const { columns } = batch.take()
  return Array.from({ length: columns.rows }, (_, row) =>
    Buffer.from(columns.payloads.subarray(row === 0 ? 0 : columns.payloadEnds[row - 1]!, columns.payloadEnds[row]!)).toString())
}

it('keeps every row while it grows from nothing', () => {
  const batch = new TraceBatch(0, 0)
  for (let i = 0; i < 1000; i++)
    batch.add(i + 1, entry({ payload: `message ${i}`, deviceId: i, samples: [{ property: `p${i % 3}`, at: i, value: i }] }))
  const { columns } = batch.take()
  expect(columns.rows).toBe(1000)
  expect([...columns.deviceIds.subarray(0, 1000)]).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect(columns.properties).toEqual(['p0', 'p1', 'p2'])
  expect([...columns.sampleProperties.subarray(0, 4)]).toEqual([0, 1, 2, 0])
  expect(texts(batch)).toEqual(Array.from({ length: 1000 }, (_, i) => `message ${i}`))
})

it('copies a payload, because it is a view into the buffer of a socket', () => {
  const batch = new TraceBatch()
  const payload = Buffer.from('before')
  batch.add(1, entry({ payload }))
  payload.write('after!')
  expect(texts(batch)).toEqual(['before'])
})

it('changes the verdict of a row it holds and says when it does not hold it', () => {
  const batch = new TraceBatch()
  for (const id of [10, 20, 30])
    batch.add(id, entry({ code: null }))
  expect(batch.amend({ id: 20, code: 6320, detail: '{}' })).toBe(true)
  expect(batch.amend({ id: 25, code: 1, detail: null })).toBe(false)
  expect(batch.amend({ id: 31, code: 1, detail: null })).toBe(false)
  const { columns } = batch.take()
  expect([...columns.codes.subarray(0, 3)]).toEqual([noCode, 6320, noCode])
  expect(columns.details).toEqual([null, '{}', null])
})

it('leaves out samples that no plot could show and rounds their instants to milliseconds', () => {
  const batch = new TraceBatch()
  batch.add(1, entry({ samples: [
    { property: 'a', at: 5, value: Number.NaN },
    { property: 'a', at: 5, value: Infinity },
    { property: 'a', at: Number.NaN, value: 1 },
    { property: 'a', at: -1, value: 1 },
    { property: 'a', at: 5.6, value: 1 },
  ] }))
  const { columns } = batch.take()
  expect([columns.sampleEnds[0], columns.sampleAts[0]]).toEqual([1, 6])
})
