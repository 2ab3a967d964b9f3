import type { LogFilterInput } from '../../../shared/contract/log.ts'
import type { RecordStep } from '../../../shared/log/unfold.ts'
import type { TraceDirection, TraceFilter } from '../../store/types.ts'
import type { FindDeviceIds } from './filter.ts'
import { AppError } from '../../../shared/errors.ts'
import { toStoreFilter } from './filter.ts'

/** Directions of the rows that leave records of a business type; a type that is not here can stand in any row and is named in its detail. */
const directionsOfType: Record<string, readonly TraceDirection[]> = {
  uplink: ['up', 'record'],
  downlink: ['down'],
  device: ['record'],
  subscribe: ['record'],
  unsubscribe: ['record'],
  ApiService: ['down', 'record'],
  ThingModel: ['up', 'down', 'record'],
  ThingModelMessage: ['up'],
  DataStorage: ['up'],
  ThingService: ['up', 'down', 'record'],
}
/** Kinds of request that the trace keeps as `ThingModelMessage` unless their feature says more. */
const typesByMethod = ['RemoteConfig', 'ThingTopo', 'DeviceFileUpload', 'OTA', 'Other']

/**
 * The rows in which records of a filter can be, for the store; what is looked for in a record itself is left to
 * {@link toStepTest}, so this lets a few more pass.
 */
export function toRowFilter(filter: LogFilterInput, findDeviceIds: FindDeviceIds): TraceFilter {
  const { productKey, deviceName, keyword, state, code, bizCodes = [], operation, lagAboveMs, fromAt, toAt } = filter
  const { fromAt: _from, toAt: _to, ...byDevice } = toStoreFilter({ ...(productKey !== undefined && { productKey }), ...(deviceName !== undefined && { deviceName }) }, findDeviceIds)
  const directions = [...new Set(bizCodes.flatMap(bizCode => directionsOfType[bizCode] ?? ['up', 'down', 'record'] as const))]
  const named = bizCodes.length === 1 && directionsOfType[bizCodes[0]!] === undefined && !typesByMethod.includes(bizCodes[0]!) ? bizCodes[0] : undefined
  return {
    ...byDevice,
    // A row whose step failed has itself another code than 200.
    ...((state === 'failed' || (code !== undefined && code !== 200)) && { code: 'failed' as const }),
    ...(bizCodes.length > 0 && directions.length < 3 && { directions }),
    ...(named !== undefined && { detail: named }),
    ...(keyword !== undefined && keyword !== '' && { anywhere: [keyword] }),
    // The method of a message is its topic in other letters.
    ...(operation !== undefined && operation !== '' && !'check'.includes(operation.toLowerCase()) && keyword === undefined && { anywhere: [operation, operation.replaceAll('.', '/')] }),
    ...(lagAboveMs !== undefined && { lagAboveMs }),
    ...(fromAt !== undefined && { fromAt }),
    ...(toAt !== undefined && { toAt }),
  }
}

/** Whether a step is one of those that a filter asks for. */
export function toStepTest({ state, code, bizCodes, operation }: LogFilterInput): (step: RecordStep) => boolean {
  const types = bizCodes === undefined || bizCodes.length === 0 ? null : new Set<string>(bizCodes)
  const part = operation?.toLowerCase()
  return step =>
    (types === null || types.has(step.bizCode))
    && (state === undefined || (step.code === 200) === (state === 'successful'))
    && (code === undefined || step.code === code)
    && (part === undefined || step.operation.toLowerCase().includes(part))
}

/** What a condition may not contain in the cloud, because it would be cut into several words there (platform rule LOG-8, reading A-30). */

const separators = /[, '";=()[\]{}?@&<>/:\n\t\r]/

/** Refuses a search as the cloud does, while its limits are applied: AppError input/invalid with platform code 9321. */
export function refuseSeparators({ deviceName, traceId, messageId, keyword }: LogFilterInput): void {
  for (const [field, value] of Object.entries({ deviceName, traceId, messageId, keyword })) {
    const found = value === undefined ? null : separators.exec(value)
    if (found !== null) {
      throw new AppError('input/invalid', `${field}: ${JSON.stringify(value)} contains ${JSON.stringify(found[0])}, which the cloud takes for a separator and refuses in a search of its log (9321); search for a part without it, or stop applying the cloud's limits.`, {
        field,
        got: value!,
        platformCode: 9321,
      })
    }
  }
}
