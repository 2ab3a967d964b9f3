import type { DeviceGroup, GroupKind } from '../../../shared/contract/group.ts'
import type { Action, ActionContext } from '../action.ts'
import { action } from '../action.ts'
import { gmtTime, pageCounts, pageOf, paging, rangeOf, utcTime } from '../answers.ts'
import { ApiFailure } from '../failure.ts'
import { startOf, tokenAfter } from '../next-token.ts'
import { boolean, objects, required, text, texts } from '../parameter.ts'
import { nodeTypeNumber, productsByKey } from '../product-names.ts'
import { readTags } from './group-tags.ts'

/** The cloud's words for static and dynamic groups. */
const groupTypes: Record<GroupKind, string> = { static: 'LINK_PLATFORM', dynamic: 'LINK_PLATFORM_DYNAMIC' }

const group = required(text('The group.'))
const groupType = text('Of which type it has to be, where that matters: LINK_PLATFORM or LINK_PLATFORM_DYNAMIC.', { oneOf: Object.values(groupTypes) })
const description = text('At most 100 characters.')
const name = required(text('4 to 30 letters, digits, underscores or Chinese characters, the latter counted twice.'))
const devices = required(objects('The devices.', { ProductKey: required(text('The product of the device.')), DeviceName: required(text('The name of the device.')) }, { max: 200 }))
const tags = required(objects('The tags, all of which a group has to have.', { TagKey: required(text('The key of the tag.')), TagValue: text('Its value; without it any.') }, { max: 10 }))
const page = { Page: 'i', PageCount: 'i', PageSize: 'i', Total: 'i' } as const
const errors = {
  'group/not-found': 'iot.group.NotExistedGroup',
  'group/exists': 'iot.group.AlreadyExistedGroupName',
  'group/not-empty': 'iot.group.DeleteGroupFailed',
  'limit/reached': 'iot.group.GroupCountExceeded',
} as const
const fields = { name: 'GroupName', description: 'GroupDesc', parent: 'SuperGroupId', query: 'DynamicGroupExpression', devices: 'Device', tags: 'Tag', prefix: 'DeviceName' }

/** Groups of devices. */
export const groupActions: Action[] = [
  action({
    name: 'CreateDeviceGroup',
    group: 'group',
    about: 'Makes a group of devices, or a sub-group.',
    parameters: { GroupName: name, GroupDesc: description, SuperGroupId: text('The group it is to be a sub-group of; without it the group is one of the first level.') },
    answer: { Data: { GroupDesc: 's', GroupId: 's', GroupName: 's', UtcCreate: 's' } },
    errors,
    fields,
    async run({ GroupName, GroupDesc = '', SuperGroupId }, { call }) {
      if (SuperGroupId !== undefined)
        await requireGroup(SuperGroupId, call)
      const made = await call('group.create', { name: GroupName, description: GroupDesc, parent: SuperGroupId })
      return { Data: { ...briefly(made), UtcCreate: utcTime(made.createdAt) } }
    },
  }),
  action({
    name: 'UpdateDeviceGroup',
    group: 'group',
    about: 'Changes the description of a group.',
    parameters: { GroupId: group, GroupDesc: description, GroupType: groupType },
    answer: {},
    errors,
    fields,
    async run({ GroupId, GroupDesc = '', GroupType }, { call }) {
      await requireGroup(GroupId, call, GroupType)
      await call('group.update', { group: GroupId, description: GroupDesc })
      return {}
    },
  }),
  action({
    name: 'DeleteDeviceGroup',
    group: 'group',
    about: 'Deletes a static group that has no sub-groups; its devices stay.',
    parameters: { GroupId: group },
    answer: {},
    errors,
    async run({ GroupId }, { call }) {
      await requireGroup(GroupId, call, groupTypes.static)
      await call('group.delete', { group: GroupId })
      return {}
    },
  }),
  action({
    name: 'QueryDeviceGroupInfo',
    group: 'group',
    about: 'A group with the counts of its devices, those of its sub-groups included.',
    parameters: { GroupId: group, GroupType: groupType },
    answer: { Data: { DeviceActive: 'i', DeviceCount: 'i', DeviceOnline: 'i', DynamicGroupExpression: 's', GroupDesc: 's', GroupId: 's', GroupName: 's', UtcCreate: 's' } },
    errors,
    async run({ GroupId, GroupType }, { call }) {
      await requireGroup(GroupId, call, GroupType)
      const found = await call('group.get', { group: GroupId })
      return {
        Data: {
          DeviceActive: found.activeCount,
          DeviceCount: found.deviceCount,
          DeviceOnline: found.onlineCount,
          DynamicGroupExpression: found.query ?? undefined,
          ...briefly(found),
          UtcCreate: utcTime(found.createdAt),
        },
      }
    },
  }),
  action({
    name: 'QueryDeviceGroupList',
    group: 'group',
    about: 'Lists the groups, newest first.',
    parameters: {
      ...paging({ max: 200 }),
      GroupName: text('Part of the name.'),
      SuperGroupId: text('Only the sub-groups of this group.'),
      GroupTypes: texts('Only groups of these types: LINK_PLATFORM, LINK_PLATFORM_DYNAMIC.', { max: 2 }),
    },
    answer: { CurrentPage: 'i', Data: { GroupInfo: [{ GroupDesc: 's', GroupId: 's', GroupName: 's', GroupType: 's', UtcCreate: 's' }] }, PageCount: 'i', PageSize: 'i', Total: 'i' },
    errors,
    fields,
    async run({ GroupName, SuperGroupId, GroupTypes, ...page }, { call }) {
      if (SuperGroupId !== undefined)
        await requireGroup(SuperGroupId, call)
      const { groups } = await call('group.list', { search: GroupName, parent: SuperGroupId, kinds: GroupTypes?.map(kindOf) })
      const newest = groups.sort((a, b) => b.createdAt - a.createdAt)
      return { CurrentPage: page.CurrentPage, Data: { GroupInfo: pageOf(newest, page).map(listed) }, ...pageCounts(page, groups.length) }
    },
  }),
  action({
    name: 'QuerySuperDeviceGroup',
    group: 'group',
    about: 'The group that a group is a sub-group of.',
    parameters: { GroupId: group },
    answer: { Data: { GroupInfo: [{ GroupDesc: 's', GroupId: 's', GroupName: 's' }] } },
    errors,
    async run({ GroupId }, { call }) {
      const { parentId } = await requireGroup(GroupId, call)
      return { Data: { GroupInfo: parentId === null ? [] : [briefly(await requireGroup(parentId, call))] } }
    },
  }),
  action({
    name: 'BatchAddDeviceGroupRelations',
    group: 'group',
    about: 'Puts up to 200 devices into a static group.',
    parameters: { GroupId: group, Device: devices },
    answer: { AlreadyRelatedGroupDeviceCount: 'i', ExceedTenGroupDeviceCount: 'i', SuccessAddedDeviceCount: 'i', ValidDeviceCount: 'i' },
    errors,
    fields,
    async run({ GroupId, Device }, { call }) {
      await requireGroup(GroupId, call, groupTypes.static)
      const { added, already, inTooMany } = await call('group.addDevices', { group: GroupId, devices: Device.map(toIdentity) })
      return { AlreadyRelatedGroupDeviceCount: already, ExceedTenGroupDeviceCount: inTooMany, SuccessAddedDeviceCount: added, ValidDeviceCount: added + already + inTooMany }
    },
  }),
  action({
    name: 'BatchDeleteDeviceGroupRelations',
    group: 'group',
    about: 'Takes up to 200 devices out of a static group.',
    parameters: { GroupId: group, Device: devices },
    answer: { AlreadyRelatedGroupDeviceCount: 'i', SuccessDeviceCount: 'i', ValidDeviceCount: 'i' },
    errors,
    fields,
    async run({ GroupId, Device }, { call }) {
      await requireGroup(GroupId, call, groupTypes.static)
      const { removed, known } = await call('group.removeDevices', { group: GroupId, devices: Device.map(toIdentity) })
      return { AlreadyRelatedGroupDeviceCount: removed, SuccessDeviceCount: removed, ValidDeviceCount: known }
    },
  }),
  action({
    name: 'QueryDeviceListByDeviceGroup',
    group: 'group',
    about: 'Lists the devices that were put into this very group, newest first.',
    parameters: { GroupId: group, ...paging({ max: 50 }) },
    answer: { Data: { SimpleDeviceInfo: [{ DeviceName: 's', IotId: 's', ProductKey: 's', ProductName: 's' }] }, ...page },
    errors,
    async run({ GroupId, ...page }, { call }) {
      await requireGroup(GroupId, call)
      const products = await productsByKey(call)
      const { devices, total } = await call('device.list', { group: GroupId, subGroups: false, order: 'newest', ...rangeOf(page) })
      return {
        Data: { SimpleDeviceInfo: devices.map(({ productKey, deviceName, iotId }) => ({ DeviceName: deviceName, IotId: iotId, ProductKey: productKey, ProductName: products.get(productKey)?.name })) },
        Page: page.CurrentPage,
        ...pageCounts(page, total),
      }
    },
  }),
  action({
    name: 'QueryDeviceGroupByDevice',
    group: 'group',
    about: 'The static groups that a device was put into.',
    parameters: { ProductKey: required(text('The product of the device.')), DeviceName: required(text('The name of the device.')) },
    answer: { GroupInfos: { GroupInfo: [{ GroupDesc: 's', GroupId: 's', GroupName: 's', GroupType: 's', UtcCreate: 's' }] } },
    async run(device, { call }) {
      const { groups } = await call('group.list', { device: toIdentity(device) })
      return { GroupInfos: { GroupInfo: groups.map(listed) } }
    },
  }),
  action({
    name: 'QueryDeviceGroupByTags',
    group: 'group',
    about: 'Lists the groups that have all of the tags.',
    parameters: { Tag: tags, ...paging({ max: 50 }) },
    answer: { Data: { DeviceGroup: [{ GroupId: 's', GroupName: 's' }] }, ...page },
    fields,
    async run({ Tag, ...page }, { call }) {
      const { groups } = await call('group.list', { tags: Tag.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })) })
      return { Data: { DeviceGroup: pageOf(groups, page).map(({ groupId, name }) => ({ GroupId: groupId, GroupName: name })) }, Page: page.CurrentPage, ...pageCounts(page, groups.length) }
    },
  }),
  action({
    name: 'SetDeviceGroupTags',
    group: 'group',
    about: 'Sets tags of a group and leaves its other tags as they are.',
    parameters: { GroupId: group, TagString: required(text('The tags as a JSON array: [{"tagKey":"floor","tagValue":"3"}].')), GroupType: groupType },
    answer: {},
    errors: { ...errors, 'limit/reached': 'iot.group.TagCountExceeded' },
    fields: { tags: 'TagString' },
    async run({ GroupId, TagString, GroupType }, { call }) {
      await requireGroup(GroupId, call, GroupType)
      await call('group.update', { group: GroupId, tags: readTags(TagString) })
      return {}
    },
  }),
  action({
    name: 'QueryDeviceGroupTagList',
    group: 'group',
    about: 'The tags of a group.',
    parameters: { GroupId: group, GroupType: groupType },
    answer: { Data: { GroupTagInfo: [{ TagKey: 's', TagValue: 's' }] } },
    async run({ GroupId, GroupType }, { call }) {
      const { tags } = await requireGroup(GroupId, call, GroupType)
      return { Data: { GroupTagInfo: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) } }
    },
  }),
  action({
    name: 'CreateDeviceDynamicGroup',
    group: 'group',
    about: 'Makes a group of the devices that a query finds.',
    parameters: { GroupName: name, DynamicGroupExpression: required(text('The query, as WHERE of QueryDeviceBySQL has it: product_key = "a1…" and name like "lamp%".')), GroupDesc: description },
    answer: { Data: { DynamicGroupExpression: 's', GroupDesc: 's', GroupId: 's', GroupName: 's', UtcCreate: 's' } },
    errors,
    fields,
    async run({ GroupName, DynamicGroupExpression, GroupDesc = '' }, { call }) {
      const made = await call('group.create', { name: GroupName, description: GroupDesc, query: DynamicGroupExpression })
      return { Data: { DynamicGroupExpression, ...briefly(made), UtcCreate: utcTime(made.createdAt) } }
    },
  }),
  action({
    name: 'DeleteDeviceDynamicGroup',
    group: 'group',
    about: 'Deletes a dynamic group; its devices stay.',
    parameters: { GroupId: group },
    answer: {},
    errors,
    async run({ GroupId }, { call }) {
      await requireGroup(GroupId, call, groupTypes.dynamic)
      await call('group.delete', { group: GroupId })
      return {}
    },
  }),
  action({
    name: 'QueryDynamicGroupDevices',
    group: 'group',
    about: 'Lists the devices that the query of a dynamic group finds now, newest first.',
    parameters: {
      GroupId: group,
      ProductKey: text('Only of this product.'),
      DeviceName: text('Only the device of this name, or with FuzzyName those whose names begin so.'),
      FuzzyName: boolean('Whether DeviceName is how the name begins.'),
      Status: text('Only in this state.', { oneOf: ['ONLINE', 'OFFLINE', 'UNACTIVE', 'DISABLE'] }),
      ...paging({ max: 200 }),
      NextToken: text('Where the answer before ended; wins over CurrentPage.'),
    },
    answer: {
      Data: { SimpleDeviceInfo: [{ ActiveTime: 's', DeviceName: 's', IotId: 's', LastOnlineTime: 's', Nickname: 's', NodeType: 'i', ProductKey: 's', ProductName: 's', Status: 's', UtcActiveTime: 's', UtcLastOnlineTime: 's' }] },
      NextToken: 's',
      ...page,
    },
    errors,
    fields,
    async run({ GroupId, ProductKey, DeviceName, FuzzyName = false, Status, NextToken, ...page }, { call }) {
      await requireGroup(GroupId, call, groupTypes.dynamic)
      const range = startOf(page, NextToken)
      const products = await productsByKey(call)
      const { devices, total } = await call('device.list', {
        group: GroupId,
        productKey: ProductKey,
        ...FuzzyName ? { prefix: DeviceName } : { deviceName: DeviceName },
        state: Status as 'ONLINE' | undefined,
        order: 'newest',
        ...range,
      })
      return {
        Data: {
          SimpleDeviceInfo: devices.map(({ productKey, deviceName, iotId, nickname, state, activatedAt, lastOnlineAt }) => ({
            ActiveTime: gmtTime(activatedAt),
            DeviceName: deviceName,
            IotId: iotId,
            LastOnlineTime: gmtTime(lastOnlineAt),
            Nickname: nickname,
            NodeType: nodeTypeNumber(products.get(productKey)?.nodeType),
            ProductKey: productKey,
            ProductName: products.get(productKey)?.name,
            Status: state,
            UtcActiveTime: utcTime(activatedAt),
            UtcLastOnlineTime: utcTime(lastOnlineAt),
          })),
        },
        NextToken: tokenAfter(range, total),
        Page: Math.floor(range.offset / range.limit) + 1,
        ...pageCounts(page, total),
      }
    },
  }),
]

/** The group of that id, of the type that is asked for; the contract would take a name for an id. Throws ApiFailure iot.group.NotExistedGroup. */
export async function requireGroup(groupId: string, call: ActionContext['call'], type?: string): Promise<DeviceGroup> {
  const { groups } = await call('group.list', {})
  const found = groups.find(one => one.groupId === groupId && (type === undefined || groupTypes[one.kind] === type))
  if (found === undefined)
    throw new ApiFailure(errors['group/not-found'], `There is no ${type === undefined ? '' : type === groupTypes.static ? 'static ' : 'dynamic '}device group with the id ${groupId.slice(0, 64)}.`)
  return found
}

function kindOf(type: string): GroupKind {
  const kind = (Object.keys(groupTypes) as GroupKind[]).find(kind => groupTypes[kind] === type)
  if (kind === undefined)
    throw new ApiFailure('iot.group.InvalidGroupType', `The parameter GroupTypes is not valid: expected ${Object.values(groupTypes).join(' or ')}, got ${JSON.stringify(type.slice(0, 64))}.`)
  return kind
}

function toIdentity({ ProductKey, DeviceName }: { ProductKey: string, DeviceName: string }): { productKey: string, deviceName: string } {
  return { productKey: ProductKey, deviceName: DeviceName }
}

function briefly({ groupId, name, description }: DeviceGroup): { GroupDesc: string, GroupId: string, GroupName: string } {
  return { GroupDesc: description, GroupId: groupId, GroupName: name }
}

function listed(found: DeviceGroup): { GroupDesc: string, GroupId: string, GroupName: string, GroupType: string, UtcCreate: string } {
  return { ...briefly(found), GroupType: groupTypes[found.kind], UtcCreate: utcTime(found.createdAt) }
}
