import { z } from 'zod'
import { method, type } from './define.ts'
import { deviceNameSchema } from './device.ts'
import { productKeySchema } from './product.ts'

/** A client id that was given to a device which registered itself without having been made; its token is never shown. */
export interface DeviceClientId { clientId: string, createdAt: number }

const identity = { productKey: productKeySchema, deviceName: deviceNameSchema }

export const registrationMethods = {
  'device.clientIds': method({
    about: 'The client ids that a device was given when it registered itself without having been made before.',
    input: z.strictObject(identity),
    output: type<{ clientIds: DeviceClientId[] }>(),
  }),
  'device.deleteClientIds': method({
    about: 'Takes back some of a device\'s client ids, or all: their tokens let nobody in any more.',
    input: z.strictObject({ ...identity, clientIds: z.array(z.string().max(64)).max(100).optional() }),
    output: type<{ deleted: number }>(),
  }),
}
