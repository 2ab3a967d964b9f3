import { expect, it } from 'vitest'
import { parseReply, parseRequest } from '../../../../src/shared/alink/envelope.ts'
import { buildCommand, buildCommandReply, commandTopic } from '../../../../src/shared/alink/service.ts'
import { methodOfTopic, parseTopic } from '../../../../src/shared/alink/topic.ts'

const identity = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007' }

it('writes a command byte for byte as the cloud does', () => {
  expect(buildCommand({ ...identity, id: '884215097', method: 'thing.service.property.set', paramsText: '{"Brightness":80}' })).toEqual({
    topic: '/sys/a1Xk29TzQ7b/lamp-0007/thing/service/property/set',
    payload: '{"method":"thing.service.property.set","id":"884215097","params":{"Brightness":80},"version":"1.0.0"}',
  })
})

it('keeps the colon of a module in topic and method, and both lead to each other', () => {
  const topic = commandTopic(identity, 'thing.service.pump:Prime')
  expect(topic).toBe('/sys/a1Xk29TzQ7b/lamp-0007/thing/service/pump:Prime')
  expect(methodOfTopic(topic)).toBe('thing.service.pump:Prime')
  expect(parseTopic(topic)).toMatchObject({ kind: 'service.call', identifier: 'pump:Prime' })
})

it('can be read again by both sides', () => {
  const { payload } = buildCommand({ ...identity, id: '1735689600777', method: 'thing.service.Blink', paramsText: '{"Times":3}' })
  expect(parseRequest(payload).request).toMatchObject({ id: '1735689600777', method: 'thing.service.Blink', params: { Times: 3 }, version: '1.0.0' })
  expect(buildCommandReply({ id: '7', code: 200 })).toBe('{"id":"7","code":200,"data":{}}')
  expect(parseReply(buildCommandReply({ id: '7', code: 200, dataText: '{"Done":1}' }))).toMatchObject({ id: '7', code: 200, data: { Done: 1 } })
})
