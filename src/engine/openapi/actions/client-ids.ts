import type { Action, ActionContext } from '../action.ts'
import { action } from '../action.ts'
import { ApiFailure } from '../failure.ts'
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
      const { clientIds } = await call('device.clientIds', await requireDevice(IotId, call))
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
      await call('device.deleteClientIds', await requireDevice(IotId, call))
      return {}
    },
  }),
]

async function requireDevice(iotId: string, call: ActionContext['call']): Promise<{ productKey: string, deviceName: string }> {
  const { devices: [found] } = await call('device.find', { devices: [{ iotId }] })
  if (!found)
    throw new ApiFailure('iot.device.NotExistedDevice', `There is no device with the IotId ${iotId}.`, { platformCode: 6100 })
  return { productKey: found.productKey, deviceName: found.deviceName }
}
