import { expect, it } from 'vitest'
import { parseRequest } from '../../../../src/shared/alink/envelope.ts'
import { buildEventPost, parseEventParams } from '../../../../src/shared/alink/event.ts'

it.each([
  ['the wrapper', { value: { Temp: 1 }, time: 5 }, { output: { Temp: 1 }, time: 5, path: ['value'] }],
  ['the wrapper without a time', { value: { Temp: 1 } }, { output: { Temp: 1 }, time: undefined, path: ['value'] }],
  ['bare output', { Temp: 1 }, { output: { Temp: 1 }, time: undefined, path: [] }],
  ['bare output with a parameter called value', { value: 3, time: 5 }, { output: { value: 3, time: 5 }, time: undefined, path: [] }],
  ['bare output with a struct called value beside others', { value: { x: 1 }, Temp: 1 }, { output: { value: { x: 1 }, Temp: 1 }, time: undefined, path: [] }],
  ['no output', {}, { output: {}, time: undefined, path: [] }],
])('takes %s apart', (_what, params, reported) => {
  expect(parseEventParams(params)).toEqual(reported)
})

it.each([[undefined], [null], [[]], ['x'], [1]])('does not take %j', (params) => {
  expect(parseEventParams(params)).toBeUndefined()
})

it('undoes what building does', () => {
  const { topic, payload } = buildEventPost({ productKey: 'a1', deviceName: 'lamp', id: '7', key: 'pump:Leak', output: { Rate: 2 }, time: 5 })
  expect(topic).toBe('/sys/a1/lamp/thing/event/pump:Leak/post')
  const { request } = parseRequest(payload)
  expect(request).toMatchObject({ id: '7', method: 'thing.event.pump:Leak.post', wantsReply: true })
  expect(parseEventParams(request!.params)).toMatchObject({ output: { Rate: 2 }, time: 5 })
})
