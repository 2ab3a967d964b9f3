import type { JsonObject, JsonValue } from '../../../shared/json.ts'
import type { Action } from '../action.ts'
import { buildShadowDocument } from '../../../shared/alink/shadow.ts'
import { AppError } from '../../../shared/errors.ts'
import { isJsonObject } from '../../../shared/json.ts'
import { action } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { boolean, initially, required, text } from '../parameter.ts'

const named = {
  ProductKey: required(text('The product of the device.')),
  DeviceName: required(text('The name of the device.')),
}

/** Device shadows. */
export const shadowActions: Action[] = [
  action({
    name: 'GetDeviceShadow',
    group: 'shadow',
    about: 'The shadow of a device as JSON text; its times are in seconds.',
    parameters: named,
    answer: { ShadowMessage: 's' },
    async run({ ProductKey: productKey, DeviceName: deviceName }, { call }) {
      const { shadow } = await call('shadow.get', { productKey, deviceName })
      return { ShadowMessage: buildShadowDocument(shadow) }
    },
  }),
  action({
    name: 'UpdateDeviceShadow',
    group: 'shadow',
    about: 'Writes the desired side of a device\'s shadow; a device that is online is told at once, another one when it comes back.',
    parameters: {
      ...named,
      ShadowMessage: required(text('{"method":"update","state":{"desired":{…}},"version":n} as JSON text; the version has to be greater than the present one, or 0 for whatever it is.')),
      DeltaUpdate: initially(boolean('Write only these attributes; false: they replace the whole desired side.'), false),
    },
    answer: {},
    errors: { 'shadow/version-conflict': 'iot.messagebroker.UpdateDeviceShadowMessageFailed' },
    async run({ ProductKey: productKey, DeviceName: deviceName, ShadowMessage, DeltaUpdate: delta }, { call }) {
      const { desired, version } = readShadowMessage(ShadowMessage)
      try {
        await call('shadow.update', { productKey, deviceName, desired, version, delta })
      }
      catch (error) {
        if (!(error instanceof AppError) || error.code !== 'limit/reached')
          throw error
        const platformCode = Number(error.details.platformCode ?? 400)
        throw refuse(platformCode === 408 ? 'TooManyElementInDesire' : 'ShadowMessageLengthIsLarge', error.message, platformCode)
      }
      return {}
    },
  }),
]

/**
 * Takes a message of UpdateDeviceShadow apart: what is desired, and the version, 0 or more.
 * @throws ApiFailure with the cloud's code for what is wrong with it.
 */
export function readShadowMessage(written: string): { desired: JsonObject, version: number } {
  const message = parse(written)
  if (message === null)
    throw refuse('NullShadowMessage', 'ShadowMessage: expected an object, got null.')
  if (!isJsonObject(message))
    throw refuse('ShadowMessageIsNotJson', `ShadowMessage: expected a JSON object, got ${snippet(written)}.`)
  const { method, state, version } = message
  if (method === undefined || method === null)
    throw refuse('NotFoundMethodInShadowMessage', 'ShadowMessage.method: expected "update", got nothing.')
  if (method !== 'update')
    throw refuse('MethodValueIsNotUpdate', `ShadowMessage.method: expected "update", got ${snippet(method)}.`)
  if (!isJsonObject(state))
    throw refuse('NotFoundStateInShadowMessage', `ShadowMessage.state: expected an object with "desired", got ${snippet(state)}.`)
  const desired = readDesired(state)
  if (version === undefined || version === null)
    throw refuse('NotFoundVersionOrNullVersionValue', 'ShadowMessage.version: expected a whole number from 0, got nothing.')
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0)
    throw refuse('InvalidVersionValueInShadowMessage', `ShadowMessage.version: expected a whole number from 0, got ${snippet(version)}.`)
  return { desired, version }
}

function readDesired({ desired }: JsonObject): JsonObject {
  if (desired === undefined)
    throw refuse('NotFoundDesireInShadowMessage', 'ShadowMessage.state.desired: expected an object, got nothing.')
  if (desired === null)
    throw refuse('DesireValueIsNullInShadowMessage', 'ShadowMessage.state.desired: expected an object, got null.')
  if (!isJsonObject(desired))
    throw refuse('DesireInfoInShadowMessageIsNotJson', `ShadowMessage.state.desired: expected an object, got ${snippet(desired)}.`)
  const entries = Object.entries(desired)
  if (entries.length === 0)
    throw refuse('NoneElementInDesire', 'ShadowMessage.state.desired: expected at least one attribute, got {}.')
  const empty = entries.find(([name, value]) => name === '' || value === null)
  if (empty !== undefined)
    throw refuse('ElementKeyOrValueIsNullInDesire', `ShadowMessage.state.desired: expected a name and a value for each attribute, got ${snippet(empty[0])} with ${snippet(empty[1])}.`)
  return desired
}

function parse(written: string): JsonValue {
  try {
    return JSON.parse(written) as JsonValue
  }
  catch (error) {
    throw refuse('ShadowMessageIsNotJson', `ShadowMessage: expected JSON, got ${snippet(written)} (${(error as SyntaxError).message}).`)
  }
}

function snippet(value: JsonValue | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

function refuse(code: string, message: string, platformCode?: number): ApiFailure {
  return new ApiFailure(`iot.messagebroker.${code}`, message, { platformCode })
}
