import type { SeatReport } from '../shared/contract/device-simulation.ts'
import type { Output } from './output.ts'
import { command, UsageError } from './command.ts'
import { flag, jsonOption, oneOf, withDefault } from './option.ts'
import { propertyTypes, readObject, readValues } from './property-values.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** Which device is meant. */
export const seatIdentity = [
  { name: 'PRODUCT_KEY', about: 'The product of the device.' },
  { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
]
const common = { workspace: workspaceOption, json: jsonOption }
const qosOption = withDefault(oneOf('0', '1'), '1', { about: 'With 1 the platform acknowledges the message.', placeholder: '0|1' })
const anywayOption = flag('Send it even if the thing model does not allow it.')

/** `thingbench seat list`. */
export const seatList = command({
  path: ['seat', 'list'],
  about: 'List the devices that are simulated one by one.',
  positionals: [],
  options: common,
  examples: ['thingbench seat list --json'],
  async run({ workspace, json }, _positionals, output) {
    const { seats } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.list', {}))
    for (const { productKey, deviceName, state, sent, received, policies, pendingRequests, swap } of seats) {
      if (json)
        output.json({ productKey, deviceName, state, sent, received, policies, pendingRequests, takenBy: swap?.by ?? null })
      else
        output.line(`${productKey}  ${deviceName}  ${state === 'swapped' ? `taken by a ${swap?.by ?? 'real'} device from ${swap?.remoteAddress ?? ''}` : state}: ${sent} sent, ${received} received, ${policies} push policies, ${pendingRequests} requests to answer`)
    }
    return 0
  },
})

/** `thingbench seat start PK NAME`. */
export const seatStart = command({
  path: ['seat', 'start'],
  about: 'Be a device that is offline: the engine that runs connects as it, and answers its commands.',
  positionals: seatIdentity,
  options: { 'take-over': flag('Throw out whoever is online as the device.'), ...common },
  examples: ['thingbench seat start a1Thermostat kitchen', 'thingbench seat start a1Thermostat kitchen --take-over'],
  async run({ 'take-over': takeOver, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { state } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.start', { productKey, deviceName, takeOver }))
    if (json)
      output.json({ productKey, deviceName, state })
    else
      output.line(`${deviceName} is ${state}, simulated.`)
    return 0
  },
})

/** `thingbench seat stop PK NAME`. */
export const seatStop = command({
  path: ['seat', 'stop'],
  about: 'End the simulation of a device; its push policies wait for the next start.',
  positionals: seatIdentity,
  options: common,
  examples: ['thingbench seat stop a1Thermostat kitchen'],
  async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
    const { state } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.stop', { productKey, deviceName }))
    if (json)
      output.json({ productKey, deviceName, state })
    else
      output.line(`${deviceName} is no longer simulated.`)
    return 0
  },
})

/** `thingbench seat post PK NAME KEY=VALUE…`. */
export const seatPost = command({
  path: ['seat', 'post'],
  about: 'Report properties as a simulated device and print the platform\'s answer.',
  positionals: [...seatIdentity, { name: 'NAME=VALUE', about: 'A property and its value, or one JSON object with all of them.', repeated: true }],
  options: { qos: qosOption, anyway: anywayOption, ...common },
  examples: ['thingbench seat post a1Thermostat kitchen temperature=21.5 mode=1', 'thingbench seat post a1Thermostat kitchen \'{"temperature":400}\' --anyway'],
  async run({ qos, anyway, workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    const report = await withWorkspace({ workspace }, async client => client.call('deviceSimulation.postProperties', {
      productKey,
      deviceName,
      properties: readValues(words, await propertyTypes(client, productKey)),
      qos: qos === '0' ? 0 : 1,
      anyway,
    }))
    return printReport(output, report, json)
  },
})

/** `thingbench seat event PK NAME EVENT [JSON]`. */
export const seatEvent = command({
  path: ['seat', 'event'],
  about: 'Report an event as a simulated device and print the platform\'s answer.',
  positionals: [...seatIdentity, { name: 'EVENT', about: 'Identifier of the event; MODULE:EVENT in a custom module.' }, { name: 'JSON', about: 'Its parameters as a JSON object; without it, none.', optional: true }],
  options: { qos: qosOption, anyway: anywayOption, ...common },
  examples: ['thingbench seat event a1Thermostat kitchen overheat \'{"temperature":90}\''],
  async run({ qos, anyway, workspace, json }, [productKey = '', deviceName = '', event = '', input], output) {
    const params = input === undefined ? {} : readObject(input)
    const report = await withWorkspace({ workspace }, client => client.call('deviceSimulation.postEvent', { productKey, deviceName, event, params, qos: qos === '0' ? 0 : 1, anyway }))
    return printReport(output, report, json)
  },
})

/** `thingbench seat publish PK NAME TOPIC PAYLOAD`. */
export const seatPublish = command({
  path: ['seat', 'publish'],
  about: 'Publish any bytes on any topic as a simulated device.',
  positionals: [...seatIdentity, { name: 'TOPIC', about: 'The topic, or what follows /PRODUCT_KEY/DEVICE_NAME/ in it, such as user/update.' }, { name: 'PAYLOAD', about: 'The message, as text.' }],
  options: { qos: qosOption, hex: flag('The payload is written as pairs of hex digits.'), base64: flag('The payload is written in Base64.'), ...common },
  examples: ['thingbench seat publish a1Thermostat kitchen user/update hello --qos 1', 'thingbench seat publish a1Thermostat kitchen user/update "00 ff" --hex'],
  async run({ qos, hex, base64, workspace, json }, [productKey = '', deviceName = '', topic = '', text = ''], output) {
    const report = await withWorkspace({ workspace }, client => client.call('deviceSimulation.publish', {
      productKey,
      deviceName,
      topic: topic.startsWith('/') ? topic : `/${productKey}/${deviceName}/${topic}`,
      payloadBase64: base64 ? text : readBytes(text, hex).toString('base64'),
      qos: qos === '0' ? 0 : 1,
    }))
    return printReport(output, report, json)
  },
})

function readBytes(text: string, isHex: boolean): Buffer {
  if (!isHex)
    return Buffer.from(text)
  const digits = text.replaceAll(/\s+/g, '')
  if (!/^(?:[0-9a-f]{2})*$/i.test(digits))
    throw new UsageError(`Expected pairs of hex digits, got "${text}".`)
  return Buffer.from(digits, 'hex')
}

/** Prints what the platform made of a message; an answer other than 200 is a failure of the program that asked. */
function printReport(output: Output, { messageId, topic, reply, acknowledgedMs }: SeatReport, json: boolean): number {
  if (json)
    output.json({ messageId, topic, acknowledgedMs, reply })
  else if (reply !== null)
    output.line(`The platform answered ${reply.code} after ${reply.elapsedMs} ms: ${reply.message}`)
  else
    output.line(acknowledgedMs === null ? `Sent on ${topic}.` : `Sent on ${topic}, acknowledged after ${acknowledgedMs} ms.`)
  return reply === null || reply.code === 200 ? 0 : 1
}
