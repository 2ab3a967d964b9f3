import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { handleNtpRequest } from '../../../../../src/engine/platform/ntp/handle.ts'
import { parseTopic } from '../../../../../src/shared/alink/topic.ts'
import { explainDetail, unpackDetail } from '../../../../../src/shared/contract/trace-detail.ts'

const topicText = '/ext/ntp/a1/d1/request'

function ask(payload: string): ReturnType<typeof handleNtpRequest> {
  const message = { device: { deviceId: 1, productKey: 'a1', deviceName: 'd1' }, topic: parseTopic(topicText), topicText, payload: Buffer.from(payload), receivedAt: 1_735_689_600_050 }
  return handleNtpRequest(message, 1_735_689_600_051)
}

it('answers with the cloud\'s bytes and QoS 0', () => {
  const { code, detail, replies } = ask('{"deviceSendTime":"1735689600000"}')
  expect(replies!.map(({ topic, payload, qos }) => ({ topic, text: Buffer.from(payload).toString(), qos }))).toEqual([{
    topic: '/ext/ntp/a1/d1/response',
    text: '{"deviceSendTime":"1735689600000","serverRecvTime":"1735689600050","serverSendTime":"1735689600051"}',
    qos: undefined,
  }])
  expect(unpackDetail({ topic: topicText, direction: 'up', code, detail }).steps).toEqual([
    { bizCode: 'uplink', operation: topicText, code: 200 },
    { bizCode: 'Other', operation: 'ntp', code: 200 },
    { bizCode: 'downlink', operation: '/ext/ntp/a1/d1/response', code: 200 },
  ])
})

it.each([['now?', 6207], ['{}', 460]])('answers %j with nothing but an explanation', (payload, code) => {
  const outcome = ask(payload)
  expect(outcome).toMatchObject({ code })
  expect(outcome.replies).toBeUndefined()
  expect(explainDetail(code, outcome.detail)).toMatch(/^deviceSendTime: expected .*, got /)
})
