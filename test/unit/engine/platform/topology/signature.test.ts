import { expect, it } from 'vitest'
import { findSignatureFault } from '../../../../../src/engine/platform/topology/signature.ts'

const signedContent = 'clientId868575026974305deviceName868575026974305productKeya1PB5fp1234timestamp1646277090411'
const sign = '3BA0DFA4C477B40C007D84D30D6466CC'

it.each(['hmacMd5', 'hmacmd5', 'HmacMD5', ''])('takes the official sample with the method %j, in either case', (signMethod) => {
  expect(findSignatureFault({ signMethod, sign, signedContent }, '1234', 'it')).toBeNull()
  expect(findSignatureFault({ signMethod, sign: sign.toLowerCase(), signedContent }, '1234', 'it')).toBeNull()
})

it('says what had to be signed, and never the whole signature', () => {
  const fault = findSignatureFault({ signMethod: 'hmacMd5', sign: 'ab', signedContent }, 'other', 'the device secret of a/b')
  expect(fault).toMatchObject({ isMethodUnknown: false, message: expect.stringMatching(/^The signature is wrong: expected [0-9a-f]{8}… \(32 characters\), ab… \(2 characters\) came\. .* under the device secret of a\/b, of this text: clientId8685/) })
})

it('names the methods there are', () => {
  expect(findSignatureFault({ signMethod: 'crc', sign, signedContent }, '1234', 'it')).toEqual({ isMethodUnknown: true, message: 'signMethod has to be hmacMd5, hmacSha1 or hmacSha256; "crc" came.' })
})

it('survives a signature that is no text of one byte a character', () => {
  expect(findSignatureFault({ signMethod: '', sign: 'ü'.repeat(16), signedContent }, '1234', 'it')).not.toBeNull()
  expect(findSignatureFault({ signMethod: '', sign: 'ü'.repeat(32), signedContent }, '1234', 'it')).not.toBeNull()
})
