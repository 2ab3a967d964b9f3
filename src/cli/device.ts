import type { ApiClient } from '../shared/contract/contract.ts'
import type { Device, DeviceSummary } from '../shared/contract/device.ts'
import type { Command } from './command.ts'
import { limits } from '../shared/limits.ts'
import { command } from './command.ts'
import { anyText, jsonOption, optional, required, wholeNumber } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

/** `thingbench device create`: makes devices and prints their certificates. */
export const deviceCreate = command({
  path: ['device', 'create'],
  about: 'Make one device, or many, and print the certificates.',
  positionals: [],
  options: {
    product: required(anyText, { about: 'Product key of the product they belong to.', placeholder: 'PK' }),
    name: required(anyText, { about: 'Device name: 4 to 32 letters, digits, or - _ @ . :', placeholder: 'NAME' }),
    count: optional(wholeNumber(1, limits.devicesPerCreateMax), { about: 'Make this many devices, named NAME-1 to NAME-N.', placeholder: 'N' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: [
    'thingbench device create --product a1Thermostat --name kitchen --json',
    'thingbench device create --product a1Thermostat --name room --count 20',
  ],
  async run({ product, name, count, workspace, json }, _positionals, output) {
    const { certificates } = await withWorkspace({ workspace }, client => client.call('device.create', {
      productKey: product,
      deviceName: name,
      ...(count === undefined
        ? {}
        : { count }),
    }))
    for (const { productKey, deviceName, deviceSecret } of certificates) {
      if (json)
        output.json({ productKey, deviceName, deviceSecret })
      else
        output.line(`${productKey}  ${deviceName}  ${deviceSecret}`)
    }
    return 0
  },
})

/** `thingbench device list`: the devices of a workspace or of one product. */
export const deviceList = command({
  path: ['device', 'list'],
  about: 'List the devices of a workspace with their state.',
  positionals: [],
  options: {
    product: optional(anyText, { about: 'Only the devices of this product.', placeholder: 'PK' }),
    workspace: workspaceOption,
    json: jsonOption,
  },
  examples: ['thingbench device list --product a1Thermostat'],
  async run({ product, workspace, json }, _positionals, output) {
    await withWorkspace({ workspace }, async (client) => {
      for await (const device of allDevices(client, product)) {
        if (!output.wanted())
          break
        if (json)
          output.json({ ...device })
        else
          output.line(`${device.productKey}  ${device.deviceName}  ${device.state}`)
      }
    })
    return 0
  },
})

const pageSize = 10_000

async function* allDevices(client: ApiClient, productKey: string | undefined): AsyncGenerator<DeviceSummary> {
  for (let offset = 0; ; offset += pageSize) {
    const { devices, total } = await client.call('device.list', {
      offset,
      limit: pageSize,
      ...(productKey === undefined
        ? {}
        : { productKey }),
    })
    yield* devices
    if (offset + devices.length >= total || devices.length === 0)
      return
  }
}

/** `thingbench device show PK NAME`: state and latest values of one device. */
export const deviceShow = command({
  path: ['device', 'show'],
  about: 'Show the state and the latest values of one device.',
  positionals: [
    { name: 'PRODUCT_KEY', about: 'The product of the device.' },
    { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
  ],
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench device show a1Thermostat kitchen --json'],
  async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
    const device = await withWorkspace({ workspace }, client => client.call('device.get', { productKey, deviceName }))
    if (json)
      output.json(shownDevice(device))
    else
      describeDevice(device).forEach(output.line)
    return 0
  },
})

/** What `device show --json` prints; times are epoch milliseconds. */
function shownDevice({ productKey, deviceName, deviceSecret, iotId, nickname, state, createdAt, activatedAt, lastOnlineAt, lastOfflineAt, gateway, versions, properties, lastProblem }: Device) {
  return {
    productKey,
    deviceName,
    deviceSecret,
    iotId,
    nickname,
    state,
    createdAt,
    activatedAt,
    lastOnlineAt,
    lastOfflineAt,
    gateway: gateway && { ...gateway },
    versions: versions.map(({ module, version, reportedAt }) => ({ module, version, reportedAt })),
    properties: Object.fromEntries(Object.entries(properties).map(([name, { value, time }]) => [
      name,
      { value, time },
    ])),
    lastProblem,
  }
}

function describeDevice(device: Device): string[] {
  const properties = Object.entries(device.properties)
  const width = Math.max(0, ...properties.map(([name]) => name.length))
  return [
    `${device.deviceName} of product ${device.productKey} is ${device.state}; its device secret is ${device.deviceSecret}.`,
    ...(device.gateway ? [`Its gateway is ${device.gateway.deviceName} of product ${device.gateway.productKey}.`] : []),
    ...(device.lastProblem
      ? [`Last problem: ${device.lastProblem.message} (code ${device.lastProblem.code}, ${timeText(device.lastProblem.at)})`]
      : []),
    ...device.versions.map(({ module, version, reportedAt }) => `${module === 'default' ? 'Firmware' : `Module ${module}`} ${version} (${timeText(reportedAt)})`),
    ...(properties.length === 0
      ? ['It has reported no property yet.']
      : []),
    ...properties.map(([name, { value, time }]) => `  ${name.padEnd(width)}  ${JSON.stringify(value)}  (${timeText(time)})`),
  ]
}

function timeText(at: number): string {
  return new Date(at).toISOString()
}

const identityPositionals = [
  { name: 'PRODUCT_KEY', about: 'The product of the device.' },
  { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
]

/** `thingbench device disable PK NAME` and `device enable PK NAME`. */
function enableCommand(word: 'disable' | 'enable', about: string): Command {
  return command({
    path: ['device', word],
    about,
    positionals: identityPositionals,
    options: { workspace: workspaceOption, json: jsonOption },
    examples: [`thingbench device ${word} a1Thermostat kitchen`],
    async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
      const device = await withWorkspace({ workspace }, client => client.call('device.setEnabled', { productKey, deviceName, enabled: word === 'enable' }))
      if (json)
        output.json({ productKey, deviceName, state: device.state })
      else
        output.line(`${deviceName} of product ${productKey} is ${device.state}.`)
      return 0
    },
  })
}

export const deviceDisable = enableCommand('disable', 'Disable a device: its connection is closed and it is not let in again.')
export const deviceEnable = enableCommand('enable', 'Let a disabled device in again.')

/** `thingbench device delete PK NAME`. */
export const deviceDelete = command({
  path: ['device', 'delete'],
  about: 'Delete a device; its messages stay in the trace.',
  positionals: identityPositionals,
  options: { workspace: workspaceOption, json: jsonOption },
  examples: ['thingbench device delete a1Thermostat kitchen'],
  async run({ workspace, json }, [productKey = '', deviceName = ''], output) {
    await withWorkspace({ workspace }, client => client.call('device.delete', { productKey, deviceName }))
    if (json)
      output.json({ productKey, deviceName, deleted: true })
    else
      output.line(`Deleted ${deviceName} of product ${productKey}.`)
    return 0
  },
})
