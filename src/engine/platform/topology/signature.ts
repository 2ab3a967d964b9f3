import { createHmac, timingSafeEqual } from 'node:crypto'
import { hashOfSignMethod, signMethodOf } from '../../../shared/alink/sign.ts'

/** What is signed and how it was: names as in the message. */
export interface Signed {
  signMethod: string
  sign: string
  /** The exact text that had to be signed. */
  signedContent: string
}

/**
 * What is wrong with a signature, as a sentence that holds the exact text that had to be signed; null when it is right. Any
 * of the platform's methods in any case, HMAC-MD5 when none is named, hexadecimal of either case (Alink 3.1, trap T12).
 * `key` says in words whose secret it is.
 */
export function findSignatureFault({ signMethod, sign, signedContent }: Signed, secret: string, key: string): { isMethodUnknown: boolean, message: string } | null {
  const method = signMethodOf(new Map(signMethod === '' ? [] : [['signmethod', signMethod]]))
  if (method === undefined)
    return { isMethodUnknown: true, message: `signMethod has to be hmacMd5, hmacSha1 or hmacSha256; ${JSON.stringify(signMethod.slice(0, 80))} came.` }
  const expected = createHmac(hashOfSignMethod[method], secret).update(signedContent).digest('hex')
  if (isEqual(expected, sign.toLowerCase()))
    return null
  return {
    isMethodUnknown: false,
    message: `The signature is wrong: expected ${expected.slice(0, 8)}… (${expected.length} characters), ${sign.slice(0, 8)}… (${sign.length} characters) came. It has to be the ${method} in hexadecimal, under ${key}, of this text: ${signedContent}`,
  }
}

function isEqual(expected: string, got: string): boolean {
  const bytes = Buffer.from(got, 'utf8')
  return expected.length === bytes.length && timingSafeEqual(Buffer.from(expected, 'latin1'), bytes)
}
