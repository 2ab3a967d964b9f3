import type { ErrorCode } from '../../shared/errors.ts'
import type { JsonValue } from '../../shared/json.ts'
import type { Action } from './action.ts'
import { AppError } from '../../shared/errors.ts'
import { isJsonObject } from '../../shared/json.ts'
import { ApiFailure, GatewayFailure } from './failure.ts'

/** The cloud's codes for errors of the engine; an action can have its own. What has none is `iot.system.SystemException`. */
const codes: Partial<Record<ErrorCode, string>> = {
  'product/not-found': 'iot.prod.NotExistedProduct',
  'product/exists': 'iot.prod.AlreadyExistedProductName',
  'product/not-empty': 'iot.prod.DeleteProductFailed',
  'device/not-found': 'iot.device.NotExistedDevice',
  'device/exists': 'iot.device.AlreadyExistedDeviceName',
  'device/unreachable': 'iot.messagebroker.OFFLINE',
  'device/no-reply': 'iot.messagebroker.TIMEOUT',
  'topic/not-found': 'iot.messagebroker.TopicTemplateIsNotFound',
  'topic/exists': 'iot.messagebroker.TopicAlreadyFound',
  'topic/not-permitted': 'iot.messagebroker.InvalidFormattedTopicName',
  'shadow/version-conflict': 'iot.messagebroker.InvalidVersionValueInShadowMessage',
  'model/refused': 'iot.device.InvokeThingServiceFailed',
  'topology/refused': 'iot.device.AddTopoRelationFailed',
  // The manuals do not list the codes of the update service; these are made in their way.
  'ota/module-not-found': 'iot.ota.NotExistedModule',
  'ota/module-exists': 'iot.ota.AlreadyExistedModule',
  'ota/module-in-use': 'iot.ota.ModuleInUse',
  'ota/package-not-found': 'iot.ota.NotExistedFirmware',
  'ota/package-exists': 'iot.ota.AlreadyExistedFirmwareName',
  'ota/package-in-use': 'iot.ota.FirmwareInUse',
  'ota/batch-not-found': 'iot.ota.NotExistedJob',
  'ota/task-not-found': 'iot.ota.NotExistedTask',
  'ota/batch-refused': 'iot.ota.JobRefused',
  'ota/upload-not-found': 'iot.ota.FirmwareUrlNotFound',
  'ota/fetch-failed': 'iot.ota.FirmwareUrlNotFound',
  'limit/reached': 'iot.common.LimitReached',
}

/** Where the platform's code says more than the engine's: a device that is disabled. One that was never active is offline to whoever wants to reach it. */
const codesByPlatformCode: Record<number, string> = {
  6208: 'iot.device.DisabledDevice',
}

/**
 * Says an error of the engine in the cloud's terms. What the engine finds wrong with an input becomes `InvalidParameter` of
 * the gateway, or the action's own code, and names the parameter; what nobody foresaw stays what it is.
 */
export function translateError(error: unknown, { errors = {}, fields = {} }: Pick<Action, 'errors' | 'fields'>): unknown {
  if (!(error instanceof AppError))
    return error
  const platformCode = typeof error.details.platformCode === 'number' ? error.details.platformCode : undefined
  const own = errors[error.code]
  if (error.code === 'store/failing' || error.code === 'store/unwritable')
    return new GatewayFailure(503, 'ServiceUnavailable', error.message)
  if (error.code === 'input/invalid') {
    const message = describeInput(error, fields)
    return own === undefined && platformCode === undefined ? new GatewayFailure(400, 'InvalidParameter', message) : new ApiFailure(own ?? 'iot.common.InvalidParameter', message, { platformCode })
  }
  return new ApiFailure(own ?? codesByPlatformCode[platformCode ?? 0] ?? codes[error.code] ?? 'iot.system.SystemException', error.message, { platformCode })
}

function describeInput({ message, details }: AppError, fields: Record<string, string>): string {
  if (Array.isArray(details.issues)) {
    return details.issues.filter(isJsonObject).slice(0, 3).map(({ path, expected, got }) => `The parameter ${nameOf(path, fields)} is not valid: expected ${asText(expected)}, got ${asText(got)}.`).join(' ')
  }
  const { field } = details
  return typeof field === 'string' && message.startsWith(`${field}:`) ? `The parameter ${nameOf(field, fields)} is not valid:${message.slice(field.length + 1)}` : message
}

function asText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

/** A field of the contract in the API's spelling: `deviceName` is `DeviceName`. */
function nameOf(path: JsonValue | undefined, fields: Record<string, string>): string {
  const [first = '', ...rest] = asText(path).split(/(?=[.[])/)
  return (fields[first] ?? `${first.charAt(0).toUpperCase()}${first.slice(1)}`) + rest.join('')
}
