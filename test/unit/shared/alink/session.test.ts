import { expect, it } from 'vitest'
import { buildSessionError, buildSessionReply, parseBatchLogin, parseBatchLogout } from '../../../../src/shared/alink/session.ts'

const identity = { productKey: 's1Sn55Ab9Cd', deviceName: 'meter-03' }

it('writes replies without method and version, the id as it came', () => {
  expect(buildSessionReply({ code: 200, idText: '52', data: { deviceName: 'meter-03', productKey: 's1Sn55Ab9Cd' }, message: 'success' })).toBe('{"code":200,"data":{"deviceName":"meter-03","productKey":"s1Sn55Ab9Cd"},"id":52,"message":"success"}')
  expect(buildSessionReply({ code: 460, idText: '', data: {}, message: 'x' })).toBe('{"code":460,"data":{},"id":"","message":"x"}')
})

it('tells a gateway of the end of a session in the cloud’s words', () => {
  expect(buildSessionError({ productKey: 'g', deviceName: 'gate' }, identity, 427)).toEqual({
    topic: '/ext/error/g/gate',
    payload: '{"code":427,"data":{"deviceName":"meter-03","productKey":"s1Sn55Ab9Cd"},"id":"0","message":"device connect in elsewhere"}',
  })
  expect(buildSessionError(identity, identity, 520).payload).toContain('"device session error"')
})

it('reads batches in their forms', () => {
  expect(parseBatchLogin({ signMethod: 'hmacSha256', deviceList: [{ ...identity, sign: 'ab' }] })).toMatchObject([{ ...identity, signMethod: 'hmacSha256' }])
  expect(parseBatchLogin({})).toMatchObject({ expected: expect.stringContaining('params.deviceList') })
  expect(parseBatchLogout([identity])).toEqual([identity])
  expect(parseBatchLogout({ deviceList: [identity] })).toEqual([identity])
})
