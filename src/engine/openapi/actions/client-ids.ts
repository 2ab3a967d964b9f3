import type { Action } from '../action.ts'
import { action } from '../action.ts'
import { deviceByIotId } from '../device-by-iot-id.ts'
import { required, text } from '../parameter.ts'

const device = required(text('The device.'))

/** Client ids of devices that registered themselves without having been made before. */
export const clientIdActions: Action[] = [
  action({
    name: 'QueryClientIds',
    group: 'device',
    about: 'The client ids that a device was given when it registered itself, oldest first.',
    parameters: { IotId: device },
    answer: { Data: { DynamicRegClientIds: [{ ClientId: 's', CreateTime: 'l' }], IotId: 's' } },
    async run({ IotId }, { call }) {
      const { clientIds } = await call('device.clientIds', await deviceByIotId(IotId, call))
      return { Data: { DynamicRegClientIds: clientIds.map(({ clientId, createdAt }) => ({ ClientId: clientId, CreateTime: createdAt })), IotId } }
    },
  }),
  action({
    name: 'DeleteClientIds',
    group: 'device',
    about: 'Takes back all client ids of a device: their tokens let nobody in any more.',
    parameters: { IotId: device },
    answer: {},
    async run({ IotId }, { call }) {
      await call('device.deleteClientIds', await deviceByIotId(IotId, call))
      return {}
    },
  }),
]
