import type { MethodInput } from '../../../shared/contract/contract.ts'
import type { DeviceIdentity } from '../../../shared/contract/device.ts'
import type { DeviceGroup } from '../../../shared/contract/group.ts'
import type { CopyForms } from '../../parts/copy-as/copy-forms.ts'
import { listParameters } from '../../parts/copy-as/copy-forms.ts'

/** Devices that one call of the cloud's API takes. */
const devicesPerCallMax = 200
type Named = Pick<DeviceGroup, 'groupId' | 'name'>

const word = ({ productKey, deviceName }: DeviceIdentity): string => `${productKey}/${deviceName}`

/** Making a group, or a sub-group of `parent`. */
export function createForms({ name, description = '', query }: MethodInput<'group.create'>, parent: Named | null): CopyForms {
  return {
    cli: ['group', 'create', name, ...parent ? ['--parent', parent.name] : [], ...query === undefined ? [] : ['--query', query], ...description === '' ? [] : ['--about', description]],
    api: query === undefined
      ? { action: 'CreateDeviceGroup', parameters: { GroupName: name, GroupDesc: description, ...parent && { SuperGroupId: parent.groupId } } }
      : { action: 'CreateDeviceDynamicGroup', parameters: { GroupName: name, GroupDesc: description, DynamicGroupExpression: query } },
  }
}

/** Giving a group another query, which the cloud cannot. */
export function queryForms({ name }: Named, query: string): CopyForms {
  return { cli: ['group', 'update', name, '--query', query] }
}

/** Putting devices into a group. */
export function addForms(group: Named, devices: readonly DeviceIdentity[]): CopyForms {
  return changeForms('add', 'BatchAddDeviceGroupRelations', group, devices)
}

/** Putting all devices into a group that a query finds now. */
export function addByQueryForms({ name }: Named, query: string): CopyForms {
  return { cli: ['group', 'add', name, '--query', query] }
}

/** Taking devices out of a group. */
export function removeForms(group: Named, devices: readonly DeviceIdentity[]): CopyForms {
  return changeForms('remove', 'BatchDeleteDeviceGroupRelations', group, devices)
}

function changeForms(verb: 'add' | 'remove', action: string, { groupId, name }: Named, devices: readonly DeviceIdentity[]): CopyForms {
  return {
    cli: ['group', verb, name, ...devices.map(word)],
    ...devices.length <= devicesPerCallMax && { api: { action, parameters: { GroupId: groupId, ...listParameters('Device', devices.map(({ productKey, deviceName }) => ({ ProductKey: productKey, DeviceName: deviceName }))) } } },
  }
}

/** Deleting a group. */
export function deleteForms({ groupId, name, kind }: Pick<DeviceGroup, 'groupId' | 'name' | 'kind'>): CopyForms {
  return { cli: ['group', 'delete', name], api: { action: kind === 'dynamic' ? 'DeleteDeviceDynamicGroup' : 'DeleteDeviceGroup', parameters: { GroupId: groupId } } }
}
