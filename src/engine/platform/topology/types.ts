import type { TopicIdentity } from '../../../shared/alink/topic.ts'
import type { ProxyClaim } from '../../../shared/alink/topology.ts'
import type { NodeType } from '../../../shared/contract/product.ts'
import type { FeatureDevice } from '../feature.ts'
import type { LoginRates } from './login-rates.ts'
import type { Relations } from './relations.ts'

/** A device as topology needs it. */
export interface TopologyDevice extends FeatureDevice { deviceSecret: string, iotId: string, disabled: boolean }

/** A product as topology needs it. */
export interface TopologyProduct { nodeType: NodeType, productSecret: string, dynamicRegistration: boolean }

/** What the rules look things up in. */
export interface Directory {
  relations: Relations
  findProduct: (productKey: string) => TopologyProduct | undefined
  findDevice: (productKey: string, deviceName: string) => TopologyDevice | undefined
  /** Also a deleted device. */
  deviceOf: (deviceId: number) => TopicIdentity | undefined
}

/** Why something is refused: a code of the platform, and a sentence that names the field, what was expected and what came. */
export interface Refusal {
  code: number
  message: string
  /** The `message` of the reply, when it is not that of the code. */
  text?: string
  /** The exact text that had to be signed, when the signature was wrong. */
  signedContent?: string
}

/** What a login through a gateway claims. */
export interface LoginClaim extends TopicIdentity { clientId: string }

/** The sessions of sub-devices, which live in the broker. */
export interface SubDeviceSessions {
  /** Whether the sub-device is logged in through this gateway. */
  has: (gatewayId: number, deviceId: number) => boolean
  /** How many sub-devices are logged in through the gateway. */
  countOf: (gatewayId: number) => number
  /** Logs in and ends any other login of the device; nothing happens when it is logged in through this gateway already. */
  login: (gateway: FeatureDevice, device: TopologyDevice, claim: LoginClaim, causeId: number) => void
  /** A login was refused: it is kept among the attempts of the device, if there is such a device. */
  refused: (gateway: FeatureDevice, claim: LoginClaim, refusal: Refusal, causeId: number) => void
  /** Ends the session of a sub-device; nothing happens when it has none. */
  logout: (deviceId: number, reason: { code: number, message: string }, causeId: number) => void
}

/** What the handlers of gateways' requests work with. */
export interface TopologyContext extends Directory {
  sessions: SubDeviceSessions
  rates: LoginRates
  now: () => number
  applyLimits: () => boolean
  /** One of several sub-devices could not be registered with its product's secret. */
  onRegistrationRefused: (claim: ProxyClaim, refusal: Refusal, causeId: number) => void
}
