import type { DeviceIdentity } from '../shared/contract/device.ts'
import { limits } from '../shared/limits.ts'
import { command, UsageError } from './command.ts'
import { anyText, jsonOption, required, wholeNumber, withDefault } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const gateway = [
  { name: 'PRODUCT_KEY', about: 'The product of the gateway.' },
  { name: 'DEVICE_NAME', about: 'The gateway, as device list shows it.' },
]
const subDevices = { name: 'PRODUCT_KEY/DEVICE_NAME', about: 'A sub-device: its product and its name.', repeated: true as const }

/** Reads `PK/NAME` words. */
function readDevices(words: readonly string[]): DeviceIdentity[] {
  return words.map((word) => {
    const [productKey = '', deviceName = '', ...rest] = word.split('/')
    if (productKey === '' || deviceName === '' || rest.length > 0)
      throw new UsageError(`Expected a device as PRODUCT_KEY/DEVICE_NAME, got ${JSON.stringify(word)}.`)
    return { productKey, deviceName }
  })
}

/** `thingbench topology list PK NAME`: the sub-devices of a gateway, or the gateway of a sub-device. */
export const topologyList = command({
  path: ['topology', 'list'],
  about: 'List the sub-devices of a gateway, or name the gateway of a sub-device.',
  positionals: gateway,
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench topology list a1Gateway hall --json'],
  async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
    const { gateway: owner, subDevices: subs } = await withWorkspace({ workspace }, client => client.call('topology.list', { productKey, deviceName, limit: limits.subDevicesPerGatewayKeptMax }))
    if (owner !== null && !json)
      output.line(`${deviceName} is a sub-device of the gateway ${owner.productKey}/${owner.deviceName} (${owner.state}).`)
    if (owner !== null && json)
      output.json({ gateway: { ...owner } })
    for (const sub of subs) {
      if (json)
        output.json({ ...sub })
      else
        output.line(`${sub.productKey}  ${sub.deviceName}  ${sub.state}${sub.stateSince === null ? '' : `  since ${new Date(sub.stateSince).toISOString()}`}${sub.state === 'ONLINE' && !sub.isLoggedIn ? '  (connected by itself)' : ''}`)
    }
    if (owner === null && subs.length === 0 && !json)
      output.note(`${deviceName} has no sub-devices and no gateway.`)
    return 0
  },
})

/** `thingbench topology add PK NAME SUB…`. */
export const topologyAdd = command({
  path: ['topology', 'add'],
  about: 'Put devices under a gateway; the gateway is told when it is online.',
  positionals: [...gateway, subDevices],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench topology add a1Gateway hall a1Meter/meter-1 a1Meter/meter-2'],
  async run({ workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    const devices = readDevices(words)
    const { messageId } = await withWorkspace({ workspace }, client => client.call('topology.add', { productKey, deviceName, devices }))
    if (json)
      output.json({ added: devices.length, messageId })
    else
      output.line(`${deviceName} has ${words.join(', ')} now${messageId === null ? '; it was not told' : ` and was told with id ${messageId}`}.`)
    return 0
  },
})

/** `thingbench topology remove SUB…`. */
export const topologyRemove = command({
  path: ['topology', 'remove'],
  about: 'Take sub-devices away from their gateways; their sessions end.',
  positionals: [subDevices],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench topology remove a1Meter/meter-1'],
  async run({ workspace, json }, words, output) {
    const { removed } = await withWorkspace({ workspace }, client => client.call('topology.remove', { devices: readDevices(words) }))
    if (json)
      output.json({ removed })
    else
      output.line(`${words.join(', ')}: no gateway any more.`)
    return 0
  },
})

/** `thingbench topology notify PK NAME SUB…`. */
export const topologyNotify = command({
  path: ['topology', 'notify'],
  about: 'Ask a gateway to register, add and log in devices by itself.',
  positionals: [...gateway, subDevices],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench topology notify a1Gateway hall a1Meter/meter-1'],
  async run({ workspace, json }, [productKey = '', deviceName = '', ...words], output) {
    const { messageId } = await withWorkspace({ workspace }, client => client.call('topology.notify', { productKey, deviceName, devices: readDevices(words) }))
    if (json)
      output.json({ messageId })
    else
      output.line(`Asked ${deviceName} with id ${messageId}.`)
    return 0
  },
})

/** `thingbench topology permit PK NAME --product SUB_PK --seconds S`. */
export const topologyPermit = command({
  path: ['topology', 'permit'],
  about: 'Open a gateway for new sub-devices of a product.',
  positionals: gateway,
  options: {
    product: required(anyText, { about: 'Product key of the sub-devices.', placeholder: 'PK' }),
    seconds: withDefault(wholeNumber(1, 3_600), 60, { about: 'For how long.', placeholder: 'S' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench topology permit a1Gateway hall --product a1Meter --seconds 60'],
  async run({ product, seconds, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { messageId } = await withWorkspace({ workspace }, client => client.call('topology.permit', { productKey, deviceName, subProductKey: product, timeSec: seconds }))
    if (json)
      output.json({ messageId })
    else
      output.line(`Asked ${deviceName} with id ${messageId}.`)
    return 0
  },
})
