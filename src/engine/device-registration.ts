import type { RegistrationClaim } from '../shared/alink/register.ts'
import type { Clock } from '../shared/clock.ts'
import type { BrokerHooks } from './broker/types.ts'
import type { DeviceHttpRoute } from './platform/device-http.ts'
import type { DeviceRecord, DeviceRegistry } from './platform/device/registry.ts'
import type { ProductRegistry } from './platform/product/registry.ts'
import type { DeviceTokens } from './platform/registration/device-tokens.ts'
import type { BootstrapRequest } from './platform/registration/http.ts'
import type { RegistrationRefusal } from './platform/registration/rules.ts'
import type { TraceKeeper } from './trace-keeper.ts'
import { packDetail } from '../shared/contract/trace-detail.ts'
import { AppError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { makeDeviceSecret, makeIotId } from './identity.ts'
import { registrationRoutes } from './platform/registration/http.ts'
import { createRegistration } from './platform/registration/registration.ts'

export interface DeviceRegistrationContext {
  clock: Clock
  products: ProductRegistry
  devices: DeviceRegistry
  tokens: DeviceTokens
  trace: TraceKeeper
  onRefused: () => void
  /** The MQTT port; null while there is none. */
  mqttPort: () => number | null
}

export interface DeviceRegistration extends Required<Pick<BrokerHooks, 'register' | 'isToken'>> {
  routes: DeviceHttpRoute[]
}

const utf8 = new TextEncoder()

/**
 * Lets devices that know only their product's secret register, over HTTP and over MQTT, and keeps in the trace what came
 * of it: `register` records, refusals of MQTT among the refused connects, and the message that carries the secret.
 */
export function createDeviceRegistration({ clock, products, devices, tokens, trace, onRefused, mqttPort }: DeviceRegistrationContext): DeviceRegistration {
  const createDevice = async (productKey: string, deviceName: string): Promise<DeviceRecord> => {
    if (devices.countOf(productKey) >= limits.devicesPerProductMax)
      throw new AppError('limit/reached', `A product holds at most ${limits.devicesPerProductMax} devices; ${productKey} is full.`, { productKey })
    const [made] = await devices.create(productKey, [{ deviceName, deviceSecret: makeDeviceSecret(), iotId: makeIotId(), simulated: false }], clock.now())
    return made!
  }

  function onOutcome({ productKey, deviceName, random, signMethod }: RegistrationClaim, over: 'http' | 'mqtt', { code, message }: RegistrationRefusal): void {
    // Over MQTT a refusal is a refused connect, which the broker tells.
    if (over === 'mqtt' && code !== 200)
      return
    const device = devices.lookup(productKey, deviceName)
    if (code !== 200) {
      onRefused()
      if (device)
        device.lastProblem = { at: clock.now(), code, message }
    }
    trace.record({
      at: clock.now(),
      deviceId: device?.deviceId ?? 0,
      deviceKey: device ? null : `${productKey.slice(0, 64)}/${deviceName.slice(0, 64)}`,
      operation: 'register',
      content: { productKey, deviceName, random, signMethod, over },
      code,
      detail: code === 200 ? null : packDetail({ issues: [], steps: [{ bizCode: 'device', operation: 'register', code, message }] }),
    })
  }

  function onBootstrap({ path, productKey, deviceName }: BootstrapRequest, code: number): void {
    const isNamed = productKey !== null && deviceName !== null
    const deviceId = isNamed ? devices.lookup(productKey, deviceName)?.deviceId ?? 0 : 0
    const deviceKey = isNamed && deviceId === 0 ? `${productKey.slice(0, 64)}/${deviceName.slice(0, 64)}` : null
    const content = { path: path.slice(0, 256), productKey: productKey?.slice(0, 64) ?? null, deviceName: deviceName?.slice(0, 64) ?? null }
    trace.record({ at: clock.now(), deviceId, deviceKey, operation: 'bootstrap', content, code, detail: null })
  }

  const registration = createRegistration({
    now: () => clock.now(),
    tokens,
    findProduct: productKey => products.lookup(productKey),
    findDevice: (productKey, deviceName) => devices.lookup(productKey, deviceName),
    createDevice,
    onOutcome,
  })

  return {
    routes: registrationRoutes({ registration, mqttPort, onBootstrap }),
    isToken: ({ deviceId }, clientId, token) => registration.isToken(deviceId, clientId, token),
    register: ({ kind, ...claim }) => {
      const outcome = registration.overMqtt(kind, claim)
      // What HTTP calls 6600 is 6287 in the log of connections (platform rulebook 5.4).
      if ('code' in outcome)
        return { ...outcome, code: outcome.code === 6600 ? 6287 : outcome.code }
      const message = outcome.message.then((sent) => {
        const deviceId = devices.lookup(claim.productKey, claim.deviceName)?.deviceId ?? 0
        trace.keep({ at: clock.now(), deviceId, deviceKey: null, direction: 'down', topic: sent.topic, qos: 0, payload: utf8.encode(sent.payload), code: 200, detail: null, causeId: null, samples: null })
        return sent
      })
      return { message }
    },
  }
}
