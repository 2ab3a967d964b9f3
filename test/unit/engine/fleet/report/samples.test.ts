import { describe, expect, it } from 'vitest'
import { batchMessage, historyMessage } from '../../../../../src/engine/fleet/report/sample-messages.ts'
import { sampleOf, Samples } from '../../../../../src/engine/fleet/report/samples.ts'

const device = { productKey: 'pk', deviceName: 'dn' }
const many = (count: number) => Array.from({ length: count }, (_, at) => sampleOf({ T: at }, 1_700_000_000_000 + at))

describe('samples that are held back', () => {
  it('go oldest first, as many as fit into a message, and always one at least', () => {
    const samples = new Samples({ bytesLeft: 1_000_000 })
    many(5).forEach(sample => samples.add(3, sample))
    const { bytes } = sampleOf({ T: 0 }, 1_700_000_000_000)
    expect(samples.take(3, 2 * bytes, 100)).toHaveLength(2)
    expect(samples.take(3, 1_000, 1).map(({ text }) => text)).toEqual([sampleOf({ T: 2 }, 1_700_000_000_002).text])
    expect(samples.take(3, 1, 100)).toHaveLength(1)
    expect(samples.take(3, 1_000, 100)).toHaveLength(1)
    expect([samples.isEmpty, samples.take(3, 1_000, 100)]).toEqual([true, []])
  })

  it('are dropped oldest first beyond their number, and once all devices together have no room left', () => {
    const room = { bytesLeft: 400 }
    const samples = new Samples(room)
    const [first, second, third] = many(3)
    samples.add(0, first!)
    samples.add(0, second!)
    expect([samples.dropOldest(0, 1), samples.countOf(0)]).toEqual([1, 1])
    samples.add(1, third!)
    expect(samples.dropOldest(1, 100)).toBe(0)
    many(6).forEach(sample => samples.add(2, sample))
    expect(samples.isCrowded).toBe(true)
    expect(samples.dropOldest(2, 100)).toBeGreaterThan(3)
    expect([samples.countOf(0), samples.isCrowded]).toEqual([1, false])
    const held = samples.indexes.reduce((sum, index) => sum + samples.countOf(index), 0)
    expect([samples.truncate(0), room.bytesLeft]).toEqual([held, 400])
  })
})

describe('a message with several samples', () => {
  const samples = [sampleOf({ A: 1, B: 'x' }, 10), sampleOf({ A: 2 }, 20), sampleOf({ Hot: { T: 9 } }, 30, true)]

  it('has a list for each property as a batch', () => {
    const { topic, payload } = batchMessage(device, '7', samples)
    expect(topic).toBe('/sys/pk/dn/thing/event/property/batch/post')
    expect(JSON.parse(payload)).toMatchObject({
      id: '7',
      method: 'thing.event.property.batch.post',
      params: { properties: { A: [{ value: 1, time: 10 }, { value: 2, time: 20 }], B: [{ value: 'x', time: 10 }] }, events: { Hot: [{ value: { T: 9 }, time: 30 }] } },
    })
    expect((JSON.parse(batchMessage(device, '7', samples.slice(0, 2)).payload) as { params: object }).params).not.toHaveProperty('events')
  })

  it('has a list of samples under the name of the device as history', () => {
    const { topic, payload } = historyMessage(device, '8', samples)
    expect(topic).toBe('/sys/pk/dn/thing/event/property/history/post')
    expect(JSON.parse(payload)).toMatchObject({
      id: '8',
      method: 'thing.event.property.history.post',
      params: [{ identity: device, properties: [{ A: { value: 1, time: 10 }, B: { value: 'x', time: 10 } }, { A: { value: 2, time: 20 } }], events: [{ Hot: { value: { T: 9 }, time: 30 } }] }],
    })
  })
})
