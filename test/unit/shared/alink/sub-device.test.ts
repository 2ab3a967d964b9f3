import type { ParamsProblem } from '../../../../src/shared/alink/sub-device.ts'
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { isProblem, parseSignedSubDevice, parseSignedSubDevices, parseSubDevices, subDeviceSignContent } from '../../../../src/shared/alink/sub-device.ts'

it('signs every parameter but the signature in order of the names, as the official sample does', () => {
  const content = subDeviceSignContent({ sign: 'x', signmethod: 'hmacMd5', timestamp: 1646277090411, productKey: 'a1PB5fp1234', deviceName: '868575026974305', clientId: '868575026974305', cleanSession: 'true' })
  expect(content).toBe('clientId868575026974305deviceName868575026974305productKeya1PB5fp1234timestamp1646277090411')
  expect(createHmac('md5', '1234').update(content).digest('hex').toUpperCase()).toBe('3BA0DFA4C477B40C007D84D30D6466CC')
})

it('signs the client id of Link SDK for C 3 with its bars, and what else was sent', () => {
  expect(subDeviceSignContent({ productKey: 's1', deviceName: 'meter-03', clientId: 's1.meter-03|_ss=1,_v=sdk-c-3.2.0|', timestamp: '77', random: true, signMethod: 'hmacSha1' }))
    .toBe('clientIds1.meter-03|_ss=1,_v=sdk-c-3.2.0|deviceNamemeter-03productKeys1randomtruetimestamp77')
})

it('reads both spellings of the method, and takes that of the list for those that name none', () => {
  const entry = { productKey: 's1', deviceName: 'meter-03', sign: 'AB' }
  const methodOf = (more: object, ofList?: string): unknown => {
    const [read] = parseSignedSubDevices([{ ...entry, ...more }], 'params', ofList) as { signMethod: string }[]
    return read?.signMethod
  }
  expect([methodOf({ signMethod: 'hmacSha1' }), methodOf({ signmethod: 'Sha256' }), methodOf({}, 'hmacMd5'), methodOf({})]).toEqual(['hmacSha1', 'Sha256', 'hmacMd5', ''])
})

it.each([
  [undefined, 'params to be a list'],
  [[], 'params to be a list'],
  [{}, 'params to be a list'],
  [[7], 'params[0] to be an object'],
  [[{ productKey: 's1', deviceName: 'a' }, { productKey: 's1', deviceName: '' }], 'params[1].deviceName'],
  [[{ deviceName: 'a' }], 'params[0].productKey'],
])('says what is wrong with %j', (params, expected) => {
  const parsed = parseSubDevices(params as never)
  expect(isProblem(parsed) && (parsed as ParamsProblem).expected).toContain(expected)
})

it('takes one object for a list of one, and wants a signature where one belongs', () => {
  expect(parseSubDevices({ productKey: 's1', deviceName: 'a', more: 1 })).toEqual([{ productKey: 's1', deviceName: 'a' }])
  expect(parseSignedSubDevice({ productKey: 's1', deviceName: 'a' })).toEqual({ expected: 'params.sign to be the signature in hexadecimal', got: undefined })
  expect(parseSignedSubDevice({ productKey: 's1', deviceName: 'a', sign: 'x', signMethod: 5 })).toEqual({ expected: 'params.signMethod to be a text', got: 5 })
})
