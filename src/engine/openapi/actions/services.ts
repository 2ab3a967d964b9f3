import type { Action } from '../action.ts'
import { limits } from '../../../shared/limits.ts'
import { action, deviceAction } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { initially, integer, jsonObject, required, text, texts } from '../parameter.ts'
import { failWhenNoneSent } from './many-devices.ts'

const invokeFailed = 'iot.device.InvokeThingServiceFailed'
const errors = { 'model/refused': invokeFailed, 'script/failed': invokeFailed } as const
const fields = { input: 'Args', service: 'Identifier', deviceNames: 'DeviceName' }
const parameters = {
  Identifier: required(text('The service; one of a custom module is BLOCK:IDENTIFIER.')),
  Args: initially(jsonObject('Its input as JSON.', { code: invokeFailed }), {}),
  Qos: initially(integer('QoS of the command of an asynchronous service; a synchronous one always has 0.', { oneOf: [0, 1] }), 0),
}

/** Services of devices. */
export const serviceActions: Action[] = [
  deviceAction({
    name: 'InvokeThingService',
    group: 'service',
    about: 'Calls a service of a device; the result of a synchronous one is in the answer, that of an asynchronous one is found by QueryDeviceServiceData.',
    parameters,
    answer: { Data: { MessageId: 's', Result: 's' } },
    errors,
    fields,
    async run({ Identifier, Args, Qos }, { call, device: { productKey, deviceName } }) {
      const { messageId, code, message, data } = await call('device.invokeService', { productKey, deviceName, service: Identifier, input: Args, qos: Qos === 1 ? 1 : 0 })
      if (code !== null && code !== 200)
        throw new ApiFailure(invokeFailed, message, { platformCode: code, members: { Data: { MessageId: messageId } } })
      return { Data: { MessageId: messageId, ...(code !== null && { Result: JSON.stringify(data) }) } }
    },
  }),
  action({
    name: 'InvokeThingsService',
    group: 'service',
    about: 'Calls a service of several devices of a product without waiting for any; those that are offline are left out, and when none is online the call fails.',
    parameters: { ProductKey: required(text('The product.')), DeviceName: required(texts('Names of its devices.', { max: limits.devicesPerCommandMax })), ...parameters },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, DeviceName, Identifier, Args, Qos }, { call }) {
      failWhenNoneSent(await call('device.invokeServiceOfMany', { productKey: ProductKey, deviceNames: DeviceName, service: Identifier, input: Args, qos: Qos === 1 ? 1 : 0 }))
      return {}
    },
  }),
]
