import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { DeviceFile } from '../../../shared/contract/file.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { listParameters } from '../../parts/copy-as/copy-forms.ts'

const named = ({ productKey, deviceName }: DeviceIdentity): { ProductKey: string, DeviceName: string } => ({ ProductKey: productKey, DeviceName: deviceName })
const slashed = ({ productKey, deviceName }: DeviceIdentity): string => `${productKey}/${deviceName}`

/** Looking at a device. */
export function showForms(device: DeviceIdentity): CopyForms {
  return { cli: ['device', 'show', device.productKey, device.deviceName], api: { action: 'QueryDeviceDetail', parameters: named(device) } }
}

export function enableForms(device: DeviceIdentity, enabled: boolean): CopyForms {
  return { cli: ['device', enabled ? 'enable' : 'disable', device.productKey, device.deviceName], api: { action: enabled ? 'EnableThing' : 'DisableThing', parameters: named(device) } }
}

export function resetForms(device: DeviceIdentity): CopyForms {
  return { api: { action: 'ResetThing', parameters: named(device) } }
}

export function deleteForms(device: DeviceIdentity): CopyForms {
  return { cli: ['device', 'delete', device.productKey, device.deviceName], api: { action: 'DeleteDevice', parameters: named(device) } }
}

/** Giving a device another nickname; an empty one takes it away. */
export function renameForms(device: DeviceIdentity, nickname: string): CopyForms {
  return { api: { action: 'BatchUpdateDeviceNickname', parameters: listParameters('DeviceNicknameInfo', [{ ...named(device), Nickname: nickname }]) } }
}

/** Saving an uploaded file. The command line takes the newest of a name. */
export function fileSaveForms({ productKey, deviceName }: DeviceIdentity, { name }: Pick<DeviceFile, 'name'>): CopyForms {
  return { cli: ['file', 'save', productKey, deviceName, name] }
}

export function fileDeleteForms(device: DeviceIdentity, { fileId }: Pick<DeviceFile, 'fileId'>): CopyForms {
  return { api: { action: 'DeleteDeviceFile', parameters: { ...named(device), FileId: fileId } } }
}

/** Putting devices under a gateway. The cloud wants each signed with its secret. */
export function subDeviceAddForms({ productKey, deviceName }: DeviceIdentity, devices: readonly DeviceIdentity[]): CopyForms {
  return { cli: ['topology', 'add', productKey, deviceName, ...devices.map(slashed)] }
}

/** Asking a gateway to add devices by itself. */
export function subDeviceNotifyForms({ productKey, deviceName }: DeviceIdentity, devices: readonly DeviceIdentity[]): CopyForms {
  return {
    cli: ['topology', 'notify', productKey, deviceName, ...devices.map(slashed)],
    api: { action: 'NotifyAddThingTopo', parameters: { GwProductKey: productKey, GwDeviceName: deviceName, DeviceListStr: JSON.stringify(devices.map(device => ({ productKey: device.productKey, deviceName: device.deviceName }))) } },
  }
}

/** Taking a sub-device away from its gateway. */
export function subDeviceRemoveForms(device: DeviceIdentity): CopyForms {
  return { cli: ['topology', 'remove', slashed(device)], api: { action: 'RemoveThingTopo', parameters: named(device) } }
}
