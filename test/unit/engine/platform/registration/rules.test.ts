import { describe, expect, it } from 'vitest'
import { refuseClaim, refuseRegistered, refuseUnregistered } from '../../../../../src/engine/platform/registration/rules.ts'

const product = { productSecret: 'Zq8TnB3LrV0cXy5W', dynamicRegistration: true }
// Test vector of the Alink protocol reference, section 2.1.
const claim = { productKey: 'a1Xk29TzQ7b', deviceName: 'lamp-0007', random: '5c1e77', signMethod: 'hmacsha256', sign: '8378E69D5A19D0514D5B9F69025B694485ADF3AB48AB817A57BE59596D152FD3' }

describe('a claim', () => {
  it('is good with the signature of the reference, in either case and any spelling of the method', () => {
    expect(refuseClaim(claim, product)).toBeNull()
    expect(refuseClaim({ ...claim, signMethod: 'HmacSHA256', sign: claim.sign.toLowerCase() }, product)).toBeNull()
  })

  it.each([
    ['a name of the wrong form', { ...claim, deviceName: 'a/b' }, product, 460],
    ['a method nobody knows', { ...claim, signMethod: 'crc32' }, product, 6292],
    ['an unknown product', claim, undefined, 6250],
    ['a product whose switch is off', claim, { ...product, dynamicRegistration: false }, 6288],
    ['a wrong secret', claim, { ...product, productSecret: 'other' }, 6600],
    ['no signature', { ...claim, sign: '' }, product, 6600],
    ['a signature of other letters', { ...claim, sign: 'é'.repeat(64) }, product, 6600],
  ])('is refused for %s', (_, wrong, of, code) => {
    expect(refuseClaim(wrong, of)).toMatchObject({ code, message: expect.stringMatching(/\.$|came|on$|5c1e77$/) })
  })

  it('is told the exact text that had to be signed', () => {
    expect(refuseClaim({ ...claim, sign: '00' }, product)).toMatchObject({ signedContent: 'deviceNamelamp-0007productKeya1Xk29TzQ7brandom5c1e77', message: expect.stringContaining('8378e69d…') })
  })
})

describe('a device', () => {
  it.each([
    ['unknown', undefined, 6100],
    ['disabled', { disabled: true, activatedAt: null }, 6204],
    ['active', { disabled: false, activatedAt: 1 }, 6289],
  ])('that is %s is not given its secret', (_, device, code) => {
    expect(refuseRegistered(claim, device)).toMatchObject({ code })
  })

  it('that has never connected is', () => {
    expect(refuseRegistered(claim, { disabled: false, activatedAt: null })).toBeNull()
  })

  it('gets client ids up to the limit, active or not, made or not, but not while it is disabled', () => {
    expect(refuseUnregistered(claim, undefined, 0, 5)).toBeNull()
    expect(refuseUnregistered(claim, { disabled: false, activatedAt: 1 }, 4, 5)).toBeNull()
    expect(refuseUnregistered(claim, { disabled: false, activatedAt: 1 }, 5, 5)).toMatchObject({ code: 460, message: expect.stringContaining('5 are allowed') })
    expect(refuseUnregistered(claim, { disabled: true, activatedAt: 1 }, 0, 5)).toMatchObject({ code: 6204 })
  })
})
