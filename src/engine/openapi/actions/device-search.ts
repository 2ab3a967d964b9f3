import type { SelectedDevice } from '../../../shared/contract/device.ts'
import type { Action } from '../action.ts'
import { action } from '../action.ts'
import { pageCounts, paging, rangeOf } from '../answers.ts'
import { objects, required, text } from '../parameter.ts'
import { productsByKey } from '../product-names.ts'

/** `2025-01-01 00:00:00.000`, the form that the statement has too. */
function statementTime(at: number | null): string | undefined {
  return at === null ? undefined : new Date(at).toISOString().replace('T', ' ').replace('Z', '')
}

/** What each field of a statement brings into the answer. */
const members: Record<string, (device: SelectedDevice) => object> = {
  'product_key': ({ productKey }) => ({ ProductKey: productKey }),
  'iot_id': ({ iotId }) => ({ IotId: iotId }),
  'name': ({ deviceName }) => ({ DeviceName: deviceName }),
  'nickname': ({ nickname }) => ({ Nickname: nickname || undefined }),
  'status': ({ state }) => ({ Status: state }),
  'active_time': ({ activatedAt }) => ({ ActiveTime: statementTime(activatedAt) }),
  'gmt_create': ({ createdAt }) => ({ GmtCreate: statementTime(createdAt) }),
  'gmt_modified': ({ modifiedAt }) => ({ GmtModified: statementTime(modifiedAt) }),
  'group.group_id': ({ groups }) => ({ Groups: groups.length === 0 ? undefined : groups.map(GroupId => ({ GroupId })) }),
  'tag.tag_name': toTags,
  'tag.tag_value': toTags,
  'ota_module.name': toModules,
  'ota_module.version': toModules,
}

function toTags({ tags }: SelectedDevice): object {
  return { Tags: tags.length === 0 ? undefined : tags.map(({ key, value }) => ({ TagName: key, TagValue: value })) }
}

function toModules({ versions }: SelectedDevice): object {
  return { OTAModules: versions.length === 0 ? undefined : versions.map(({ module, version }) => ({ FirmwareVersion: version, ModuleName: module })) }
}

/** Searching for devices. */
export const deviceSearchActions: Action[] = [
  action({
    name: 'QueryDeviceBySQL',
    group: 'device',
    about: 'Finds devices with a statement, or counts them.',
    parameters: { SQL: required(text('SELECT fields, * or count(*) FROM device, then WHERE, ORDER BY gmt_create, gmt_modified or active_time, and LIMIT rows or first, rows; 20 rows without LIMIT.')) },
    answer: {
      Data: [{ ActiveTime: 's', DeviceName: 's', GmtCreate: 's', GmtModified: 's', Groups: [{ GroupId: 's' }], IotId: 's', Nickname: 's', OTAModules: [{ FirmwareVersion: 's', ModuleName: 's' }], ProductKey: 's', Status: 's', Tags: [{ TagName: 's', TagValue: 's' }] }],
      TotalCount: 'l',
    },
    errors: { 'input/invalid': 'iot.common.QueryDeviceActionError' },
    fields: { sql: 'SQL' },
    async run({ SQL }, { call }) {
      const { fields, total, devices } = await call('device.select', { sql: SQL })
      if (fields === null)
        return { TotalCount: total }
      return { Data: devices.map(device => Object.assign({}, ...['iot_id', ...fields].map(field => members[field]!(device))) as object) }
    },
  }),
  action({
    name: 'QueryDeviceByTags',
    group: 'device',
    about: 'Lists the devices that have all of up to 10 tags, newest first.',
    parameters: { Tag: required(objects('The tags.', { TagKey: required(text('The key of the tag.')), TagValue: text('Its value; without it any.') }, { max: 10 })), ...paging({ max: 50 }) },
    answer: { Data: { SimpleDeviceInfo: [{ DeviceName: 's', IotId: 's', ProductKey: 's', ProductName: 's' }] }, Page: 'i', PageCount: 'i', PageSize: 'i', Total: 'i' },
    async run({ Tag, ...page }, { call }) {
      const products = await productsByKey(call)
      const { devices, total } = await call('device.list', { tags: Tag.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue })), order: 'newest', ...rangeOf(page) })
      return {
        Data: { SimpleDeviceInfo: devices.map(({ productKey, deviceName, iotId }) => ({ DeviceName: deviceName, IotId: iotId, ProductKey: productKey, ProductName: products.get(productKey)?.name })) },
        Page: page.CurrentPage,
        ...pageCounts(page, total),
      }
    },
  }),
]
