import type { CallReport } from '../shared/contract/device-call.ts'
import type { Output } from './output.ts'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { flag, jsonOption, optional, seconds, withDefault } from './option.ts'
import { propertyTypes, readObject, readValues } from './property-values.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const identity = [
  { name: 'PRODUCT_KEY', about: 'The product of the device.' },
  { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
]
const uncheckedOption = flag('Send it although it breaks the thing model, to see what the device does with it.')
const waitSecondsMax = limits.callTimeoutMsMax / 1000
const waitSeconds = limits.callTimeoutMs / 1000

/** `thingbench device set PK NAME KEY=VALUE…`: sends property values to a device. */
export const deviceSet = command({
  path: ['device', 'set'],
  about: 'Set properties of a device and wait for its answer.',
  positionals: [
    ...identity,
    { name: 'NAME=VALUE', about: 'A property and its value, or one JSON object with all of them.', repeated: true },
  ],
  options: {
    timeout: withDefault(seconds(0, waitSecondsMax), waitSeconds, { about: 'How long to wait for the answer; 0: do not wait.', placeholder: 'S' }),
    unchecked: uncheckedOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench device set a1Thermostat kitchen targetTemperature=21.5',
    'thingbench device set a1Thermostat kitchen \'{"targetTemperature":21.5}\' --timeout 3 --json',
  ],
  async run({ timeout, unchecked, workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    const report = await withWorkspace({ workspace }, async client => client.call('device.setProperties', {
      productKey,
      deviceName,
      properties: readValues(words, await propertyTypes(client, productKey)),
      timeoutMs: Math.round(timeout * 1000),
      unchecked,
    }))
    return printReport(output, report, { deviceName, json })
  },
})

/** `thingbench device invoke PK NAME SERVICE [JSON]`: calls a service. */
export const deviceInvoke = command({
  path: ['device', 'invoke'],
  about: 'Call a service of a device and print what it returns.',
  positionals: [
    ...identity,
    { name: 'SERVICE', about: 'Identifier of the service; MODULE:SERVICE in a custom module.' },
    { name: 'JSON', about: 'The input as a JSON object; without it, none.', optional: true },
  ],
  options: {
    timeout: optional(seconds(0, waitSecondsMax), { about: `How long to wait for the answer; without it ${waitSeconds} s for a synchronous service and not at all for an asynchronous one.`, placeholder: 'S' }),
    unchecked: uncheckedOption,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench device invoke a1Thermostat kitchen calibrate \'{"offset":0.5}\' --timeout 5',
  ],
  async run({ timeout, unchecked, workspace, json }, [productKey = '', deviceName = '', service = '', input], output) {
    const values = input === undefined ? {} : readObject(input)
    const report = await withWorkspace({ workspace }, client => client.call('device.invokeService', {
      productKey,
      deviceName,
      service,
      input: values,
      unchecked,
      ...(timeout !== undefined && { timeoutMs: Math.round(timeout * 1000) }),
    }))
    return printReport(output, report, { deviceName, json })
  },
})

/** Prints what became of a command; a code other than 200 is a failure of the program that asked. */
function printReport(output: Output, report: CallReport, { deviceName, json }: { deviceName: string, json: boolean }): number {
  const { messageId, code, message, data, elapsedMs } = report
  if (json)
    output.json({ messageId, code, message, data, elapsedMs })
  else if (code === null)
    output.line(`Sent to ${deviceName} with id ${messageId}; nobody waits for the answer.`)
  else
    output.line(`${deviceName} answered ${code} after ${elapsedMs ?? 0} ms: ${JSON.stringify(data)}`)
  if (code === null || code === 200)
    return 0
  output.note(message)
  return 1
}

/** `thingbench device desired PK NAME [KEY=VALUE…]`: shows or sets desired values. */
export const deviceDesired = command({
  path: ['device', 'desired'],
  about: 'Show the desired values of a device, or set some; an empty value deletes one.',
  positionals: [
    ...identity,
    { name: 'NAME=VALUE', about: 'A property and what it shall be, or one JSON object with all of them.', optional: true, repeated: true },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: [
    'thingbench device desired a1Thermostat kitchen --json',
    'thingbench device desired a1Thermostat kitchen targetTemperature=19',
  ],
  async run({ workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    await withWorkspace({ workspace }, async (client) => {
      if (words.length > 0) {
        const properties = readValues(words, await propertyTypes(client, productKey))
        const { messageId } = await client.call('device.setDesired', { productKey, deviceName, properties })
        if (!json)
          output.note(messageId === null ? `${deviceName} gets them when it asks.` : `Sent to ${deviceName} with id ${messageId}.`)
      }
      const { desired } = await client.call('device.desired', { productKey, deviceName })
      for (const [property, { value, version, at }] of Object.entries(desired)) {
        if (json)
          output.json({ property, value, version, at })
        else
          output.line(`${property}  ${value === null ? 'deleted' : JSON.stringify(value)}  (version ${version}, ${new Date(at).toISOString()})`)
      }
    })
    return 0
  },
})
