import type { RegistrationClaim } from '../../../shared/alink/register.ts'
import type { FeatureDevice } from '../feature.ts'
import type { DeviceTokens } from './device-tokens.ts'
import type { RegistrationDevice, RegistrationProduct, RegistrationRefusal } from './rules.ts'
import { buildRegisterMessage, buildRegnwlMessage } from '../../../shared/alink/register.ts'
import { limits } from '../../../shared/limits.ts'
import { refuseClaim, refuseRegistered, refuseUnregistered } from './rules.ts'

type KnownDevice = FeatureDevice & RegistrationDevice & { deviceSecret: string }

export interface RegistrationContext {
  now: () => number
  tokens: DeviceTokens
  findProduct: (productKey: string) => RegistrationProduct | undefined
  findDevice: (productKey: string, deviceName: string) => KnownDevice | undefined
  /** Makes a device; rejects when the store fails or the product is full. */
  createDevice: (productKey: string, deviceName: string) => Promise<KnownDevice>
  /** Tells the trace about a registration: 200, or why it was refused. */
  onOutcome: (claim: RegistrationClaim, over: 'http' | 'mqtt', outcome: RegistrationRefusal) => void
}

/** How a device registers itself over MQTT: `register` needs a device that was made before, `regnwl` makes it (Alink 2.2). */
export type RegistrationKind = 'register' | 'regnwl'

/** Registers devices that know their product's secret alone (Alink 2.1 and 2.2), and checks the tokens given out. */
export interface Registration {
  /** The secret of a device that was made before, over HTTP. */
  register: (claim: RegistrationClaim) => { deviceSecret: string } | RegistrationRefusal
  /** Decides at once; what the device is to be sent comes when it is kept. */
  overMqtt: (kind: RegistrationKind, claim: RegistrationClaim) => { message: Promise<{ topic: string, payload: string }> } | RegistrationRefusal
  /** Whether the token belongs to that client id of that device (`authType=connwl`). */
  isToken: (deviceId: number, clientId: string, token: string) => boolean
}

/** Joins the rules of registration with what is kept. */
export function createRegistration({ now, tokens, findProduct, findDevice, createDevice, onOutcome }: RegistrationContext): Registration {
  const success: RegistrationRefusal = { code: 200, message: '' }

  function registered(claim: RegistrationClaim, over: 'http' | 'mqtt'): KnownDevice | RegistrationRefusal {
    const device = findDevice(claim.productKey, claim.deviceName)
    const refusal = refuseClaim(claim, findProduct(claim.productKey)) ?? refuseRegistered(claim, device)
    onOutcome(claim, over, refusal ?? success)
    return refusal ?? device!
  }

  async function unregistered(claim: RegistrationClaim): Promise<{ topic: string, payload: string }> {
    const { productKey, deviceName } = claim
    const device = findDevice(productKey, deviceName) ?? await createDevice(productKey, deviceName).catch((error: unknown) => {
      // Another connection may have made it in the meantime.
      const made = findDevice(productKey, deviceName)
      if (made)
        return made
      throw error
    })
    const { clientId, token } = await tokens.issue(device.deviceId, now())
    onOutcome(claim, 'mqtt', success)
    return buildRegnwlMessage(claim, { clientId, deviceToken: token })
  }

  return {
    register: claim => registered(claim, 'http'),
    overMqtt(kind, claim) {
      if (kind === 'register') {
        const device = registered(claim, 'mqtt')
        return 'code' in device ? device : { message: Promise.resolve(buildRegisterMessage(claim, device.deviceSecret)) }
      }
      const device = findDevice(claim.productKey, claim.deviceName)
      const given = device === undefined ? 0 : tokens.of(device.deviceId).length
      const refusal = refuseClaim(claim, findProduct(claim.productKey)) ?? refuseUnregistered(claim, device, given, limits.clientIdsPerDeviceMax)
      if (refusal !== null) {
        onOutcome(claim, 'mqtt', refusal)
        return refusal
      }
      return { message: unregistered(claim) }
    },
    isToken: (deviceId, clientId, token) => tokens.of(deviceId).some(row => row.clientId === clientId && row.token === token),
  }
}
