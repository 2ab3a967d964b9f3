import type { Call } from '../fidelity.ts'
import { exact, partial } from '../fidelity.ts'

const groups = 'integration/openapi-groups'
const life = 'is made, described, listed newest first, and deleted'
const members = 'takes devices in and lets them out, and tells how many'
const tags = 'has tags, which find it'
const dynamic = 'holds what its expression finds, by name, state and page'
const apart = 'is neither deleted nor filled as a static one, nor a static one as a dynamic one'
const codes = 'The cloud\'s codes for errors of groups are not known; they are `iot.group.…` here.'

/** Groups of devices, by action. */
export const groupsApi = {
  CreateDeviceGroup: partial('makes a group or a sub-group', codes, [groups, life]),
  UpdateDeviceGroup: partial('describes a group', codes, [groups, life]),
  DeleteDeviceGroup: partial('deletes a static group', codes, [groups, life, apart]),
  QueryDeviceGroupInfo: partial('a group with counts of its devices', `Devices of sub-groups are counted too. ${codes}`, [groups, members, dynamic]),
  QueryDeviceGroupList: partial('lists groups', 'Without `SuperGroupId` groups of all levels are listed; `GroupName` finds a part of a name.', [groups, life, dynamic]),
  QuerySuperDeviceGroup: partial('the group above a group', codes, [groups, life]),
  BatchAddDeviceGroupRelations: partial('puts devices into a group', codes, [groups, members, apart]),
  BatchDeleteDeviceGroupRelations: partial('takes devices out of a group', codes, [groups, members]),
  QueryDeviceListByDeviceGroup: partial('devices of a group', `Those of its sub-groups are not among them. ${codes}`, [groups, members]),
  QueryDeviceGroupByDevice: exact('groups of a device', [groups, members]),
  QueryDeviceGroupByTags: partial('groups with tags', 'Of several tags a group has to have all; whether one is enough in the cloud is not known.', [groups, tags]),
  SetDeviceGroupTags: partial('sets tags of a group by key', codes, [groups, tags]),
  QueryDeviceGroupTagList: partial('tags of a group', codes, [groups, tags]),
  CreateDeviceDynamicGroup: partial('makes a group of what an expression finds', 'The expression is the query language of groups, which understands more than the cloud\'s; the group has its devices as they are at each moment, and there may be more than ten such groups.', [groups, dynamic, apart]),
  DeleteDeviceDynamicGroup: partial('deletes a dynamic group', codes, [groups, apart]),
  QueryDynamicGroupDevices: partial('devices of a dynamic group', '`CategoryKey` is left out, and `CurrentPage` reaches any page; `ActiveTime` and `LastOnlineTime` are in GMT.', [groups, dynamic]),
} satisfies Record<string, Call>
