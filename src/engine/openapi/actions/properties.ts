import type { DeviceProperty } from '../../../shared/contract/property.ts'
import type { JsonValue } from '../../../shared/json.ts'
import type { Action } from '../action.ts'
import { limits } from '../../../shared/limits.ts'
import { action, deviceAction } from '../action.ts'
import { valueText } from '../answers.ts'
import { initially, integer, jsonObject, required, text, texts } from '../parameter.ts'
import { failWhenNoneSent } from './many-devices.ts'

const setFailed = 'iot.device.SetDevicePropertyFailed'
const errors = { 'model/refused': setFailed, 'script/failed': setFailed, 'desired/version-conflict': setFailed, 'limit/reached': 'iot.device.TooManyDevicePropertiesPerTime' } as const
const fields = { properties: 'Items', deviceNames: 'DeviceName', versions: 'Versions' }
const items = required(jsonObject('The values as JSON, such as {"Brightness":80}; properties of a custom module are BLOCK:IDENTIFIER.', { code: setFailed }))
const qos = initially(integer('QoS of the command to the device.', { oneOf: [0, 1] }), 0)

/** Properties of devices: setting them, what they are, and what they shall be. */
export const propertyActions: Action[] = [
  deviceAction({
    name: 'SetDeviceProperty',
    group: 'property',
    about: 'Sends property values to a device that is online; success means that the platform has sent them, not that the device has taken them.',
    parameters: { Items: items, Qos: qos },
    answer: { Data: { MessageId: 's' } },
    errors,
    fields,
    async run({ Items, Qos }, { call, device: { productKey, deviceName } }) {
      const { messageId } = await call('device.setProperties', { productKey, deviceName, properties: Items, timeoutMs: 0, qos: Qos === 1 ? 1 : 0 })
      return { Data: { MessageId: messageId } }
    },
  }),
  action({
    name: 'SetDevicesProperty',
    group: 'property',
    about: 'Sends the same property values to several devices of a product; those that are offline are left out, and when none is online the call fails.',
    parameters: { ProductKey: required(text('The product.')), DeviceName: required(texts('Names of its devices.', { max: limits.devicesPerCommandMax })), Items: items, Qos: qos },
    answer: {},
    errors,
    fields,
    async run({ ProductKey, DeviceName, Items, Qos }, { call }) {
      failWhenNoneSent(await call('device.setPropertiesOfMany', { productKey: ProductKey, deviceNames: DeviceName, properties: Items, qos: Qos === 1 ? 1 : 0 }))
      return {}
    },
  }),
  deviceAction({
    name: 'QueryDevicePropertyStatus',
    group: 'property',
    about: 'The properties of a device with their latest values; Value and Time are missing of what it has not reported.',
    parameters: { FunctionBlockId: text('The custom module whose properties are meant; the default one without it.') },
    answer: { Data: { List: { PropertyStatusInfo: [{ Identifier: 's', Name: 's', DataType: 's', Unit: 's', Value: 's', Time: 's' }] } } },
    async run({ FunctionBlockId = '' }, { call, device: { productKey, deviceName } }) {
      const properties = await call('device.properties', { productKey, deviceName })
      return {
        Data: {
          List: {
            PropertyStatusInfo: properties.filter(({ functionBlockId }) => functionBlockId === FunctionBlockId).map(({ latest, ...property }) => ({
              ...described(property),
              ...(latest && { Value: valueText(latest.value), Time: String(latest.time) }),
            })),
          },
        },
      }
    },
  }),
  deviceAction({
    name: 'SetDeviceDesiredProperty',
    group: 'property',
    about: 'Sets desired values, null to clear one; a device that is online gets them at once, another one fetches them. MessageId is missing when nothing was sent.',
    parameters: {
      Items: items,
      Versions: initially(jsonObject('The present version of each value as JSON, 0 for one that was never set; without one it is not compared.', { code: setFailed }), {}),
    },
    answer: { Data: { MessageId: 's', Versions: 's' } },
    errors,
    fields,
    async run({ Items, Versions }, { call, device: { productKey, deviceName } }) {
      const { messageId, versions } = await call('device.setDesired', { productKey, deviceName, properties: Items, versions: Versions as Record<string, number> })
      return { Data: { MessageId: messageId ?? undefined, Versions: JSON.stringify(versions) } }
    },
  }),
  deviceAction({
    name: 'QueryDeviceDesiredProperty',
    group: 'property',
    about: 'The desired values of a device with their versions; Value is missing of one that was cleared.',
    parameters: {
      Identifier: texts('Which ones; all of the module without it.', { max: 10 }),
      FunctionBlockId: text('The custom module whose properties are meant.'),
    },
    answer: { Data: { List: { DesiredPropertyInfo: [{ Identifier: 's', Name: 's', DataType: 's', Unit: 's', Value: 's', Time: 's', Version: 'l' }] } } },
    async run({ Identifier, FunctionBlockId = '' }, { call, device: { productKey, deviceName } }) {
      const wanted = Identifier && new Set(Identifier.map(name => FunctionBlockId === '' || name.includes(':') ? name : `${FunctionBlockId}:${name}`))
      const properties = await call('device.properties', { productKey, deviceName })
      return {
        Data: {
          List: {
            DesiredPropertyInfo: properties.filter(({ property, functionBlockId }) => wanted?.has(property) ?? functionBlockId === FunctionBlockId).flatMap(({ desired, ...property }) => desired === null
              ? []
              : [{ ...described(property), ...(desired.value !== null && { Value: valueText(desired.value as JsonValue) }), Time: String(desired.at), Version: desired.version }]),
          },
        },
      }
    },
  }),
  deviceAction({
    name: 'ClearDeviceDesiredProperty',
    group: 'property',
    about: 'Clears desired values; their versions go on.',
    parameters: { Identifies: required(texts('Which ones.', { max: 10 })) },
    answer: { Data: { Versions: 's' } },
    errors,
    fields: { properties: 'Identifies' },
    async run({ Identifies }, { call, device: { productKey, deviceName } }) {
      const { versions } = await call('device.setDesired', { productKey, deviceName, properties: Object.fromEntries(Identifies.map(name => [name, null])) })
      return { Data: { Versions: JSON.stringify(versions) } }
    },
  }),
]

function described({ property, name, dataType, unit }: Pick<DeviceProperty, 'property' | 'name' | 'dataType' | 'unit'>): { Identifier: string, Name: string, DataType: string, Unit: string } {
  return { Identifier: property, Name: name, DataType: dataType, Unit: unit }
}
