import type { ApiClient } from '../../../shared/contract/contract.ts'
import type { DebugActionContent } from '../../../shared/contract/debug-action.ts'
import type { DeviceCommand } from '../../../shared/contract/device-command.ts'
import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { toBase64 } from '../../kit/base64.ts'

/** The same command once more, as an action that can be sent and saved; null for what the page does not do by itself. */
export function actionOf({ operation, params, unchecked }: DeviceCommand): DebugActionContent | null {
  if (!isJsonObject(params))
    return null
  switch (operation) {
    case 'SetDeviceProperty':
    case 'SetDevicesProperty':
      return { kind: 'set', properties: params, unchecked }
    case 'GetDeviceProperty':
      return Array.isArray(params.properties) ? { kind: 'get', properties: params.properties.map(String) } : null
    case 'SetDeviceDesiredProperty':
      return { kind: 'desired', properties: params }
    case 'InvokeThingService':
    case 'InvokeThingsService':
      return { kind: 'service', service: String(params.service), input: isJsonObject(params.input) ? params.input : {}, unchecked }
    case 'Pub':
      return typeof params.text === 'string' ? { kind: 'message', topic: String(params.topic), text: params.text, qos: params.qos === 1 ? 1 : 0 } : null
    default:
      return null
  }
}

/** Sends an action to a device; returns what a get brought, otherwise nothing. */
export async function send(api: ApiClient, device: DeviceIdentity, action: DebugActionContent, timeoutMs: number): Promise<Record<string, JsonValue> | null> {
  const { productKey, deviceName } = device
  switch (action.kind) {
    case 'get': {
      const { values } = await api.call('device.getProperties', { productKey, deviceName, properties: action.properties, ask: true, timeoutMs })
      return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value]))
    }
    case 'set':
      await api.call('device.setProperties', { productKey, deviceName, properties: action.properties, unchecked: action.unchecked, timeoutMs })
      return null
    case 'desired':
      await api.call('device.setDesired', { productKey, deviceName, properties: action.properties })
      return null
    case 'service':
      await api.call('device.invokeService', { productKey, deviceName, service: action.service, input: action.input, unchecked: action.unchecked, timeoutMs })
      return null
    case 'message':
      await api.call('device.publish', { productKey, deviceName, topic: action.topic, text: action.text, qos: action.qos })
      return null
  }
}

/** An action on the command line and in the cloud's API, where it can be done there. */
export function copyFormsOf({ productKey, deviceName }: DeviceIdentity, action: DebugActionContent): CopyForms {
  const identity = [productKey, deviceName]
  const device = { ProductKey: productKey, DeviceName: deviceName }
  switch (action.kind) {
    case 'get':
      return { api: { action: 'QueryDevicePropertyStatus', parameters: device } }
    case 'set': {
      const items = JSON.stringify(action.properties)
      const cli = ['device', 'set', ...identity, items]
      // The cloud's API sends nothing that breaks the thing model.
      return action.unchecked ? { cli: [...cli, '--unchecked'] } : { cli, api: { action: 'SetDeviceProperty', parameters: { ...device, Items: items } } }
    }
    case 'desired': {
      const items = JSON.stringify(action.properties)
      return { cli: ['device', 'desired', ...identity, items], api: { action: 'SetDeviceDesiredProperty', parameters: { ...device, Items: items, Versions: '{}' } } }
    }
    case 'service': {
      const input = JSON.stringify(action.input)
      const cli = ['device', 'invoke', ...identity, action.service, input]
      return action.unchecked ? { cli: [...cli, '--unchecked'] } : { cli, api: { action: 'InvokeThingService', parameters: { ...device, Identifier: action.service, Args: input } } }
    }
    case 'message':
      return {
        cli: ['device', 'publish', ...identity, action.topic, action.text, '--qos', String(action.qos)],
        api: { action: 'Pub', parameters: { ProductKey: productKey, TopicFullName: action.topic.startsWith('/') ? action.topic : `/${productKey}/${deviceName}/${action.topic}`, MessageContent: toBase64(action.text), Qos: String(action.qos) } },
      }
  }
}

/** What an action is about in a few words: `Brightness 80, Level 3`. */
export function summaryOf(action: DebugActionContent): string {
  switch (action.kind) {
    case 'get':
      return action.properties.join(', ')
    case 'service':
      return `${action.service} ${pairs(action.input)}`.trim()
    case 'message':
      return `${action.topic} ${action.text}`
    default:
      return pairs(action.properties)
  }
}

function pairs(values: JsonObject): string {
  return Object.entries(values).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')
}
