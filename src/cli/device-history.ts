import type { PastConnection } from '../shared/contract/connection.ts'
import { command } from './command.ts'
import { jsonOption, optional, wholeNumber } from './option.ts'
import { withWorkspace } from './workspace-access.ts'
import { workspaceOption } from './workspace-option.ts'

const positionals = [
  { name: 'PRODUCT_KEY', about: 'The product of the device.' },
  { name: 'DEVICE_NAME', about: 'The device, as device list shows it.' },
]
const options = {
  last: optional(wholeNumber(1, 1_000), { about: 'How many, the newest first; 20 unless given.', placeholder: 'N' }),
  workspace: workspaceOption,
  json: jsonOption,
}

/** `thingbench device connections PK NAME`: when a device was connected and when it was refused. */
export const deviceConnections = command({
  path: ['device', 'connections'],
  about: 'List when a device was connected, from where and why it ended, and when it was refused.',
  positionals,
  options,
  examples: ['thingbench device connections a1Thermostat kitchen', 'thingbench device connections a1Thermostat kitchen --last 100 --json'],
  async run({ last = 20, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { connections } = await withWorkspace({ workspace }, client => client.call('device.connections', { productKey, deviceName, limit: last }))
    for (const connection of connections) {
      if (json)
        output.json({ ...connection, gateway: connection.gateway && { ...connection.gateway } })
      else
        output.line(describe(connection))
    }
    return 0
  },
})

function describe({ kind, beganAt, endedAt, count, code, message, remoteAddress, transport, clientId }: PastConnection): string {
  const began = new Date(beganAt).toISOString()
  const ended = endedAt === null ? 'now' : new Date(endedAt).toISOString()
  const why = [...(code === null ? [] : [code]), message].join(' ')
  const when = kind === 'session' ? `connected  ${began} to ${ended}` : `refused  ${began}${count > 1 ? ` to ${ended}, ${count} times` : ''}`
  return [when, `${transport} ${remoteAddress}`, clientId, why].filter(part => part !== '').join('  ')
}

/** `thingbench device versions PK NAME`: the versions that the modules of a device have had. */
export const deviceVersions = command({
  path: ['device', 'versions'],
  about: 'List the versions that the modules of a device have reported, the newest first.',
  positionals,
  options,
  examples: ['thingbench device versions a1Thermostat kitchen'],
  async run({ last = 20, workspace, json }, [productKey = '', deviceName = ''], output) {
    const { changes } = await withWorkspace({ workspace }, client => client.call('device.versionHistory', { productKey, deviceName, limit: last }))
    for (const { module, version, reportedAt } of changes) {
      if (json)
        output.json({ module, version, reportedAt })
      else
        output.line(`${new Date(reportedAt).toISOString()}  ${module}  ${version}`)
    }
    return 0
  },
})
