import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBatchPost, parseHistoryPost, parsePackPost } from '../../../../src/shared/alink/batch.ts'

const identity = { productKey: 's1', deviceName: 'meter-03' }

describe('parseBatchPost', () => {
  it('takes samples one by one, with the way to each value', () => {
    expect(parseBatchPost({ properties: { B: [{ value: 40, time: 1 }, { value: 41 }] }, events: { E: [{ value: { T: 9 }, time: 2 }] } })).toEqual({
      properties: [
        { identifier: 'B', value: 40, time: 1, path: ['properties', 'B', '0', 'value'] },
        { identifier: 'B', value: 41, time: undefined, path: ['properties', 'B', '1', 'value'] },
      ],
      events: [{ identifier: 'E', value: { T: 9 }, time: 2, path: ['events', 'E', '0', 'value'] }],
    })
  })

  it('takes a list without samples for the value of an array property', () => {
    expect(parseBatchPost({ properties: { A: [1, 2], N: [] } })).toMatchObject({ properties: [{ identifier: 'A', value: [1, 2] }, { identifier: 'N', value: [] }] })
  })

  it('lets either part be missing, and says what is wrong with the form', () => {
    expect(parseBatchPost({})).toEqual({ properties: [], events: [] })
    expect(parseBatchPost([])).toBe('"params" to be an object')
    expect(parseBatchPost({ events: 1 })).toBe('"events" to be an object or a list of objects')
  })
})

describe('parsePackPost', () => {
  it('gives the gateway\'s own block first, then each sub-device with its part as it came', () => {
    const part = { identity, properties: { kWh: { value: 12.5, time: 1 } }, events: {} }
    expect(parsePackPost({ properties: { Load: 3 }, subDevices: [part] })).toMatchObject([
      { identity: undefined, properties: [{ identifier: 'Load', value: 3, path: ['properties', 'Load'] }] },
      { identity, raw: part, properties: [{ identifier: 'kWh', value: 12.5, time: 1, path: ['subDevices', '0', 'properties', 'kWh', 'value'] }] },
    ])
  })

  it.each([
    [{ subDevices: {} }, '"subDevices" to be a list'],
    [{ subDevices: [{ properties: {} }] }, '"subDevices[0].identity" to be an object with productKey and deviceName'],
    [{ subDevices: [{ identity, properties: 3 }] }, '"subDevices[0].properties" to be an object or a list of objects'],
  ])('names the field that is wrong in %j', (params, problem) => {
    expect(parsePackPost(params)).toBe(problem)
  })
})

it('reads a report of the past: lists of objects for each device', () => {
  expect(parseHistoryPost([{ identity, properties: [{ B: { value: 1, time: 5 } }, { B: { value: 2, time: 6 } }] }])).toMatchObject([
    { identity, properties: [{ identifier: 'B', value: 1, time: 5, path: ['0', 'properties', '0', 'B', 'value'] }, { identifier: 'B', value: 2, time: 6 }], events: [] },
  ])
  expect(parseHistoryPost({})).toBe('"params" to be a list')
})

it('throws on no JSON at all', () => {
  fc.assert(fc.property(fc.jsonValue(), (params) => {
    for (const parse of [parseBatchPost, parsePackPost, parseHistoryPost])
      expect(parse(params as never)).toBeDefined()
  }))
})
