import { expect, it } from 'vitest'
import { buildBootstrapReply, buildRegisterMessage, buildRegistrationRefusal, buildRegistrationReply, buildRegnwlMessage, formValues, parseRegistrationForm, registrationSignContent } from '../../../../src/shared/alink/register.ts'

const identity = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007' }

it('the text to be signed is that of the reference', () => {
  expect(registrationSignContent({ ...identity, random: '5c1e77' })).toBe('deviceNamelamp-0007productKeya1Xk29TzQ7brandom5c1e77')
})

it('a form is read whatever the order, case and blanks, and says what is missing', () => {
  expect(parseRegistrationForm(' sign=AB%20&productkey=a1&DeviceName=lamp%2D1&random=1&signMethod=HmacMD5&more=1\r\n')).toEqual({
    claim: { productKey: 'a1', deviceName: 'lamp-1', random: '1', signMethod: 'HmacMD5', sign: 'AB' },
    missing: [],
  })
  expect(parseRegistrationForm('productKey=a1&deviceName=&random').missing).toEqual(['deviceName', 'random', 'sign'])
  expect(formValues('a=100%&b=%zz').get('a')).toBe('100%')
})

it('the answers are byte for byte those of the reference, and never longer than 256 bytes', () => {
  expect(buildRegistrationReply(identity, '3f9c0d1e5b7a48269c11d2e4f6a8b0c2')).toBe('{"code":200,"data":{"productKey":"a1Xk29TzQ7b","deviceName":"lamp-0007","deviceSecret":"3f9c0d1e5b7a48269c11d2e4f6a8b0c2"},"message":"success"}')
  expect(buildRegistrationReply({ productKey: 'p'.repeat(32), deviceName: 'd'.repeat(32) }, 's'.repeat(64)).length).toBeLessThanOrEqual(256)
  expect(buildRegistrationRefusal(6288)).toBe('{"code":6288,"message":"dynamic registration not allowed"}')
  expect(buildRegisterMessage(identity, '3f9c')).toEqual({ topic: '/ext/register', payload: '{"deviceName":"lamp-0007","deviceSecret":"3f9c","productKey":"a1Xk29TzQ7b"}' })
  expect(buildRegnwlMessage(identity, { clientId: 'c', deviceToken: 't' })).toEqual({ topic: '/ext/regnwl', payload: '{"clientId":"c","deviceName":"lamp-0007","deviceToken":"t","productKey":"a1Xk29TzQ7b"}' })
  expect(buildBootstrapReply('192.168.1.5', 1883)).toBe('{"code":200,"data":{"resources":{"mqtt":{"host":"192.168.1.5","ip":"192.168.1.5","port":1883}}},"message":"success"}')
})
