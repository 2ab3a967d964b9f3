import type { JsonValue } from '../../../shared/json.ts'
import type { Action } from '../action.ts'
import { deviceAction } from '../action.ts'
import { ApiFailure } from '../failure.ts'
import { jsonObject, required, text } from '../parameter.ts'

/** Cloud: characters of the tags of one call as JSON. */
const propsCharsMax = 5 * 1024

/** Tags of devices, which the cloud's API calls properties of the device. */
export const deviceTagActions: Action[] = [
  deviceAction({
    name: 'SaveDeviceProp',
    group: 'device',
    about: 'Sets tags of a device and leaves its other tags as they are.',
    parameters: { Props: required(jsonObject('The tags: their keys with their values, at most 5 KB.', { code: 'iot.device.InvalidFormattedDevicePropertiesString' })) },
    answer: {},
    errors: { 'limit/reached': 'iot.device.InvalidFormattedDevicePropertyKey', 'input/invalid': 'iot.device.InvalidFormattedDevicePropertiesString' },
    fields: { tags: 'Props' },
    async run({ Props }, { call, device: { productKey, deviceName } }) {
      const length = JSON.stringify(Props).length
      if (length > propsCharsMax)
        throw new ApiFailure('iot.device.LongDevicePropertiesString', `The parameter Props is not valid: expected at most ${propsCharsMax} characters, got ${length}.`)
      const tags = Object.entries(Props).map(([key, value]) => [key, asText(value)])
      if (tags.length === 0)
        throw new ApiFailure('iot.device.NoneDeviceProperties', 'The parameter Props is not valid: expected at least one tag, got none.')
      await call('tag.set', { productKey, deviceName, tags: Object.fromEntries(tags) as Record<string, string> })
      return {}
    },
  }),
  deviceAction({
    name: 'QueryDeviceProp',
    group: 'device',
    about: 'The tags of a device, also those that its SDK has set.',
    parameters: {},
    answer: { Props: 's' },
    async run(_, { call, device: { productKey, deviceName } }) {
      const { tags } = await call('tag.list', { productKey, deviceName })
      // Where the SDK has a tag of the same key, that of the user counts; it comes first.
      return { Props: JSON.stringify(Object.fromEntries(tags.toReversed().map(({ key, value }) => [key, value]))) }
    },
  }),
  deviceAction({
    name: 'DeleteDeviceProp',
    group: 'device',
    about: 'Deletes a tag of a device; one that it has not is passed over.',
    parameters: { PropKey: required(text('The key of the tag.')) },
    answer: {},
    errors: { 'input/invalid': 'iot.device.InvalidFormattedDevicePropertyKey' },
    fields: { keys: 'PropKey' },
    async run({ PropKey }, { call, device: { productKey, deviceName } }) {
      await call('tag.delete', { productKey, deviceName, keys: [PropKey] })
      return {}
    },
  }),
]

function asText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
