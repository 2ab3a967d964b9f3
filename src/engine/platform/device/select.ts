import type { EngineApi } from '../../../shared/contract/contract.ts'
import type { SelectedDevice } from '../../../shared/contract/device.ts'
import type { StatementOrder } from '../../../shared/device-query/statement.ts'
import type { DeviceListContext } from './list.ts'
import type { DeviceRecord } from './registry.ts'
import { describeQueryError } from '../../../shared/device-query/parse.ts'
import { parseDeviceStatement } from '../../../shared/device-query/statement.ts'
import { AppError } from '../../../shared/errors.ts'
import { compareAge } from './list.ts'
import { summarise } from './summary.ts'

/** Answers statements over devices: what they find, in the order asked for or the newest first. */
export function deviceSelectHandlers({ registry, devicesOfQuery, tagsOf, groupsOf, versionsOf }: DeviceListContext): Pick<EngineApi['methods'], 'device.select'> {
  const complete = async (device: DeviceRecord): Promise<SelectedDevice> => ({
    ...summarise(device),
    groups: [...groupsOf(device.deviceId)],
    tags: tagsOf(device.deviceId).map(({ key, value }) => ({ key, value })),
    versions: await versionsOf(device.deviceId),
  })
  return {
    'device.select': async ({ sql }) => {
      const { statement, error } = parseDeviceStatement(sql)
      if (error)
        throw new AppError('input/invalid', `sql: ${describeQueryError(error).replace('of the query', 'of the statement')}`, { field: 'sql', ...error })
      const { fields, where, order, offset, limit } = statement
      const matching = where === null ? null : await devicesOfQuery(where)
      const found = matching === null ? [...registry.all()] : [...matching].flatMap(deviceId => registry.byId(deviceId) ?? [])
      if (fields === null)
        return { fields, total: found.length, devices: [] }
      found.sort(order === null ? compareAge : (a, b) => compareBy(order, a, b) || compareAge(a, b))
      return { fields, total: found.length, devices: await Promise.all(found.slice(offset, offset + limit).map(complete)) }
    },
  }
}

/** A device that was never active comes last, whichever way the others go. */
function compareBy({ field, isDescending }: StatementOrder, a: DeviceRecord, b: DeviceRecord): number {
  const read = (device: DeviceRecord): number | null => field === 'active_time' ? device.activatedAt : field === 'gmt_create' ? device.createdAt : device.modifiedAt
  const [first, second] = [read(a), read(b)]
  if (first === null || second === null)
    return Number(first === null) - Number(second === null)
  return isDescending ? second - first : first - second
}
