import { expect, it } from 'vitest'
import { addByQueryForms, addForms, createForms, deleteForms, queryForms, removeForms } from '../../../../../src/ui/features/groups/group-forms.ts'
import { readForms } from '../../../../support/copy-forms.ts'

const group = { groupId: 'g1', name: 'House', kind: 'static' as const }
const devices = [{ productKey: 'a1Lamp', deviceName: 'lamp-1' }, { productKey: 'a1Lamp', deviceName: 'lamp-2' }]
const listed = [{ ProductKey: 'a1Lamp', DeviceName: 'lamp-1' }, { ProductKey: 'a1Lamp', DeviceName: 'lamp-2' }]

it('makes groups, sub-groups and groups with a query as the form does', () => {
  expect(readForms(createForms({ name: 'Floor3', description: 'Upstairs' }, group))).toEqual({
    cli: { path: 'group create', positionals: ['Floor3'], values: { parent: 'House', about: 'Upstairs' } },
    api: { action: 'CreateDeviceGroup', values: { GroupName: 'Floor3', GroupDesc: 'Upstairs', SuperGroupId: 'g1' } },
  })
  expect(readForms(createForms({ name: 'Lamps', query: 'name like "lamp%"' }, null))).toEqual({
    cli: { path: 'group create', positionals: ['Lamps'], values: { query: 'name like "lamp%"' } },
    api: { action: 'CreateDeviceDynamicGroup', values: { GroupName: 'Lamps', DynamicGroupExpression: 'name like "lamp%"' } },
  })
})

it('changes what is in a group', () => {
  expect(readForms(queryForms(group, 'online = true'))).toEqual({ cli: { path: 'group update', positionals: ['House'], values: { query: 'online = true' } }, api: null })
  expect(readForms(addByQueryForms(group, 'online = true')).cli).toEqual({ path: 'group add', positionals: ['House'], values: { query: 'online = true' } })
  expect(readForms(addForms(group, devices))).toEqual({
    cli: { path: 'group add', positionals: ['House', 'a1Lamp/lamp-1', 'a1Lamp/lamp-2'], values: {} },
    api: { action: 'BatchAddDeviceGroupRelations', values: { GroupId: 'g1', Device: listed } },
  })
  expect(readForms(removeForms(group, devices))).toEqual({
    cli: { path: 'group remove', positionals: ['House', 'a1Lamp/lamp-1', 'a1Lamp/lamp-2'], values: {} },
    api: { action: 'BatchDeleteDeviceGroupRelations', values: { GroupId: 'g1', Device: listed } },
  })
  expect(addForms(group, Array.from({ length: 201 }, (_, index) => ({ productKey: 'a1Lamp', deviceName: `lamp-${index}` }))).api).toBeUndefined()
})

it('deletes either kind of group', () => {
  expect(readForms(deleteForms(group))).toEqual({ cli: { path: 'group delete', positionals: ['House'], values: {} }, api: { action: 'DeleteDeviceGroup', values: { GroupId: 'g1' } } })
  expect(readForms(deleteForms({ ...group, kind: 'dynamic' })).api?.action).toBe('DeleteDeviceDynamicGroup')
})
