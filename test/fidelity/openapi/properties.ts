import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const file = 'integration/openapi-properties'
const services = 'integration/openapi-services'
const refusals = 'fails for a device that is offline or was never active, and for values that the thing model does not allow'

/** Properties, desired values and services, by action. */
export const propertiesApi = {
  SetDeviceProperty: partial('sends property values to a device that is online', 'What the QoS of the command is without the parameter `Qos` is not known of the cloud; here it is 0.', [file, 'succeeds when the command is sent, and names its id', 'sends with the QoS that is asked for', refusals]),
  SetDevicesProperty: partial('the same for several devices of a product', 'Devices that are offline are left out and only the trace says so; when none is online the call fails with `iot.messagebroker.OFFLINE`.', [file, 'reaches every device of a list that is online, and fails when none is']),
  QueryDevicePropertyStatus: exact('the latest values of all properties of a module', [file, 'lists the properties of a module with their latest values as text, those without a value too']),
  SetDeviceDesiredProperty: partial('sets desired values with their versions', '`Versions` may be left out, another version than the present one is answered with `iot.device.SetDevicePropertyFailed`, and `MessageId` is missing when nothing was sent because the device is offline.', [file, 'are set with versions, brought to a device that is online, listed, and cleared', 'wait for a device that is offline, and nothing was sent then']),
  QueryDeviceDesiredProperty: exact('the desired values with their versions', [file, 'are set with versions, brought to a device that is online, listed, and cleared']),
  ClearDeviceDesiredProperty: partial('clears desired values', 'Whether the version of a cleared value grows in the cloud is not known; here it does.', [file, 'are set with versions, brought to a device that is online, listed, and cleared']),
  InvokeThingService: partial('calls a service', 'A connection that is only half open is not told apart, so `iot.messagebroker.HALFCONN` is never answered but `iot.messagebroker.TIMEOUT`; a code of the device other than 200 is in the sentence of `iot.device.InvokeThingServiceFailed`.', [services, 'answers a synchronous call with the result that the device gave, as JSON text', 'fails a synchronous call with what the device answered, when it is offline, and when the input does not fit', 'fails a synchronous call with TIMEOUT when the device does not answer in time', 'answers an asynchronous call at once without a result, which is found later']),
  InvokeThingsService: partial('calls a service of several devices without waiting', 'Devices that are offline are left out and only the trace says so; when none is online the call fails with `iot.messagebroker.OFFLINE`.', [services, 'calls a service of every device of a list that is online without waiting, a synchronous one too']),
} satisfies Record<string, Call>
