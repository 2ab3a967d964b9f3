import type { RequestVerdict } from '../../../../src/engine/platform/answer-request.ts'
import type { Outcome } from '../../../../src/engine/platform/feature.ts'
import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { answerRequest } from '../../../../src/engine/platform/answer-request.ts'
import { parseTopic } from '../../../../src/shared/alink/topic.ts'
import { explainDetail, unpackDetail } from '../../../../src/shared/contract/trace-detail.ts'

const root = '/sys/a1/d1/thing/log/post'

function answer(payload: string, verdict: RequestVerdict = {}, topicText = root): Outcome {
  const message = { device: { deviceId: 1, productKey: 'a1', deviceName: 'd1' }, topic: parseTopic(topicText), topicText, payload: Buffer.from(payload), receivedAt: 1 }
  return answerRequest(message, () => verdict)
}

const texts = ({ replies }: Outcome): string[] => (replies ?? []).map(({ payload }) => Buffer.from(payload).toString())

it('echoes the id as it was written, number or text', () => {
  expect(texts(answer('{"id":18446744073709551615,"params":[]}'))).toEqual(['{"code":200,"data":{},"id":18446744073709551615,"message":"success","method":"thing.log.post","version":"1.0"}'])
  expect(texts(answer('{"id":"1|exp-topic|/a"}', { data: [1] }))).toEqual(['{"code":200,"data":[1],"id":"1|exp-topic|/a","message":"success","method":"thing.log.post","version":"1.0"}'])
})

it('answers nothing when the device asks for no answer, and does what it asks all the same', () => {
  const samples = [{ property: 'a', at: 1, value: 2 }]
  const outcome = answer('{"id":"1","sys":{"ack":0}}', { samples })
  expect(texts(outcome)).toEqual([])
  expect(outcome).toMatchObject({ code: 200, samples })
  expect(unpackDetail({ topic: root, direction: 'up', code: 200, detail: outcome.detail }).steps.map(({ bizCode }) => bizCode)).toEqual(['uplink', 'ThingModelMessage'])
})

it.each([
  ['{"id":', 6207, 'line 1'],
  ['[1]', 6207, 'not an object'],
])('cannot answer %j, which has no id, and says what is wrong', (payload, code, words) => {
  const outcome = answer(payload)
  expect(outcome.code).toBe(code)
  expect(texts(outcome)).toEqual([])
  expect(explainDetail(code, outcome.detail)).toContain(words)
})

it('refuses a request without an id with 460', () => {
  expect(texts(answer('{"params":[]}'))).toEqual(['{"code":460,"data":{},"id":"","message":"request parameter error","method":"thing.log.post","version":"1.0"}'])
})

it('keeps a message on the topic of its own answer without a verdict', () => {
  expect(answer('{"id":"1"}', {}, `${root}_reply`)).toEqual({ code: null, detail: null })
})
