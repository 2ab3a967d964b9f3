import type { DebugActionContent } from '../../../../../src/shared/contract/debug-action.ts'
import type { DeviceCommand } from '../../../../../src/shared/contract/device-command.ts'
import { expect, it } from 'vitest'
import { actionOf, copyFormsOf, summaryOf } from '../../../../../src/ui/features/debug/device-action.ts'

const device = { productKey: 'a1Lamp', deviceName: 'lamp-0001' }
const command = (operation: string, params: DeviceCommand['params'], unchecked = false): DeviceCommand => ({ commandId: 1, at: 0, operation, method: '', params, messageId: null, origin: 'console', unchecked, timeoutMs: null, state: 'open', code: null, message: '', data: null, answeredAt: null, traceId: 0, rowId: 0 })

it('makes of a command of the history what can be sent and saved again', () => {
  expect(actionOf(command('SetDeviceProperty', { Brightness: 80 }, true))).toEqual({ kind: 'set', properties: { Brightness: 80 }, unchecked: true })
  expect(actionOf(command('GetDeviceProperty', { properties: ['Brightness'] }))).toEqual({ kind: 'get', properties: ['Brightness'] })
  expect(actionOf(command('SetDeviceDesiredProperty', { Brightness: 1 }))).toEqual({ kind: 'desired', properties: { Brightness: 1 } })
  expect(actionOf(command('InvokeThingService', { service: 'Blink', input: { Times: 1 } }))).toEqual({ kind: 'service', service: 'Blink', input: { Times: 1 }, unchecked: false })
  expect(actionOf(command('Pub', { topic: 'user/get', text: 'hello', qos: 1 }))).toEqual({ kind: 'message', topic: 'user/get', text: 'hello', qos: 1 })
  expect(actionOf(command('Pub', { topic: 'user/get', payloadBase64: '' }))).toBeNull()
  expect(actionOf(command('RRpc', { payloadBase64: '' }))).toBeNull()
  expect(actionOf(command('SetDeviceProperty', null))).toBeNull()
})

it('writes actions for the command line and the cloud\'s API, which sends nothing unchecked', () => {
  const set = { kind: 'set' as const, properties: { Brightness: 80 } }
  expect(copyFormsOf(device, { ...set, unchecked: false })).toEqual({
    cli: ['device', 'set', 'a1Lamp', 'lamp-0001', '{"Brightness":80}'],
    api: { action: 'SetDeviceProperty', parameters: { ProductKey: 'a1Lamp', DeviceName: 'lamp-0001', Items: '{"Brightness":80}' } },
  })
  expect(copyFormsOf(device, { ...set, unchecked: true })).toEqual({ cli: ['device', 'set', 'a1Lamp', 'lamp-0001', '{"Brightness":80}', '--unchecked'] })
  const others: DebugActionContent[] = [{ kind: 'get', properties: ['A'] }, { kind: 'desired', properties: { A: 1 } }, { kind: 'service', service: 'Blink', input: {}, unchecked: false }, { kind: 'message', topic: 'user/get', text: 'hi', qos: 0 }]
  expect(others.map(action => copyFormsOf(device, action).api?.action)).toEqual(['QueryDevicePropertyStatus', 'SetDeviceDesiredProperty', 'InvokeThingService', 'Pub'])
})

it('says what an action is about in a few words', () => {
  expect(summaryOf({ kind: 'set', properties: { Brightness: 80, Label: 'hall' }, unchecked: false })).toBe('Brightness 80, Label "hall"')
  expect(summaryOf({ kind: 'service', service: 'Blink', input: { Times: 2 }, unchecked: false })).toBe('Blink Times 2')
})
