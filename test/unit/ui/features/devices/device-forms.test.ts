import { expect, it } from 'vitest'
import { deleteForms, enableForms, fileDeleteForms, fileSaveForms, renameForms, resetForms, showForms, subDeviceAddForms, subDeviceNotifyForms, subDeviceRemoveForms } from '../../../../../src/ui/features/devices/device-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const device = { productKey: 'a1Lamp', deviceName: 'lamp-1' }
const named = { ProductKey: 'a1Lamp', DeviceName: 'lamp-1' }

it('does to a device what the page does', () => {
  expect(readForms(showForms(device))).toEqual({ cli: { path: 'device show', positionals: ['a1Lamp', 'lamp-1'], values: {} }, api: { action: 'QueryDeviceDetail', values: named } })
  expect(readForms(enableForms(device, true))).toEqual({ cli: { path: 'device enable', positionals: ['a1Lamp', 'lamp-1'], values: {} }, api: { action: 'EnableThing', values: named } })
  expect(readForms(enableForms(device, false))).toMatchObject({ cli: { path: 'device disable' }, api: { action: 'DisableThing' } })
  expect(readForms(resetForms(device)).api).toEqual({ action: 'ResetThing', values: named })
  expect(readForms(deleteForms(device))).toMatchObject({ cli: { path: 'device delete' }, api: { action: 'DeleteDevice', values: named } })
  expect(readForms(renameForms(device, 'The hall'))).toMatchObject({ cli: { path: 'api call' }, api: { action: 'BatchUpdateDeviceNickname', values: { DeviceNicknameInfo: [{ ...named, Nickname: 'The hall' }] } } })
})

it('saves and deletes files', () => {
  expect(readForms(fileSaveForms(device, { name: 'a.log' })).cli).toEqual({ path: 'file save', positionals: ['a1Lamp', 'lamp-1', 'a.log'], values: {} })
  expect(readForms(fileDeleteForms(device, { fileId: 'f7' })).api).toEqual({ action: 'DeleteDeviceFile', values: { ...named, FileId: 'f7' } })
})

it('changes what is below a gateway', () => {
  const gateway = { productKey: 'a1Gate', deviceName: 'gate-1' }
  expect(readForms(subDeviceAddForms(gateway, [device]))).toEqual({ cli: { path: 'topology add', positionals: ['a1Gate', 'gate-1', 'a1Lamp/lamp-1'], values: {} }, api: null })
  expect(readForms(subDeviceNotifyForms(gateway, [device]))).toEqual({
    cli: { path: 'topology notify', positionals: ['a1Gate', 'gate-1', 'a1Lamp/lamp-1'], values: {} },
    api: { action: 'NotifyAddThingTopo', values: { GwProductKey: 'a1Gate', GwDeviceName: 'gate-1', DeviceListStr: '[{"productKey":"a1Lamp","deviceName":"lamp-1"}]' } },
  })
  expect(readForms(subDeviceRemoveForms(device))).toEqual({ cli: { path: 'topology remove', positionals: ['a1Lamp/lamp-1'], values: {} }, api: { action: 'RemoveThingTopo', values: named } })
})
