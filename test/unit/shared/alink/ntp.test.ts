import { describe, expect, it } from 'vitest'
import { buildNtpRequest, buildNtpResponse, ntpRequestTopic, ntpResponseTopic, parseNtpRequest, timeFromNtp } from '../../../../src/shared/alink/ntp.ts'

const identity = { productKey: 'a1', deviceName: 'd1' }

describe('the clock of the platform', () => {
  it('is asked and answered on topics of its own', () => {
    expect([ntpRequestTopic(identity), ntpResponseTopic(identity)]).toEqual(['/ext/ntp/a1/d1/request', '/ext/ntp/a1/d1/response'])
  })

  it('reads the time of the device as it stands, text or number of any length', () => {
    expect(parseNtpRequest(buildNtpRequest(1_735_689_600_000))).toBe('1735689600000')
    expect(parseNtpRequest('{"deviceSendTime":"1234"}')).toBe('1234')
    expect(parseNtpRequest('{"deviceSendTime": 12345678901234567890}')).toBe('12345678901234567890')
  })

  it('tells a question without a time from one that is no JSON object', () => {
    expect(parseNtpRequest('{"deviceSendTime":null}')).toBeUndefined()
    expect(parseNtpRequest('{}')).toBeUndefined()
    expect(parseNtpRequest('[1]')).toBeNull()
    expect(parseNtpRequest('now?')).toBeNull()
  })

  it('is written with texts only, in the cloud\'s order', () => {
    expect(buildNtpResponse('1234', 1_735_689_600_050, 1_735_689_600_051))
      .toBe('{"deviceSendTime":"1234","serverRecvTime":"1735689600050","serverSendTime":"1735689600051"}')
  })

  it('gives a device the time of its receiving by the mean of both ways', () => {
    expect(timeFromNtp(buildNtpResponse('1000', 5_010, 5_012), 1_022)).toBe(5_022)
    expect(timeFromNtp('{"deviceSendTime":"x"}', 1)).toBeNull()
    expect(timeFromNtp('[]', 1)).toBeNull()
    expect(timeFromNtp('', 1)).toBeNull()
  })
})
