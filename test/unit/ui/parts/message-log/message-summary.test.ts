import { describe, expect, it } from 'vitest'
import { issuePaths, messageSummary, recordSummary, shortTopic } from '../../../../../src/ui/parts/message-log/message-summary.ts'

describe('a message in a few words', () => {
  it.each([
    ['{"id":"1","version":"1.0","params":{"t":21.5,"mode":"eco","on":1}}', 't 21.5 · mode "eco" · on 1'],
    ['{"id":"1","params":{"t":{"value":21.5,"time":1735689600000},"pos":{"lat":1,"lon":2}}}', 't 21.5 · pos {"lat":1,"lon":2}'],
    ['{"id":"1","params":{"t":{"time":1735689600000,"value":"a,b"}}}', 't "a,b"'],
    ['{"params":{"a":[1,2],"text":"x","half', 'a [1,2] · text "x" · "half…'],
    ['{"id":"1","params":{}}', ''],
    ['{"code":200,"data":{},"id":"1","message":"success"}', '200 success'],
    ['{"code":460,"data":{},"id":"1"}', '460'],
    ['{"filter":"/sys/a/b","granted":1}', 'filter "/sys/a/b" · granted 1'],
    ['00 ff 01', '00 ff 01'],
    ['plain\n text', 'plain text'],
  ])('turns %s into “%s”', (preview, summary) => {
    expect(messageSummary(preview)).toBe(summary)
  })
})

it('leaves out of a topic the identity that stands beside it', () => {
  const identity = { productKey: 'pk1', deviceName: 'lamp' }
  expect(shortTopic({ ...identity, topic: '/sys/pk1/lamp/thing/event/property/post' })).toBe('thing/event/property/post')
  expect(shortTopic({ ...identity, topic: '/ota/device/upgrade/pk1/lamp' })).toBe('/ota/device/upgrade/…')
  expect(shortTopic({ productKey: '', deviceName: '', topic: '/sys/x/y/thing' })).toBe('/sys/x/y/thing')
})

it('finds the place in the payload that an issue speaks of, with or without a time beside the value', () => {
  expect(issuePaths('Position.latitude')).toEqual(['/params/Position/latitude', '/params/Position/value/latitude'])
  expect(issuePaths('Samples[3].x')).toEqual(['/params/Samples/3/x', '/params/Samples/value/3/x'])
  expect(issuePaths('')).toEqual([])
})

it('a record is told by its sentence, or without the moment that stands beside it', () => {
  expect(recordSummary('{"message":"The simulation of the device began."}')).toBe('The simulation of the device began.')
  expect(recordSummary('{"connectedAt":1795877605530,"remoteAddress":"127.0.0.1"}')).toBe('remoteAddress "127.0.0.1"')
  expect(recordSummary('{"filter":"/a/b/user/get","granted":1}')).toBe('filter "/a/b/user/get" · granted 1')
})
