import type { RegistrationClaim } from '../../../shared/alink/register.ts'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { registrationSignContent } from '../../../shared/alink/register.ts'
import { hashOfSignMethod, signMethodOf } from '../../../shared/alink/sign.ts'

/** Why a device is not registered: a code of the platform and a sentence that names the field, what was expected and what came. */
export interface RegistrationRefusal {
  code: number
  message: string
  /** The exact text that had to be signed, when the signature was wrong. */
  signedContent?: string
}

/** The product as registration needs to know it. */
export interface RegistrationProduct { productSecret: string, dynamicRegistration: boolean }

/** The device as registration needs to know it. */
export interface RegistrationDevice { disabled: boolean, activatedAt: number | null }

const deviceNameForm = /^[\w\-@.:]{4,32}$/

/** Whether the claim is one of that product and may register devices at all (Alink 2.1: 460, 6292, 6250, 6288, 6600, in this order); null when it may. */
export function refuseClaim(claim: RegistrationClaim, product: RegistrationProduct | undefined): RegistrationRefusal | null {
  const { productKey, deviceName, sign } = claim
  if (!deviceNameForm.test(deviceName))
    return { code: 460, message: `deviceName has to be 4 to 32 letters, digits, or - _ @ . :; ${JSON.stringify(deviceName.slice(0, 80))} came.` }
  const method = signMethodOf(new Map([['signmethod', claim.signMethod]]))
  if (method === undefined)
    return { code: 6292, message: `signMethod has to be hmacmd5, hmacsha1 or hmacsha256; ${JSON.stringify(claim.signMethod.slice(0, 80))} came.` }
  if (product === undefined)
    return { code: 6250, message: `There is no product ${productKey.slice(0, 80)}: compare the product key with the product list.` }
  if (!product.dynamicRegistration)
    return { code: 6288, message: `Dynamic registration of product ${productKey} is off; turn it on with: thingbench product update ${productKey} --dynamic-registration on` }
  const signedContent = registrationSignContent(claim)
  const expected = createHmac(hashOfSignMethod[method], product.productSecret).update(signedContent).digest('hex')
  if (isEqual(expected, sign.toLowerCase()))
    return null
  const came = sign === '' ? 'no signature came' : `${sign.slice(0, 8)}… (${sign.length} characters) came`
  return {
    code: 6600,
    message: `The signature is wrong: expected ${expected.slice(0, 8)}… (${expected.length} characters), ${came}. It has to be the ${method} in hexadecimal, under the product secret, of this text: ${signedContent}`,
    signedContent,
  }
}

function isEqual(expected: string, got: string): boolean {
  return expected.length === got.length && timingSafeEqual(Buffer.from(expected, 'latin1'), Buffer.from(got, 'latin1'))
}

/** Whether a device that has to exist already may have its secret: it does, and has never connected (6100, 6204, 6289); null when it may. */
export function refuseRegistered({ productKey, deviceName }: RegistrationClaim, device: RegistrationDevice | undefined): RegistrationRefusal | null {
  if (device === undefined)
    return { code: 6100, message: `There is no device ${productKey}/${deviceName}: make it first, or register it with authType=regnwl, which needs none.` }
  if (device.disabled)
    return { code: 6204, message: `The device ${productKey}/${deviceName} is disabled; enable it to have it registered.` }
  if (device.activatedAt !== null)
    return { code: 6289, message: `The device ${productKey}/${deviceName} has been active since ${new Date(device.activatedAt).toISOString()}; its secret is given out only before its first login.` }
  return null
}

/** Whether one more client id can be given out under a device name (Alink 2.2); null when it can. */
export function refuseUnregistered({ productKey, deviceName }: RegistrationClaim, device: RegistrationDevice | undefined, clientIds: number, clientIdsMax: number): RegistrationRefusal | null {
  if (device?.disabled)
    return { code: 6204, message: `The device ${productKey}/${deviceName} is disabled; enable it to have it registered.` }
  if (clientIds >= clientIdsMax)
    return { code: 460, message: `The device ${productKey}/${deviceName} has ${clientIds} client ids, and ${clientIdsMax} are allowed: delete those that are no longer used.` }
  return null
}
