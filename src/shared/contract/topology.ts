import type { DeviceIdentity, DeviceState } from './device.ts'
import { z } from 'zod'
import { limits } from '../limits.ts'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }
const devices = z.array(z.strictObject(identity)).min(1).max(limits.subDevicesPerGatewayKeptMax)

const signatureText = z.string().min(1).max(256)
/** A device with the proof that whoever names it knows its secret (Alink 3.1). */
const signedDevice = z.strictObject({
  ...identity,
  sign: signatureText,
  /** hmacMd5, hmacSha1 or hmacSha256 in any case; hmacMd5 without it. */
  signMethod: signatureText.optional(),
  /** Part of what is signed where they are given. */
  clientId: signatureText.optional(),
  timestamp: signatureText.optional(),
})

/** A sub-device as the list of its gateway shows it. */
export interface SubDevice extends DeviceIdentity {
  iotId: string
  state: DeviceState
  /** When it was added to the gateway. */
  addedAt: number
  /** When it came online or went offline last; null when it has never logged in. */
  stateSince: number | null
  /** Logged in through the gateway; false while it is offline or has a connection of its own. */
  isLoggedIn: boolean
}

export interface Topology {
  /** The gateway of the device that was asked about; null when it is nobody's sub-device. */
  gateway: (DeviceIdentity & { state: DeviceState }) | null
  /** A page of its own sub-devices, in the order in which they were added. */
  subDevices: SubDevice[]
  total: number
}

export const topologyMethods = {
  'topology.list': method({
    about: 'The sub-devices of a gateway, a page at a time, and the gateway of a sub-device.',
    input: z.strictObject({
      ...identity,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(limits.subDevicesPerGatewayKeptMax).default(200),
    }),
    output: type<Topology>(),
  }),
  'topology.add': method({
    about: 'Puts devices under a gateway, all or none, and tells the gateway when it is online (thing/topo/change, status 0).',
    input: z.strictObject({ ...identity, devices }),
    /** `messageId` of the notice; null when the gateway could not be told. */
    output: type<{ messageId: string | null }>(),
  }),
  'topology.addSigned': method({
    about: 'Puts devices under a gateway as topology.add does, once their signatures are found to be right, as those of thing/topo/add are.',
    input: z.strictObject({ ...identity, devices: z.array(signedDevice).min(1).max(limits.subDevicesPerGatewayKeptMax) }),
    output: type<{ messageId: string | null }>(),
  }),
  'topology.remove': method({
    about: 'Takes sub-devices away from their gateways: tells these when they are online (thing/topo/change, status 1), and ends the sessions with code 6401.',
    input: z.strictObject({ devices }),
    output: type<{ removed: number }>(),
  }),
  'topology.notify': method({
    about: 'Asks a gateway to register, add and log in devices by itself (thing/topo/add/notify).',
    input: z.strictObject({ ...identity, devices }),
    output: type<{ messageId: string, traceId: number }>(),
  }),
  'topology.permit': method({
    about: 'Opens a gateway for new sub-devices of a product (thing/gateway/permit).',
    input: z.strictObject({
      ...identity,
      subProductKey: productKeySchema,
      /** For how many seconds. */
      timeSec: z.int().min(1).max(3_600).default(60),
    }),
    output: type<{ messageId: string, traceId: number }>(),
  }),
}
