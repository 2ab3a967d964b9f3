import { expect, it } from 'vitest'
import { judgeReply } from '../../../../src/shared/thing-model/judge-reply.ts'

const issue = { code: 6306, path: 'Took', rule: 'maximum', expected: '10', got: '11' } as const

it.each([
  ['a good answer', '{"id":"1","code":200,"data":{"Took":1}}', { code: 200, message: 'success', data: { Took: 1 }, issues: [] }],
  ['an answer without data', '{"id":"1","code":200}', { code: 200, data: {} }],
  ['a refusal in the device\'s words', '{"id":"1","code":100001,"message":"door open","data":{}}', { code: 100_001, message: 'The device answered code 100001: door open.' }],
  ['a refusal without words', '{"id":"1","code":429}', { code: 429, message: 'The device answered code 429: too many requests.' }],
  ['what is no Alink', 'OK', { code: 6207, data: null }],
])('judges %s', (_what, text, verdict) => {
  expect(judgeReply(text, () => [])).toMatchObject(verdict)
})

it('lets the data decide only when the device says that all is well', () => {
  expect(judgeReply('{"id":"1","code":200,"data":{"Took":11}}', () => [issue])).toMatchObject({ code: 6306, data: { Took: 11 }, issues: [issue], message: expect.stringContaining('Took') as string })
  expect(judgeReply('{"id":"1","code":400,"data":{"Took":11}}', () => [issue])).toMatchObject({ code: 400, issues: [] })
})
