import { Buffer } from 'node:buffer'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { jsonOption, oneOf, wholeNumber, withDefault } from './option.ts'
import { seatIdentity } from './seat.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const common = { workspace: workspaceOption, json: jsonOption }
const filterWord = { name: 'FILTER', about: 'The topic filter, or what follows /PRODUCT_KEY/DEVICE_NAME/ in it, such as user/get or user/#.' }

/** `thingbench seat subscribe PK NAME FILTER`. */
export const seatSubscribe = command({
  path: ['seat', 'subscribe'],
  about: 'Subscribe a simulated device to a topic filter, now and at each of its starts.',
  positionals: [...seatIdentity, filterWord],
  options: { qos: withDefault(oneOf('0', '1'), '1', { about: 'The highest QoS that is wanted.', placeholder: '0|1' }), ...common },
  examples: ['thingbench seat subscribe a1Thermostat kitchen user/get'],
  async run({ qos, workspace, json }, [productKey = '', deviceName = '', text = ''], output) {
    const filter = wholeFilter(productKey, deviceName, text)
    const { granted } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.subscribe', { productKey, deviceName, filter, qos: qos === '0' ? 0 : 1 }))
    if (json)
      output.json({ filter, granted })
    else
      output.line(granted === 128 ? `The platform refused the subscription to ${filter}.` : `Subscribed to ${filter}${granted === null ? '' : `, QoS ${granted}`}.`)
    return granted === 128 ? 1 : 0
  },
})

/** `thingbench seat unsubscribe PK NAME FILTER`. */
export const seatUnsubscribe = command({
  path: ['seat', 'unsubscribe'],
  about: 'End a subscription of a simulated device.',
  positionals: [...seatIdentity, filterWord],
  options: common,
  examples: ['thingbench seat unsubscribe a1Thermostat kitchen user/get'],
  async run({ workspace, json }, [productKey = '', deviceName = '', text = ''], output) {
    const filter = wholeFilter(productKey, deviceName, text)
    await withWorkspace({ workspace }, client => client.call('deviceSimulation.unsubscribe', { productKey, deviceName, filter }))
    if (json)
      output.json({ filter })
    else
      output.line(`No longer subscribed to ${filter}.`)
    return 0
  },
})

/** `thingbench seat inbox PK NAME`. */
export const seatInbox = command({
  path: ['seat', 'inbox'],
  about: 'Print what a simulated device has received, oldest first: all but the answers to its own messages.',
  positionals: seatIdentity,
  options: { limit: withDefault(wholeNumber(1, limits.seatMessagesMax), 100, { about: 'At most so many, the newest.', placeholder: 'N' }), ...common },
  examples: ['thingbench seat inbox a1Thermostat kitchen --limit 10 --json'],
  async run({ limit, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { messages } = await withWorkspace({ workspace }, client => client.call('deviceSimulation.inbox', { productKey, deviceName, limit }))
    for (const message of messages.toReversed()) {
      if (json)
        output.json({ ...message })
      else
        output.line(`${new Date(message.at).toISOString()}  ${message.topic}  QoS ${message.qos}  ${toText(message.payloadBase64)}${message.requestNo === null ? '' : `  (request ${message.requestNo})`}`)
    }
    if (messages.length === 0 && !json)
      output.note('Nothing has come.')
    return 0
  },
})

function wholeFilter(productKey: string, deviceName: string, text: string): string {
  return text.startsWith('/') ? text : `/${productKey}/${deviceName}/${text}`
}

/** A payload as text on one line, or as hex digits when it is none. */
function toText(payloadBase64: string): string {
  const bytes = Buffer.from(payloadBase64, 'base64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll(/\s+/g, ' ')
  }
  catch {
    return bytes.toString('hex')
  }
}
