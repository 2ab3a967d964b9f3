import { command } from './command.ts'
import { anyText, flag, jsonOption, oneOf, optional, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const payload = { name: 'PAYLOAD', about: 'The message, as text.' }
const base64 = flag('The payload is written in Base64 and may be any bytes.')

function payloadOf(text: string, isBase64: boolean): { text: string } | { payloadBase64: string } {
  return isBase64 ? { payloadBase64: text } : { text }
}

/** `thingbench device publish PK NAME TOPIC PAYLOAD`. */
export const devicePublish = command({
  path: ['device', 'publish'],
  about: 'Send a message to a device on one of its custom topics.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product of the device.' },
    { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
    { name: 'TOPIC', about: 'The topic, or what follows /PRODUCT_KEY/DEVICE_NAME/ in it, such as user/get.' },
    payload,
  ],
  options: {
    qos: withDefault(oneOf('0', '1'), '0', { about: 'With 1 the message waits for a device whose session is kept.', placeholder: '0|1' }),
    base64,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench device publish a1Thermostat kitchen user/get hello',
    'thingbench device publish a1Thermostat kitchen user/get AP8= --base64 --qos 1 --json',
  ],
  async run({ qos, base64: isBase64, workspace, json }, [productKey = '', deviceName = '', topic = '', text = ''], output) {
    const report = await withWorkspace({ workspace }, client => client.call('device.publish', {
      productKey,
      deviceName,
      topic,
      qos: qos === '1' ? 1 : 0,
      ...payloadOf(text, isBase64),
    }))
    const { messageId, outcome, code, message } = report
    const hasArrived = outcome === 'sent' || outcome === 'queued'
    if (json)
      output.json({ messageId, outcome, code, message })
    else if (hasArrived)
      output.line(outcome === 'sent' ? `Sent to ${deviceName} with id ${messageId}.` : `${deviceName} gets it when it is back; its id is ${messageId}.`)
    if (!hasArrived)
      output.note(message)
    return hasArrived ? 0 : 1
  },
})

/** `thingbench broadcast PK PAYLOAD`. */
export const broadcast = command({
  path: ['broadcast'],
  about: 'Send a message to all devices of a product that are online.',
  positionals: [{ name: 'PRODUCT_KEY', about: 'The product, as product list shows it.' }, payload],
  options: {
    topic: optional(anyText, { about: 'Only to the devices that have subscribed to /broadcast/PRODUCT_KEY/TOPIC.', placeholder: 'TOPIC' }),
    base64,
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench broadcast a1Thermostat \'{"alarm":true}\'',
    'thingbench broadcast a1Thermostat off --topic lights --json',
  ],
  async run({ topic, base64: isBase64, workspace, json }, [productKey = '', text = ''], output) {
    const { messageId, deviceCount, reachedCount } = await withWorkspace({ workspace }, client => client.call('broadcast.send', {
      productKey,
      ...(topic !== undefined && { topic }),
      ...payloadOf(text, isBase64),
    }))
    if (json)
      output.json({ messageId, deviceCount, reachedCount })
    else
      output.line(`Sent to ${reachedCount} of ${deviceCount} devices that ${topic === undefined ? 'are online' : 'have subscribed'}, with id ${messageId}.`)
    return 0
  },
})
